import { existsSync, readdirSync, statSync } from 'node:fs';
import { expect } from '@jest/globals';
import { execa } from 'execa';
import { command, type Project } from './project.ts';
import type { Events } from './tiny-pipeline.ts';

export interface OneRun {
  readonly exitCode: number | undefined;
  readonly events: Events;
  /** Stages. */
  readonly ran: readonly (string | undefined)[];
  /** Whether it was told from a snapshot, which such a run leaves as it is and marks as used. */
  readonly again: boolean;
}

/** Runs the built command, which must have nothing to say on stderr. */
export async function runOnce(project: Project, ...args: readonly string[]): Promise<OneRun> {
  const before = snapshots(project);
  const { stdout, stderr, exitCode } = await execa(process.execPath, [command, 'run', ...args, '--json'], {
    cwd: project.folder,
    reject: false,
  });
  expect(stderr).toBe('');
  const events = stdout.split('\n').map((line) => JSON.parse(line) as Events[number]);
  const ran = events.filter(({ type }) => type === 'stage-finished').map(({ stage }) => stage);
  const now = snapshots(project);
  return { exitCode, events, ran, again: before.some((each) => now.some((other) => wasUsed(each, other))) };
}

interface SeenSnapshot {
  readonly inode: number;
  readonly usedAt: number;
}

function snapshots(project: Project): readonly SeenSnapshot[] {
  const folder = project.path('artifacts/snapshots');
  if (!existsSync(folder)) return [];
  return readdirSync(folder).map((name) => {
    const { ino: inode, mtimeMs: usedAt } = statSync(`${folder}/${name}`);
    return { inode, usedAt };
  });
}

function wasUsed(before: SeenSnapshot, now: SeenSnapshot): boolean {
  return before.inode === now.inode && before.usedAt < now.usedAt;
}
