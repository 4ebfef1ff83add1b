import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { type Digest, sha256 } from '../../base/hash.ts';
import type { Checkpoints, InputArtifact, StageContext, StageProgress } from '../../core/stage-runner.ts';
import type { StageTask, TaskInput } from '../executor.ts';

export interface ContextParts {
  readonly task: StageTask;
  readonly downloadFolder: string;
  readonly checkpoints: Checkpoints;
  readonly signal: AbortSignal;
  readonly emit: (event: StageProgress) => void;
  /** Told before the read fails: an object is not what its name says, or not there. */
  readonly damaged: (object: Digest) => void;
}

export interface OpenContext {
  readonly context: StageContext;
  /** Waits for writes under way, and refuses what a stage that has ended still tries to write or tell. */
  readonly close: () => Promise<void>;
}

export function openStageContext({
  task,
  downloadFolder,
  checkpoints,
  signal,
  emit,
  damaged,
}: ContextParts): OpenContext {
  let open = true;
  const writes = new Set<Promise<void>>();
  const inputs = Object.entries(task.inputs).map(([slot, input]) => [slot, readableInput(slot, input, damaged)]);
  return {
    context: {
      options: task.options,
      seed: task.seed,
      backend: task.backend,
      inputs: Object.fromEntries(inputs) as StageContext['inputs'],
      checkpoints,
      signal,
      downloadFolder,
      resolvePath: (path) => resolve(task.folder, path),
      async write(path, bytes) {
        if (!open) throw new Error(`the stage has ended, and cannot write ${path} any more`);
        const writing = writeInside(task.outputFolder, path, bytes);
        writes.add(writing);
        await writing;
        writes.delete(writing);
      },
      emit(event) {
        if (open) emit(event);
      },
    },
    async close() {
      open = false;
      await Promise.all(writes);
    },
  };
}

async function writeInside(folder: string, path: string, bytes: Uint8Array): Promise<void> {
  const target = join(folder, checkedPath(path));
  await mkdir(dirname(target), { recursive: true });
  await writeFile(target, bytes, { flag: 'wx' });
}

/** A path of an artifact is relative, with `/`, and stays inside on every system. */
function checkedPath(path: string): string {
  const parts = path.split('/');
  const fine = parts.every((part) => part !== '' && part !== '.' && part !== '..') && !/[\\\0]/.test(path);
  if (!fine) throw new Error(`${JSON.stringify(path)} is no path for a file of an artifact`);
  return path;
}

function readableInput(slot: string, input: TaskInput, damaged: (object: Digest) => void): InputArtifact {
  const files = new Map(input.files.map((file) => [file.path, file]));
  return {
    kind: input.kind,
    facts: input.facts,
    paths: [...files.keys()],
    async read(path) {
      const file = files.get(path);
      if (file === undefined)
        throw new Error(`the input ${slot} has no file ${path}; it has ${[...files.keys()].join(', ')}`);
      const bytes = await readFile(file.absolutePath).catch((error: unknown) => {
        damaged(file.digest);
        throw error;
      });
      if (sha256(bytes) === file.digest) return bytes;
      damaged(file.digest);
      throw new Error(`${path} of the input ${slot} is damaged in the store`);
    },
  };
}
