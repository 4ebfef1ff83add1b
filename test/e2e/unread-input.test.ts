import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { command, newProject } from './project.ts';

/** A stage that needs the file's digest and reads its first byte. */
const plugin = `
import { open } from 'node:fs/promises';
import { defineStageType } from 'distill-pipeline';

export const peek = defineStageType({
  name: 'peek',
  description: 'Reads the first byte of a file.',
  output: 'byte',
  determinism: 'bitwise',
  schema: { properties: { file: { type: 'string' } }, required: ['file'] },
  keyOptions: () => ({}),
  externalFiles: ({ file }) => [{ name: 'file', path: file, pointer: '/with/file' }],
  async run(context) {
    const file = await open(context.resolvePath(context.options.file));
    const { buffer } = await file.read({ length: 1, buffer: Buffer.alloc(1), position: 0 });
    await file.close();
    await context.write('byte', buffer);
    return { metrics: {} };
  },
});
`;

/** Prints at the end of a process how many bytes it read, of files and of all else, and from the system's memory, too. */
const counter = `process.on('exit', () => {
  const bytes = /rchar: (\\d+)/.exec(require('node:fs').readFileSync('/proc/self/io', 'latin1'))[1];
  require('node:fs').appendFileSync(process.env.COUNTED, bytes + '\\n');
});
`;

/** 1 GiB where there is time for it: hashing so much takes a second or more. */
const size = process.env['PIPELINE_TEST_KILLS'] === undefined ? 1 << 27 : 1 << 30;
const onLinux = process.platform === 'linux' ? test : test.skip;

onLinux(
  'an input of 1 GiB that is known and unchanged is not read',
  async () => {
    const project = await newProject({
      '.git': '',
      'pipeline.config.yaml': 'plugins: [./peek.ts]\n',
      'peek.ts': plugin,
      'counter.cjs': counter,
      'p.yaml': 'version: 1\nname: peek\nstages:\n  peek: { type: peek, with: { file: large } }\n',
    });
    // Zeros without a place on the disk, which are read as any others.
    writeFileSync(project.path('large'), '');
    truncateSync(project.path('large'), size);
    await sleep(40);

    expect(bytesRead('run', 'p.yaml')).toBeGreaterThan(size);
    for (const _ of ['by its snapshot at the latest', 'by its snapshot'])
      expect(bytesRead('run', 'p.yaml')).toBeLessThan(MUCH);
    rmSync(project.path('artifacts/snapshots'), { recursive: true });
    expect(bytesRead('run', 'p.yaml')).toBeLessThan(MUCH);
    expect(bytesRead('plan', 'p.yaml')).toBeLessThan(MUCH);

    function bytesRead(...args: readonly string[]): number {
      const counted = project.path('counted');
      rmSync(counted, { force: true });
      mkdirSync(project.path('artifacts'), { recursive: true });
      execFileSync(process.execPath, ['--require', project.path('counter.cjs'), command, ...args], {
        cwd: project.folder,
        env: { ...process.env, COUNTED: counted },
        stdio: 'ignore',
      });
      return Number(readFileSync(counted, 'utf8').trim());
    }
  },
  120_000,
);

/** The program itself, and what it keeps. */
const MUCH = 1 << 25;
