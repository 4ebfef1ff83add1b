import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { isErrno } from '../base/errno.ts';
import { groupBy } from '../base/group-by.ts';
import { failure, success, type Result } from '../base/result.ts';
import type { ArtifactRef } from '../core/artifact.ts';
import type { RunId, StageId } from '../core/ids.ts';
import { stageNames } from '../core/stage-names.ts';
import { usable } from '../core/usable.ts';
import { didYouMean, listed } from '../diagnostics/nearest.ts';
import type { Problem } from '../diagnostics/problem.ts';
import { addLabels, type Label, removeLabels } from '../records/labels.ts';
import { type Pin, readPins, removePin, writePin } from '../records/pins.ts';
import { recordFolders } from '../records/record-folders.ts';
import { runFolder } from '../records/run-folder.ts';
import type { RunRecord, StageRun } from '../records/run-record.ts';
import { findRun, listRuns, readRun } from '../records/runs.ts';
import { type InTheWay, inTheWay } from '../store/in-the-way.ts';
import { openProject } from './open-project.ts';
import { openStore } from './open-workspace.ts';
import { calledRun, labelsThere, nearestCall, tagsOf, wrongName, wrongTags } from './run-labels.ts';
import type { ListedRun } from './listed-run.ts';
import { type FoundRuns, queryRuns, type RunQuery } from './run-query.ts';
import { orStoreProblem } from './store-problem.ts';

/** The runs of a project, and what they left behind. */
export interface Runs {
  /** Newest first. */
  list(): Promise<readonly ListedRun[]>;
  /** Some of them, with values of them, in another order. */
  query(query: RunQuery): Promise<Result<FoundRuns, Problem>>;
  /** @param run an id, the beginning of exactly one id, a name, a tag (for the newest that has it), `latest`, or `latest~2` */
  find(run: string): Promise<Result<RunRecord, Problem>>;
  /** What the stage printed, or each of its variants. */
  log(run: string, stage: string): Promise<Result<readonly StageLog[], Problem>>;
  /**
   * Writes what the stage made into a folder, as ordinary files; of a stage with variants, each into a folder of its name in it.
   * Nothing is written where files with other content would be lost.
   * @param options.force overwrites these
   */
  materialize(
    run: string,
    stage: string,
    folder: string,
    options?: { readonly force?: boolean },
  ): Promise<Result<Materialized, Problem>>;
  /** Has gc keep its results. @param name to call it by in place of its id: `best` */
  pin(run: string, name?: string): Promise<Result<Pin, Problem>>;
  /** @returns the run that was pinned */
  unpin(run: string): Promise<Result<RunId, Problem>>;
  /** Calls it so, in place of a name that it has. A name is one run's. */
  name(run: string, name: string): Promise<Result<RunId, Problem>>;
  unname(run: string): Promise<Result<RunId, Problem>>;
  tag(run: string, tags: readonly string[]): Promise<Result<RunId, Problem>>;
  untag(run: string, tags: readonly string[]): Promise<Result<RunId, Problem>>;
}

export interface StageLog {
  readonly stage: StageId;
  readonly text: string;
}

/** What was written as ordinary files. */
export interface Materialized {
  readonly folder: string;
  /** Paths are relative to the folder. */
  readonly files: ArtifactRef['files'];
}

/**
 * The runs of a project. Problems of a question (a run that is not there) are in its answer.
 * @param cwd a folder of the project
 * @returns the runs, or every problem of the project file, or why the store cannot be read
 * @throws what nobody foresaw: a mistake in the program, or of the system; what a person can cause is in the result
 */
export async function openRuns(cwd: string): Promise<Result<Runs, readonly Problem[]>> {
  const project = await openProject(cwd);
  if (!project.ok) return project;
  const folders = recordFolders(project.value.store);
  const { runs: folder, pins, labels } = folders;
  // Where the store is no folder, or one that may not be read, it is told once and here.
  const readable = await orStoreProblem(usable(project.value.store, () => Promise.resolve(readPins(pins))));
  if (!readable.ok) return failure([readable.error]);
  const find = async (run: string): Promise<Result<RunRecord, Problem>> => {
    const found = await findRun(folder, calledRun(folders, run) ?? run);
    const hint = found.ok ? undefined : nearestCall(folders, run);
    return found.ok || hint === undefined ? found : failure({ ...found.error, hint });
  };
  const list = async (): Promise<readonly ListedRun[]> => {
    const pinned = new Map(readPins(pins).map(({ run, ...pin }) => [run, pin]));
    const labelled = groupBy(labelsThere(folders), ({ run }) => run);
    return (await listRuns(folder)).map((run) => {
      const pin = pinned.get(run.id);
      return { ...run, ...calledBy(labelled.get(run.id) ?? []), ...(pin === undefined ? {} : { pin }) };
    });
  };
  return success({
    list,
    query: async (query) => queryRuns(await list(), query, ({ id }) => readRun(folder, id)),
    find,
    async log(run, stage) {
      const found = findStages(await find(run), stage);
      if (!found.ok) return found;
      const files = runFolder(folder, found.value.record.id);
      const logs = found.value.stages.map(async ({ id }) => ({
        stage: id,
        text: await readFile(files.log(id), 'utf8').catch(emptyIfMissing),
      }));
      return success(await Promise.all(logs));
    },
    async materialize(run, stage, target, { force = false } = {}) {
      const found = findStages(await find(run), stage);
      if (!found.ok) return found;
      const made = found.value.stages.flatMap(({ id, artifact }) => (artifact === undefined ? [] : [{ id, artifact }]));
      const [first] = made;
      if (first === undefined) {
        return failure({ code: 'unknown-run', message: `${stage} made nothing in run ${found.value.record.id}` });
      }
      const store = await openStore(project.value);
      if (!store.ok) return store;
      const files = made.flatMap(({ id, artifact }) => filesIn(id === stage ? '' : id, artifact));
      const all = { ...first.artifact, files };
      const seen = await lookAtTarget(all, resolve(cwd, target), target);
      const obstacle = seen.ok ? wouldOverwrite(target, seen.value, force) : seen.error;
      if (obstacle !== undefined) return failure(obstacle);
      const written = await orStoreProblem(store.value.materialize(all, resolve(cwd, target)));
      return written.ok ? success({ folder: target, files }) : written;
    },
    async pin(run, name) {
      const found = await find(run);
      if (!found.ok) return found;
      const { id } = found.value;
      const wrong = name === undefined ? undefined : wrongName(folders, name, id);
      if (wrong !== undefined) return failure(wrong);
      const pin = { run: id, ...(name === undefined ? {} : { name }) };
      const written = await orStoreProblem(writePin(pins, pin));
      return written.ok ? success(pin) : written;
    },
    async unpin(run) {
      const pinned = readPins(pins);
      const named = pinNamed(pinned, run)?.run ?? pinned.find((pin) => pin.run === run)?.run;
      // A run whose record is gone or damaged can be unpinned too.
      const found = named === undefined ? await find(run) : success({ id: named });
      if (!found.ok) return found;
      const { id } = found.value;
      if (!pinned.some((pin) => pin.run === id)) {
        return failure({ code: 'unknown-run', message: `run ${id} is not pinned`, hint: pinsInWords(pinned) });
      }
      const removed = await orStoreProblem(removePin(pins, id));
      return removed.ok ? success(id) : removed;
    },
    async name(run, name) {
      const found = await find(run);
      if (!found.ok) return found;
      const { id } = found.value;
      const wrong = wrongName(folders, name, id);
      if (wrong !== undefined) return failure(wrong);
      const earlier = namesOf(id).filter(({ label }) => label !== name);
      return changed(id, async () => {
        await addLabels(labels, [{ run: id, kind: 'name', label: name }]);
        await removeLabels(labels, earlier);
      });
    },
    async unname(run) {
      const found = await find(run);
      if (!found.ok) return found;
      const { id } = found.value;
      const own = namesOf(id);
      if (own.length === 0) return failure({ code: 'unknown-run', message: `run ${id} has no name` });
      return changed(id, () => removeLabels(labels, own));
    },
    async tag(run, tags) {
      const found = await find(run);
      if (!found.ok) return found;
      const wrong = wrongTags(tags);
      if (wrong !== undefined) return failure(wrong);
      const { id } = found.value;
      return changed(id, () =>
        addLabels(
          labels,
          tags.map((label) => ({ run: id, kind: 'tag', label })),
        ),
      );
    },
    async untag(run, tags) {
      const found = await find(run);
      if (!found.ok) return found;
      const own = tagsOf(folders, found.value.id, tags);
      return own.ok ? changed(found.value.id, () => removeLabels(labels, own.value)) : own;
    },
  });

  function namesOf(run: RunId): readonly Label[] {
    return labelsThere(folders).filter((label) => label.run === run && label.kind === 'name');
  }
}

async function changed(run: RunId, change: () => Promise<void>): Promise<Result<RunId, Problem>> {
  const written = await orStoreProblem(change());
  return written.ok ? success(run) : written;
}

function calledBy(labels: readonly Label[]): Pick<ListedRun, 'name' | 'tags'> {
  const name = labels.find(({ kind }) => kind === 'name')?.label;
  const tags = labels.flatMap(({ kind, label }) => (kind === 'tag' ? [label] : []));
  return { ...(name === undefined ? {} : { name }), ...(tags.length === 0 ? {} : { tags }) };
}

function filesIn(folder: string, { files }: ArtifactRef): ArtifactRef['files'] {
  return files.map((file) => ({ ...file, path: folder === '' ? file.path : `${folder}/${file.path}` }));
}

async function lookAtTarget(artifact: ArtifactRef, folder: string, name: string): Promise<Result<InTheWay, Problem>> {
  try {
    return success(await inTheWay(artifact, folder));
  } catch (error) {
    if (!isErrno(error)) throw error;
    return failure({ code: 'file-unreadable', message: `nothing can be written to ${name}: ${error.message}` });
  }
}

function wouldOverwrite(folder: string, { files, others }: InTheWay, force: boolean): Problem | undefined {
  const paths = (names: readonly string[]): string => listed(names.map((name) => join(folder, name)));
  if (others.length > 0) {
    const message = `something that is no file is in the way of ${paths(others)}`;
    return { code: 'would-overwrite', message, hint: 'name another folder; nothing was written' };
  }
  if (force || files.length === 0) return undefined;
  const message = `other content would be lost: ${paths(files)}`;
  return {
    code: 'would-overwrite',
    message,
    hint: 'name another folder, or overwrite with --force; nothing was written',
  };
}

function pinNamed(pins: readonly Pin[], name: string): Pin | undefined {
  return pins.find((pin) => pin.name === name);
}

function pinsInWords(pins: readonly Pin[]): string {
  if (pins.length === 0) return 'no run is pinned';
  return `pinned are: ${pins.map(({ run, name }) => (name === undefined ? run : `${run} (${name})`)).join(', ')}`;
}

function findStages(
  record: Result<RunRecord, Problem>,
  name: string,
): Result<{ record: RunRecord; stages: readonly StageRun[] }, Problem> {
  if (!record.ok) return record;
  const names = stageNames(record.value.stages);
  const stages = names.find(name);
  if (stages.length > 0) return success({ record: record.value, stages });
  const hint = didYouMean(name, names.near(name), 'its stages');
  return failure({
    code: 'unknown-stage',
    message: `run ${record.value.id} has no stage "${name}"`,
    ...(hint === undefined ? {} : { hint }),
  });
}

/** A stage that printed nothing has no log. */
function emptyIfMissing(error: unknown): string {
  if (isErrno(error, 'ENOENT')) return '';
  throw error;
}
