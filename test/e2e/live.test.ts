import { expect, test } from '@jest/globals';
import { execa } from 'execa';
import { testScreen } from '../report/screen.ts';
import { command, newProject } from './project.ts';
import { stages, tinyPipeline } from './tiny-pipeline.ts';

/** util-linux' `script` gives the command a terminal of its own; macOS' takes other arguments. */
const onLinux = process.platform === 'linux' ? test : test.skip;

async function onTerminal(folder: string, columns: number, args: string): Promise<string[]> {
  const line = `stty cols ${columns} rows 30; '${process.execPath}' '${command}' ${args}`;
  const env = { PATH: process.env['PATH'] ?? '', TERM: 'xterm', NO_COLOR: '1', SHELL: '/bin/sh' };
  const { stdout } = await execa('script', ['-qefc', line, '/dev/null'], { cwd: folder, env, extendEnv: false });
  const screen = testScreen(columns, 30);
  screen.write(stdout);
  return screen.lines();
}

onLinux(
  'on a terminal each stage has one line, which ends as it should; with nothing to do there is no list',
  async () => {
    const project = await newProject({ 'tiny.yaml': tinyPipeline });
    const first = await onTerminal(project.folder, 80, 'run tiny.yaml -j 2');
    for (const stage of stages) expect(first.filter((line) => line.startsWith(`✔ ${stage} `))).toHaveLength(1);
    expect(first.filter((line) => line.startsWith('stage '))).toHaveLength(1);
    for (const line of first) expect(line.length).toBeLessThanOrEqual(80);

    const second = await onTerminal(project.folder, 80, 'run tiny.yaml');
    expect(second.filter((line) => line.startsWith('✔'))).toEqual([]);
    expect(second).toContainEqual(expect.stringMatching(/^Done in .*: 0 stages ran, 6 reused \(wasm\)$/));
  },
  60_000,
);
