import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { afterEach } from '@jest/globals';
import { execa } from 'execa';

/** The built command; `npm test` builds it first. */
export const command = join(import.meta.dirname, '../../dist/cli.cjs');

interface CommandResult {
  readonly exitCode: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/** A folder with a pipeline in it, gone after the test. */
export interface Project {
  readonly folder: string;
  write(file: string, text: string): Promise<void>;
  read(file: string): Promise<string>;
  /** Replaces text in a file, which must be there exactly once. */
  edit(file: string, before: string, after: string): Promise<void>;
  /** Runs the built command here, to its end. */
  pipeline(...args: string[]): Promise<CommandResult>;
  /** Starts the built command here, in a process group of its own, as a shell does. */
  start(...args: string[]): ChildProcessByStdio<null, Readable, Readable>;
  path(file: string): string;
}

/** What the test's own environment says about colours must not reach the command. */
const ownEnv = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !/^(FORCE_COLOR|NO_COLOR|CI)$/.test(name)),
);

const made: string[] = [];

afterEach(async () => {
  await Promise.all(made.splice(0).map((folder) => rm(folder, { recursive: true, force: true })));
});

/** @param more for the environment of its commands */
export async function newProject(
  files: Readonly<Record<string, string>> = {},
  more: Readonly<Record<string, string>> = {},
): Promise<Project> {
  const env = { ...ownEnv, ...more };
  if (!existsSync(command)) throw new Error('dist/ is not built: npm run build');
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'pipeline-')));
  made.push(folder);
  const path = (file: string): string => join(folder, file);
  const project: Project = {
    folder,
    path,
    start: (...args) =>
      spawn(process.execPath, [command, ...args], {
        cwd: folder,
        env,
        detached: true,
        stdio: ['ignore', 'pipe', 'pipe'],
      }),
    write: (file, text) => writeFile(path(file), text),
    read: (file) => readFile(path(file), 'utf8'),
    async edit(file, before, after) {
      const text = await readFile(path(file), 'utf8');
      if (text.split(before).length !== 2) throw new Error(`${file} does not hold ${before} exactly once`);
      await writeFile(
        path(file),
        text.replace(before, () => after),
      );
    },
    async pipeline(...args) {
      const { exitCode, stdout, stderr } = await execa(process.execPath, [command, ...args], {
        cwd: folder,
        env,
        extendEnv: false,
        reject: false,
      });
      return { exitCode, stdout, stderr };
    },
  };
  for (const [file, text] of Object.entries(files)) await project.write(file, text);
  return project;
}
