import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { StageExecution, StageExecutor, StageTask } from '../../../src/engine/executor.ts';
import { openLocalExecutor } from '../../../src/engine/local/pool.ts';
import { temporaryFolder } from '../../base/temporary-folder.ts';
import { noProcessIsLeftIn, processesIn, until } from '../../e2e/processes.ts';

let folder: string;
let executor: StageExecutor;

beforeEach(() => {
  folder = temporaryFolder();
  const shared = { entry: 'no children here', size: 2, projectFolder: folder, downloadFolder: folder };
  executor = openLocalExecutor({ ...shared, graceMilliseconds: 100 });
});

afterEach(() => executor.close());

const prints: Record<'stdout' | 'stderr', string> = { stdout: '', stderr: '' };

function execute(script: string, signal = new AbortController().signal): Promise<StageExecution> {
  Object.assign(prints, { stdout: '', stderr: '' });
  const command = { argv: ['sh', '-c', script], folder, env: { PATH: process.env['PATH'] ?? '' } };
  return executor.execute({ command } as unknown as StageTask, {
    signal,
    progress: () => undefined,
    output: (stream, text) => (prints[stream] += text),
  });
}

test('what a command prints is handed on in whole, with what has no line break', async () => {
  const execution = await execute('for i in 1 2 3; do echo out $i; echo err $i >&2; done; printf "the end"');
  expect(execution).toEqual({ status: 'done', outcome: { metrics: {} } });
  expect(prints).toEqual({ stdout: 'out 1\nout 2\nout 3\nthe end', stderr: 'err 1\nerr 2\nerr 3\n' });
});

test('a command that prints without end fills neither memory nor the record', async () => {
  expect((await execute('yes | head -c 100000000')).status).toBe('done');
  expect(prints.stdout.length).toBeLessThan(9 << 20);
  expect(prints.stdout).toContain('bytes left out');
});

test('no input, no environment, no open pipe of the runner reaches a command', async () => {
  await execute('cat; env | cut -d= -f1 | sort; ls -l /proc/self/fd | grep -c socket >&2');
  expect(prints.stdout).toBe('PATH\nPWD\n');
  // Of ls, whose own output goes to grep: stderr. The runner's pipes are sockets.
  expect(prints.stderr).toBe('1\n');
});

test('a command that is cancelled may clean up', async () => {
  const cancel = new AbortController();
  const execution = execute(
    'trap "echo cleaned; exit 1" TERM; touch begun; while :; do sleep 0.01; done',
    cancel.signal,
  );
  await until(() => existsSync(join(folder, 'begun')), 'it has begun');
  cancel.abort();
  expect(await execution).toEqual({ status: 'cancelled' });
  expect(prints.stdout).toBe('cleaned\n');
});

test('a command that does not listen is killed with all that it started', async () => {
  const cancel = new AbortController();
  const execution = execute('trap "" TERM; (trap "" TERM; sleep 300) & touch begun; sleep 300', cancel.signal);
  await until(() => existsSync(join(folder, 'begun')), 'it has begun');
  cancel.abort();
  expect(await execution).toEqual({ status: 'cancelled' });
  await noProcessIsLeftIn(folder);
});

test('a command that never began leaves nothing', async () => {
  expect(await execute('touch begun', AbortSignal.abort())).toEqual({ status: 'cancelled' });
  expect(existsSync(join(folder, 'begun'))).toBe(false);
});

test('what a command leaves in the background is ended with it', async () => {
  expect((await execute('(sleep 0.3; touch late) & sleep 300 & echo $! > pid')).status).toBe('done');
  await noProcessIsLeftIn(folder);
  expect(existsSync(join(folder, 'late'))).toBe(false);
  expect(readFileSync(join(folder, 'pid'), 'utf8')).toMatch(/^\d+\n$/);
});

test('a signal that ends a command is told, and a folder that is not there', async () => {
  expect(await execute('kill -9 $$')).toMatchObject({ failure: { message: 'the command was ended by SIGKILL' } });
  folder = join(folder, 'nowhere');
  expect(await execute('true')).toMatchObject({ failure: { code: 'stage-failed', message: /could not be started/ } });
});

test('many commands at once end well', async () => {
  const all = await Promise.all(Array.from({ length: 40 }, () => execute('echo x')));
  expect(all.every(({ status }) => status === 'done')).toBe(true);
  expect(processesIn(folder)).toEqual([]);
});
