import { readFileSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { isErrno } from '../../base/errno.ts';
import type { Digest } from '../../base/hash.ts';
import { DEFAULT_STORE, type ProjectSearch, searchProject } from '../../config/project-search.ts';
import type { ArtifactFile } from '../../core/artifact.ts';
import { type FileStamp, isSettled, sameStamp, stampOf } from '../../fingerprint/file-sight.ts';
import { isUnchanged } from '../../plugins/places.ts';
import { type Layout, storeLayout } from '../../store/layout.ts';
import { hasObject } from '../../store/objects.ts';
import { keyedHash } from '../../store/secret.ts';
import { describeBackend } from '../../tensor/facts.ts';
import { chooseBackend } from '../choose-backend.ts';
import type { PipelineRequest } from '../open-pipeline.ts';
import type { Selection } from '../select-stages.ts';
import { basisDigest, readPlainText, requestDigest, textDigests } from './basis.ts';
import { readSnapshot, type Snapshot, storedStamp, touchSnapshot } from './snapshot.ts';

/** A snapshot that holds now, and the text of the pipeline that it is of. */
export interface FoundSnapshot {
  readonly snapshot: Snapshot;
  readonly text: string;
}

/**
 * The snapshot of an earlier run with nothing to do, if a run now would have nothing to do either: everything that it depended on is
 * looked at, and nothing is read that has not to be. Undefined where anything is not as it was.
 */
export function findSnapshot(request: PipelineRequest & Selection): FoundSnapshot | undefined {
  try {
    return lookFor(request);
  } catch (error) {
    // What cannot be looked at is not as it was.
    if (isErrno(error)) return undefined;
    throw error;
  }
}

function lookFor(request: PipelineRequest & Selection): FoundSnapshot | undefined {
  const { file, cwd = process.cwd(), paramsFiles = [] } = request;
  const path = resolve(cwd, file);
  const project = searchProject(dirname(path));
  const name = requestDigest(request);
  for (const store of possibleStores(project)) {
    const snapshot = readSnapshot(store, name);
    if (snapshot?.store !== store) continue;
    const text = readPlainText(path);
    if (text === undefined) return undefined;
    const basis = basisDigest(text, { project: project.seen, params: textDigests(paramsFiles, cwd) });
    if (basis !== snapshot.basis || !holds(snapshot)) return undefined;
    touchSnapshot(store, name);
    return { snapshot, text };
  }
  return undefined;
}

/**
 * Where the store may be, without understanding the project file: what stands behind `store:` or `folder:` in it. A wrong guess finds
 * no snapshot, since each says which store it is of.
 */
function possibleStores({ withFile, folder, seen }: ProjectSearch): readonly string[] {
  const texts = Object.values(seen.find((each) => each.folder === withFile)?.texts ?? {});
  const named = texts.flatMap((text) => [
    ...text.matchAll(/\b(?:store|folder)"?\s*:\s*["']?([^\s"'{},#][^"'{},#\n]*)/g),
  ]);
  const names = [...named.map((match) => (match[1] ?? '').trim()), DEFAULT_STORE];
  return [...new Set(names.map((each) => resolve(folder, each)))];
}

/** Synchronous, since promises of the file system cost more than it; stops at the first thing that differs. */
function holds(snapshot: Snapshot): boolean {
  const layout = storeLayout(snapshot.store);
  return (
    isSameEnvironment(snapshot) &&
    readFileSync(layout.formatFile, 'utf8') === snapshot.storeFormat &&
    snapshot.files.every(([path, sight]) => isSettled(sight) && isSame(path, sight.stamp)) &&
    snapshot.plugins.every(isUnchanged) &&
    hasVariables(snapshot) &&
    hasResults(layout, snapshot)
  );
}

function hasVariables({ store, variables }: Snapshot): boolean {
  const digestOf = keyedHash(store);
  return variables.every(([name, digest]) => {
    const value = process.env[name];
    return digest === (value === undefined ? null : digestOf(name, value));
  });
}

/** A hit includes its bytes: each record, and every object that it names. */
function hasResults(layout: Layout, { events, records }: Snapshot): boolean {
  const looked = new Set<Digest>();
  const isWhole = ({ digest, bytes }: ArtifactFile): boolean =>
    looked.has(digest) || (hasObject(layout, digest, bytes) && looked.add(digest).size > 0);
  const reused = events.filter((event) => event.type === 'stage-reused');
  return (
    reused.length === records.length &&
    reused.every(({ key, artifact }, index) => {
      const [now, before] = [storedStamp(layout.record(key)), records[index]];
      return now?.every((part, at) => part === before?.[at]) === true && artifact.files.every(isWhole);
    })
  );
}

function isSameEnvironment({ backend, folder, environment }: Snapshot): boolean {
  const chosen = chooseBackend(backend, folder);
  return chosen.ok && JSON.stringify(describeBackend(chosen.value, folder)) === JSON.stringify(environment);
}

function isSame(path: string, stamp: FileStamp): boolean {
  const stats = statSync(path, { bigint: true, throwIfNoEntry: false });
  return stats !== undefined && sameStamp(stampOf(stats), stamp);
}
