import { existsSync, readdirSync, rmSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { newProject } from './project.ts';

/** Runs in a moment. */
const pipeline = `version: 1
name: quick
params: { word: a, seed: 1 }
stages:
  say:
    run: 'echo \${params.word} > said; echo "{ \\"length\\": 1.5 }" > metrics.json'
    outputs: [said]
    metrics: [metrics.json]
`;

test('a run is called by its name, or by a tag, which are listed, taken away, and no other one’s', async () => {
  const project = await newProject({ 'quick.yaml': pipeline });
  const told = async (...args: string[]) => {
    const { exitCode, stdout, stderr } = await project.pipeline(...args);
    expect({ args, exitCode, stderr }).toEqual({ args, exitCode: 0, stderr: '' });
    return stdout;
  };
  const refused = async (...args: string[]) => {
    const { exitCode, stderr } = await project.pipeline(...args);
    expect({ args, exitCode }).toEqual({ args, exitCode: 2 });
    return stderr;
  };
  const idOf = async (name: string) => (JSON.parse(await told('metrics', name, '--json')) as { run: string }).run;

  await told('run', 'quick.yaml', '--name', 'first', '--tag', 'paper', '--tag', 'old');
  await told('run', 'quick.yaml', '--set', 'word=b', '--tag', 'paper');
  const [second, first] = (JSON.parse(await told('runs', '--json')) as { id: string }[]).map(({ id }) => id);
  expect(await idOf('first')).toBe(first);
  expect(await idOf('old')).toBe(first);
  expect(await idOf('paper')).toBe(second);

  // Before anything runs.
  expect(await refused('run', 'quick.yaml', '--set', 'word=c', '--name', 'first')).toContain(
    `the name of run ${first ?? ''} already`,
  );
  expect(await refused('run', 'quick.yaml', '--tag', '../x')).toContain('"../x" is no tag');
  expect(await refused('run', 'quick.yaml', '--name', 'latest')).toContain('"latest" is no name of a run');
  expect(JSON.parse(await told('runs', '--json'))).toHaveLength(2);

  expect(await refused('runs', 'name', 'latest', 'first')).toContain('pipeline runs unname first');
  expect(await refused('runs', 'pin', 'latest', '--name', 'first')).toContain('already');
  expect(await refused('metrics', 'frist')).toContain('did you mean "first"?');
  await told('runs', 'name', 'first', 'one');
  expect(await refused('metrics', 'first')).toContain("there is no run 'first'");
  expect(await idOf('one')).toBe(first);
  await told('runs', 'unname', 'one');
  expect(await refused('runs', 'unname', first ?? '')).toContain('has no name');
  await told('runs', 'tag', 'latest', 'x', 'y');
  await told('runs', 'untag', 'latest', 'x', 'paper');
  expect(await refused('runs', 'untag', 'latest', 'x')).toContain('its tags: y');
  expect(await idOf('paper')).toBe(first);

  expect(JSON.parse(await told('runs', '--tag', 'y', '--json', '-c', 'length', 'word'))).toMatchObject([
    { id: second, tags: ['y'], values: { 'say.length': 1.5, 'params.word': 'b' } },
  ]);
  expect(await told('runs', '--csv', '-c', 'word', '--sort', 'word')).toMatch(/,a\n.*,b\n?$/);
  expect(await told('runs', '--status', 'failed', '--since', '1h')).toBe('no such runs');
  expect(await refused('runs', '-c', 'wrod')).toContain('did you mean "word"?');
  expect(await refused('runs', '--status', 'fine')).toContain('Allowed choices are succeeded');
  expect(await refused('runs', '--since', 'yesterday')).toContain('Give a time ago');

  // Of a run that is gone, nothing is called so any more; verify says what is left, and takes it away.
  rmSync(project.path(`artifacts/runs/${second ?? ''}`), { recursive: true });
  expect(await refused('metrics', 'y')).toContain("there is no run 'y'");
  const damaged = await project.pipeline('verify', '--repair');
  expect(damaged.stdout).toContain('the run that has the tag "y" is not there; taken away');
  expect(readdirSync(project.path('artifacts/labels'))).toEqual([`${first ?? ''}.tag.old`, `${first ?? ''}.tag.paper`]);
  expect(existsSync(project.path('said'))).toBe(true);
}, 120_000);

test('params, metrics and compare, as tables, JSON and CSV', async () => {
  const project = await newProject({ 'quick.yaml': pipeline });
  const told = async (...args: string[]) => {
    const { exitCode, stdout, stderr } = await project.pipeline(...args);
    expect({ args, exitCode, stderr }).toEqual({ args, exitCode: 0, stderr: '' });
    return stdout;
  };
  await told('run', 'quick.yaml', '--name', 'first');
  await told('run', 'quick.yaml', '--set', 'word=b,c');
  expect(await told('params')).toMatch(
    /^quick, run .*\nparameter {2}value {2}given by\nword {7}b,c {4}--set\nseed {7}1$/,
  );
  expect(await told('params', 'latest', '--csv')).toBe('parameter,value\nword,"b,c"\nseed,1');
  expect(JSON.parse(await told('params', 'first', '--json'))).toMatchObject({ params: { word: 'a' }, overrides: [] });
  expect(await told('metrics', '--csv')).toBe('stage,metric,value\nsay,length,1.5');

  const compared = await told('compare');
  expect(compared).toBe(await told('compare', 'first'));
  expect(compared).toMatch(/\nparameters {2}A {2}B\nword {8}a {2}b,c\n/);
  expect(compared).toMatch(/\nsay +ran .* ran /);
  expect(compared).toContain('every number is the same: 1 of them');
  const { stages } = JSON.parse(await told('compare', '--json')) as { stages: { of: { changes?: unknown[] }[] }[] };
  expect(stages[0]?.of.map(({ changes }) => changes?.length ?? 0)).toEqual([0, expect.any(Number)]);
  expect((await told('compare', 'first', 'latest', 'first', '--csv')).split('\n')).toEqual(
    expect.arrayContaining(['parameter,word,a,"b,c",a', 'number,say.length,1.5,1.5,1.5']),
  );
  expect(await told('compare', 'first', 'first')).toContain('the same results: all 1 stage, by their keys');
  const wrong = await project.pipeline('compare', 'first', 'none');
  expect([wrong.exitCode, wrong.stderr]).toEqual([2, expect.stringContaining("there is no run 'none'")]);
}, 120_000);
