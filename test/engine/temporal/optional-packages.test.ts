import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { execa } from 'execa';
import { temporaryFolder } from '../../base/temporary-folder.ts';
import { otherProgram } from '../../e2e/other-program.ts';
import { command, newProject } from '../../e2e/project.ts';

const files = {
  'p.yaml': 'version: 1\nname: small\nstages:\n  say: { run: echo said > said.txt, outputs: [said.txt] }\n',
  'pipeline.config.yaml': 'remote: { folder: shared }\n',
};

test('who has no SDK of Temporal runs on one machine; who asks for a cluster is told the one command', async () => {
  const project = await newProject(files);
  const program = otherProgram({ without: ['@temporalio', '@aws-sdk'] });
  const run = (...args: string[]) =>
    execa(process.execPath, [program, ...args], { cwd: project.folder, reject: false });
  expect(await run('run', 'p.yaml')).toMatchObject({ exitCode: 0, stderr: '' });
  for (const args of [['run', 'p.yaml', '--engine', 'temporal'], ['worker']]) {
    const { exitCode, stderr } = await run(...args);
    expect([args, exitCode, stderr]).toEqual([args, 2, expect.stringContaining('npm install @temporalio/client ')]);
    expect(stderr).toMatch(/^error\[engine-unusable\]/);
  }
}, 60_000);

test('who has them and stays on one machine does not load them', async () => {
  const project = await newProject(files);
  const [hook, list] = [join(temporaryFolder(), 'hook.cjs'), join(temporaryFolder(), 'loaded')];
  writeFileSync(
    hook,
    `process.on('exit', () => require('fs').appendFileSync(${JSON.stringify(list)}, Object.keys(require.cache).join('\\n') + '\\n'));\n`,
  );
  const run = await execa(process.execPath, ['--require', hook, command, 'run', 'p.yaml'], {
    cwd: project.folder,
    env: { NODE_OPTIONS: `--require ${hook}` },
  });
  expect(run.exitCode).toBe(0);
  const loaded = readFileSync(list, 'utf8');
  expect(loaded).toContain(join(command, '..'));
  expect(loaded).not.toMatch(/@temporalio|@aws-sdk/);
}, 60_000);
