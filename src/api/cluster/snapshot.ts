import { chmodSync, mkdirSync, statSync } from 'node:fs';
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { canonicalJson } from '../../base/canonical-json.ts';
import { type Digest, sha256 } from '../../base/hash.ts';
import type { JsonValue } from '../../base/json.ts';
import { type Result, failure, success } from '../../base/result.ts';
import { settingsPlaces } from '../../config/project-search.ts';
import type { LocalFile } from '../../core/remote-place.ts';
import type { BackendName } from '../../core/pipeline-spec.ts';
import type { Problem } from '../../diagnostics/problem.ts';
import type { RemoteStore } from '../../store/remote/remote-store.ts';
import type { OpenedPipeline, PipelineRequest } from '../open-pipeline.ts';
import type { Workspace } from '../open-workspace.ts';
import type { PipelineSource } from '../pipeline-sources.ts';

/** Everything that a pipeline is understood from and that its stages read, as it was when the run began. In the remote, by content. */
export interface RunSnapshot {
  readonly format: 1;
  readonly request: {
    /** Paths are relative to the project's folder, with `/`. */
    readonly file: string;
    readonly set: readonly string[];
    readonly paramsFiles: readonly string[];
    readonly backend: BackendName;
  };
  readonly files: readonly SnapshotFile[];
  /** What the values of variables in commands are known by in keys. */
  readonly variables: Readonly<Record<string, Digest>>;
}

interface SnapshotFile {
  readonly path: string;
  readonly digest: Digest;
  readonly bytes: number;
  readonly executable?: true;
}

export interface Snapshotted {
  readonly pipeline: OpenedPipeline;
  readonly workspace: Workspace;
  readonly request: PipelineRequest;
  readonly sources: readonly PipelineSource[];
}

/** What a snapshot will hold, before anything is sent. */
export interface PlannedSnapshot {
  /** Without digests. */
  readonly files: readonly {
    readonly path: string;
    readonly name: string;
    readonly bytes: number;
    readonly mode: number;
  }[];
  readonly variables: Readonly<Record<string, Digest>>;
}

/** @returns what is brought to other machines, or what of the pipeline cannot be */
export function planSnapshot({
  pipeline,
  workspace,
  request,
  sources,
}: Snapshotted): Result<PlannedSnapshot, readonly Problem[]> {
  const { folder } = pipeline.project;
  const variables = commandVariables(pipeline, workspace);
  const problems: Problem[] = variables.ok ? [] : [...variables.error];
  const files: PlannedSnapshot['files'][number][] = [];
  const places = new Set(settingsPlaces(dirname(resolve(request.cwd ?? process.cwd(), request.file))));
  for (const { path, counts } of sources) {
    const stats = statSync(path, { throwIfNoEntry: false });
    if (stats?.isFile() !== true) continue;
    const name = inFolder(folder, path);
    // In a worktree of Git a file, that says where on this machine its repository is.
    if (counts === 'presence') continue;
    if (name !== undefined) files.push({ path, name, bytes: stats.size, mode: stats.mode });
    // What lies elsewhere is data that workers read where they have it, as it counts by its content there; or would be settings, if
    // those of the project were not nearer.
    else if (counts !== 'data' && !places.has(path)) problems.push(outside(path, folder));
  }
  return variables.ok && problems.length === 0 ? success({ files, variables: variables.value }) : failure(problems);
}

/** Brings a snapshot to the remote. @returns its digest */
export async function sendSnapshot(
  { pipeline, workspace, request }: Snapshotted,
  planned: PlannedSnapshot,
  { remote, signal }: { readonly remote: RemoteStore; readonly signal: AbortSignal },
): Promise<Digest> {
  const { file, cwd = process.cwd(), set = [], paramsFiles = [] } = request;
  const nameOf = (path: string): string => inFolder(pipeline.project.folder, resolve(cwd, path)) ?? path;
  const sent: LocalFile[] = [];
  const files: SnapshotFile[] = [];
  for (const { path, name, bytes, mode } of planned.files) {
    const digest = await workspace.hasher.hash(path);
    sent.push({ path, bytes, digest });
    files.push({ path: name, digest, bytes, ...((mode & 0o111) === 0 ? {} : { executable: true }) });
  }
  const snapshot: RunSnapshot = {
    format: 1,
    request: { file: nameOf(file), set, paramsFiles: paramsFiles.map(nameOf), backend: workspace.backend },
    files: files.sort((a, b) => (a.path < b.path ? -1 : 1)),
    variables: planned.variables,
  };
  const note = snapshot as unknown as JsonValue;
  const digest = sha256(canonicalJson(note));
  await remote.sendObjects(sent, signal);
  await remote.writeNote(snapshotNote(digest), note, { signal });
  return digest;
}

/** Lays a snapshot out in a folder, which is its project folder then. */
export async function layOutSnapshot(
  digest: Digest,
  { remote, folder, signal }: { readonly remote: RemoteStore; readonly folder: string; readonly signal: AbortSignal },
): Promise<RunSnapshot> {
  const note = await remote.readNote(snapshotNote(digest), signal);
  if (note === undefined || sha256(canonicalJson(note)) !== digest)
    throw new Error(`the snapshot ${digest} is not in ${remote.name}`);
  const snapshot = note as unknown as RunSnapshot;
  // So that the search for the project's settings ends here.
  mkdirSync(join(folder, '.git'), { recursive: true });
  for (const file of snapshot.files) {
    const path = join(folder, file.path);
    if (inFolder(folder, path) === undefined) throw new Error(`the snapshot ${digest} leads out of its folder`);
    mkdirSync(dirname(path), { recursive: true });
    const received = await remote.receive(file, path, signal);
    if (received !== 'whole')
      throw new Error(`${file.path} of the snapshot ${digest} is ${received} in ${remote.name}`);
    if (file.executable === true) chmodSync(path, 0o755);
  }
  return snapshot;
}

export function snapshotNote(digest: Digest): string {
  return `${digest}${NOTE}`;
}

export function isSnapshotNote(name: string): boolean {
  return name.endsWith(NOTE);
}

const NOTE = '/snapshot';

/** By which a variable's value is found in a snapshot. */
export function variableName(name: string, value: string): string {
  return `${name}=${value}`;
}

/** Values that stand in the pipeline go along with it; those that are set where it runs stay where they are. */
function commandVariables(
  { spec, types }: OpenedPipeline,
  { variables }: Workspace,
): Result<Readonly<Record<string, Digest>>, readonly Problem[]> {
  const digests: Record<string, Digest> = {};
  const problems: Problem[] = [];
  for (const stage of spec.stages) {
    for (const [name, value] of Object.entries(types.get(stage.type)?.command?.(stage.options).env ?? {})) {
      if (value !== null) {
        digests[variableName(name, value)] = variables.digestOf(name, value);
        continue;
      }
      problems.push({
        code: 'engine-unusable',
        message: `${stage.id} depends on the variable ${name} as it is set here, which the engine temporal does not bring to workers`,
        hint: `write its value in the pipeline, or name it in passEnv, where it does not count`,
        where: stage.locate('/env'),
      });
    }
  }
  return problems.length > 0 ? failure(problems) : success(digests);
}

function outside(path: string, folder: string): Problem {
  return {
    code: 'engine-unusable',
    message: `${path} lies outside of the project folder ${folder}, so that it cannot be brought to workers`,
    hint: 'bring it into the project folder',
  };
}

function inFolder(folder: string, path: string): string | undefined {
  const name = relative(folder, path);
  return name === '' || name === '..' || name.startsWith(`..${sep}`) || isAbsolute(name)
    ? undefined
    : name.replaceAll(sep, '/');
}
