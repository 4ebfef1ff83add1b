import { existsSync } from 'node:fs';
import { failure, type Result, success } from '../base/result.ts';
import type { RunId } from '../core/ids.ts';
import { listed, nearest } from '../diagnostics/nearest.ts';
import type { Problem } from '../diagnostics/problem.ts';
import { addLabels, type Label, readLabels } from '../records/labels.ts';
import { readPins } from '../records/pins.ts';
import { type RecordFolders, recordFolders } from '../records/record-folders.ts';
import { runFolder } from '../records/run-folder.ts';
import { orStoreProblem } from './store-problem.ts';

/** The run of that name, of a pin of that name, else the newest with that tag. */
export function calledRun(folders: RecordFolders, word: string): RunId | undefined {
  const labels = labelsThere(folders).filter(({ label }) => label === word);
  const named = newest(labels.filter(({ kind }) => kind === 'name'));
  const pinned = (): RunId | undefined => readPins(folders.pins).find(({ name }) => name === word)?.run;
  return named ?? pinned() ?? newest(labels);
}

/** What a run is to be called by from its beginning on. */
export interface RunLabels {
  readonly name?: string;
  readonly tags?: readonly string[];
}

export function wrongLabels({ name, tags = [] }: RunLabels, store: string): Problem | undefined {
  const wrong = name === undefined ? undefined : wrongName(recordFolders(store), name);
  return wrong ?? wrongTags(tags);
}

export function labelRun({ name, tags = [] }: RunLabels, run: RunId, store: string): Promise<Result<void, Problem>> {
  const labels: readonly Label[] = [
    ...(name === undefined ? [] : [{ run, kind: 'name' as const, label: name }]),
    ...tags.map((label) => ({ run, kind: 'tag' as const, label })),
  ];
  return orStoreProblem(addLabels(recordFolders(store).labels, labels));
}

/** A hint for a word that calls no run. */
export function nearestCall(folders: RecordFolders, word: string): string | undefined {
  const words = [
    ...labelsThere(folders).map(({ label }) => label),
    ...readPins(folders.pins).map(({ name = '' }) => name),
  ];
  const near = nearest(
    word,
    words.filter((each) => each !== ''),
  );
  return near === undefined ? undefined : `did you mean "${near}"?`;
}

/** A name must not be taken for a run's id, nor stand for two runs. @param run that is to have it; absent for one that has not begun */
export function wrongName(folders: RecordFolders, name: string, run?: RunId): Problem | undefined {
  const wrong = wrongLabel(name, 'name of a run');
  if (wrong !== undefined) return wrong;
  const other = holderOf(folders, name);
  if (other === undefined || other.run === run) return undefined;
  const hint = `take it from there: pipeline runs ${other.from} ${name}; a tag may be that of many runs`;
  return { code: 'bad-flag', message: `"${name}" is the name of run ${other.run} already`, hint };
}

/** @returns the first problem with one of them */
export function wrongTags(tags: readonly string[]): Problem | undefined {
  return tags.map((tag) => wrongLabel(tag, 'tag')).find((problem) => problem !== undefined);
}

/** Those of the tags that the run has. */
export function tagsOf(folders: RecordFolders, run: RunId, tags: readonly string[]): Result<readonly Label[], Problem> {
  const own = readLabels(folders.labels).filter((label) => label.run === run && label.kind === 'tag');
  const lacking = tags.find((tag) => !own.some(({ label }) => label === tag));
  if (lacking === undefined) return success(own.filter(({ label }) => tags.includes(label)));
  const hint = own.length === 0 ? 'it has no tags' : `its tags: ${listed(own.map(({ label }) => label))}`;
  return failure({ code: 'unknown-run', message: `run ${run} has no tag "${lacking}"`, hint });
}

/** Of those that call a run which is there: of one whose folder was removed, they mean nothing. */
export function labelsThere(folders: RecordFolders): readonly Label[] {
  const isThere = new Map<RunId, boolean>();
  return readLabels(folders.labels).filter(({ run }) => {
    const known = isThere.get(run) ?? existsSync(runFolder(folders.runs, run).root);
    isThere.set(run, known);
    return known;
  });
}

function holderOf(folders: RecordFolders, name: string): { run: RunId; from: 'unname' | 'unpin' } | undefined {
  const named = labelsThere(folders).find(({ kind, label }) => kind === 'name' && label === name);
  if (named !== undefined) return { run: named.run, from: 'unname' };
  const pinned = readPins(folders.pins).find((pin) => pin.name === name);
  return pinned === undefined ? undefined : { run: pinned.run, from: 'unpin' };
}

function wrongLabel(label: string, what: string): Problem | undefined {
  if (/^[A-Za-z][\w.-]{0,99}$/.test(label) && !label.startsWith('latest')) return undefined;
  const hint =
    'it begins with a letter, and has letters, digits, `.`, `_` and `-`, up to 100; `latest` has a meaning already';
  return { code: 'bad-flag', message: `"${label}" is no ${what}`, hint };
}

/** Ids sort by time. */
function newest(labels: readonly Label[]): RunId | undefined {
  return labels
    .map(({ run }) => run)
    .sort()
    .at(-1);
}
