import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { type Digest, sha256 } from '../../base/hash.ts';
import type { Checkpoints, InputArtifact, StageContext, StageProgress } from '../../core/stage-runner.ts';
import type { ReadableFile } from '../../core/store.ts';
import type { StageTask, TaskInput } from '../executor.ts';
import { MemoryBudget } from './data-memory.ts';
import { type StoredFile, openStoredFile } from './stored-file.ts';

export interface ContextParts {
  readonly task: StageTask;
  readonly downloadFolder: string;
  readonly checkpoints: Checkpoints;
  readonly signal: AbortSignal;
  readonly emit: (event: StageProgress) => void;
  /** Told before the read fails: an object is not what its name says, or not there. */
  readonly damaged: (object: Digest) => void;
  /** Bytes of opened inputs that are held in memory, at most. */
  readonly dataMemory: number;
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
  dataMemory,
}: ContextParts): OpenContext {
  let open = true;
  const writes = new Set<Promise<void>>();
  const stored = new Set<StoredFile>();
  const reading = { damaged, stored, budget: new MemoryBudget(dataMemory) };
  const inputs = Object.entries(task.inputs).map(([slot, input]) => [slot, readableInput(slot, input, reading)]);
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
      const opened = [...stored];
      stored.clear();
      await Promise.all(opened.map((file) => file.close()));
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

interface Reading extends Pick<ContextParts, 'damaged'> {
  readonly budget: MemoryBudget;
  /** To be closed with the stage. */
  readonly stored: Set<StoredFile>;
}

function readableInput(slot: string, input: TaskInput, { damaged, budget, stored }: Reading): InputArtifact {
  const files = new Map(input.files.map((file) => [file.path, file]));
  const named = (path: string): ReadableFile => {
    const file = files.get(path);
    if (file !== undefined) return file;
    throw new Error(`the input ${slot} has no file ${path}; it has ${[...files.keys()].join(', ')}`);
  };
  const read = async (path: string): Promise<Uint8Array> => {
    const file = named(path);
    const bytes = await readFile(file.absolutePath).catch((error: unknown) => {
      damaged(file.digest);
      throw error;
    });
    if (sha256(bytes) === file.digest) return bytes;
    damaged(file.digest);
    throw new Error(`${path} of the input ${slot} is damaged in the store`);
  };
  return {
    kind: input.kind,
    facts: input.facts,
    paths: [...files.keys()],
    read,
    async open(path) {
      const file = named(path);
      if (budget.takes(file)) return read(path);
      const opened = await openStoredFile({
        path: file.absolutePath,
        digest: file.digest,
        name: `${path} of the input ${slot}`,
        damaged: () => {
          damaged(file.digest);
        },
      });
      stored.add(opened);
      return opened.content;
    },
  };
}
