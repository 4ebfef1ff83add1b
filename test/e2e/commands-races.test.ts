import { once } from 'node:events';
import { expect, test } from '@jest/globals';
import { noProcessIsLeftIn } from './processes.ts';
import { newProject, type Project } from './project.ts';
import { faultsOf } from './store-content.ts';

/** A slow copy, in two halves: whoever else writes there meanwhile is seen in what comes out. */
const pipeline = `version: 1
name: race
params: { word: none }
stages:
  make:
    run: (echo \${params.word}; sleep 0.2; echo \${params.word}) > out/made.txt
    outputs: [out/made.txt]
  use:
    run: head -1 out/made.txt > out/used.txt; sleep 0.2; tail -1 out/made.txt >> out/used.txt
    inputs: [out/made.txt]
    outputs: [out/used.txt]
`;

interface Ended {
  readonly code: number | null;
  readonly finished: number;
  readonly printed: string;
}

async function run(project: Project, word: string): Promise<Ended> {
  const child = project.start('run', 'p.yaml', '--json', '--set', `word=${word}`);
  let printed = '';
  child.stdout.on('data', (data: Buffer) => (printed += data.toString()));
  child.stderr.on('data', (data: Buffer) => (printed += data.toString()));
  await once(child, 'close');
  return { code: child.exitCode, finished: printed.split('"stage-finished"').length - 1, printed };
}

test('runs that want other content at the same paths do not write there at once', async () => {
  const project = await newProject({ 'p.yaml': pipeline });
  const words = ['one', 'two', 'three'];
  const ended = await Promise.all([...words, ...words].map((word) => run(project, word)));
  for (const { code, printed } of ended) expect([code, printed]).toEqual([0, printed]);
  // Each key once, whoever came first.
  expect(ended.reduce((sum, { finished }) => sum + finished, 0)).toBe(2 * words.length);
  await noProcessIsLeftIn(project.folder);
  for (const word of words) {
    const { code, finished } = await run(project, word);
    expect([code, finished]).toEqual([0, 0]);
    expect(await project.read('out/used.txt')).toBe(`${word}\n${word}\n`);
  }
  expect(faultsOf(project.path('artifacts'))).toEqual([]);
}, 120_000);
