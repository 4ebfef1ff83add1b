import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { isErrno } from '../../base/errno.ts';
import { DEFAULT_STORE, type ProjectSearch, searchProject } from '../../config/project-search.ts';
import { isUnchanged } from '../../plugins/places.ts';
import { storeLayout } from '../../store/layout.ts';
import { hasObject } from '../../store/objects.ts';
import { keyedHash } from '../../store/secret.ts';
import { describeBackend } from '../../tensor/facts.ts';
import { chooseBackend } from '../choose-backend.ts';
import type { PipelineRequest } from '../open-pipeline.ts';
import type { Selection } from '../select-stages.ts';
import { basisDigest, readPlainText, requestDigest, textDigests } from './basis.ts';
import {
  fileStampText,
  readSnapshot,
  type Snapshot,
  type SnapshotHead,
  storedStamp,
  type StoredStamp,
  touchSnapshot,
} from './snapshot.ts';

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
    if (snapshot?.head.store !== store) continue;
    const text = readPlainText(path);
    if (text === undefined) return undefined;
    const basis = basisDigest(text, { project: project.seen, params: textDigests(paramsFiles, cwd) });
    if (basis !== snapshot.head.basis || !holds(snapshot.head)) return undefined;
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
function holds(head: SnapshotHead): boolean {
  const layout = storeLayout(head.store);
  return (
    isSameEnvironment(head) &&
    readFileSync(layout.formatFile, 'utf8') === head.storeFormat &&
    head.files.every(([path, stamp]) => fileStampText(path) === stamp) &&
    head.plugins.every(isUnchanged) &&
    hasVariables(head) &&
    // A hit includes its bytes.
    head.records.every(([key, ...stamp]) => isSameRecord(layout.record(key), stamp)) &&
    head.objects.every(([digest, bytes]) => hasObject(layout, digest, bytes))
  );
}

function hasVariables({ store, variables }: SnapshotHead): boolean {
  const digestOf = keyedHash(store);
  return variables.every(([name, digest]) => {
    const value = process.env[name];
    return digest === (value === undefined ? null : digestOf(name, value));
  });
}

function isSameEnvironment({ backend, folder, store, environment }: SnapshotHead): boolean {
  const chosen = chooseBackend(backend, { folder, store });
  if (!chosen.ok || typeof chosen.value !== 'string') return false;
  return JSON.stringify(describeBackend(chosen.value, folder)) === JSON.stringify(environment);
}

function isSameRecord(path: string, stamp: StoredStamp): boolean {
  const now = storedStamp(path);
  return now?.every((part, index) => part === stamp[index]) === true;
}
