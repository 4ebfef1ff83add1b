import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { temporaryFolder } from '../../base/temporary-folder.ts';
import { newProject, type Project } from '../../e2e/project.ts';
import { filesIn } from '../../e2e/store-content.ts';
import { type EndedRun, madeIn, stagesWith, startedRun } from '../../e2e/started-run.ts';
import { stages, tinyPipeline } from '../../e2e/tiny-pipeline.ts';
import { newCluster, startRun } from './cluster.ts';
import { describeWithTemporal } from './server.ts';

const all = [...stages, 'list'];
const files = {
  // What commands read and are given, as well.
  'p.yaml': `${tinyPipeline}  list:
    run: cat notes.txt > list.txt; ls $PIPELINE_NEEDS_STUDENT >> list.txt; echo $LEVEL >> list.txt
    needs: { student: train-student }
    inputs: [notes.txt]
    outputs: [list.txt]
    env: { LEVEL: '3' }
`,
  'notes.txt': 'a line\n',
};

function keysIn({ events }: EndedRun): Readonly<Record<string, unknown>> {
  return Object.fromEntries(events.flatMap(({ stage = '', key }) => (key === undefined ? [] : [[stage, key]])));
}

function runHere(project: Project, ...args: string[]): Promise<EndedRun> {
  return startedRun(project, 'p.yaml', '--backend', 'wasm', ...args).ended;
}

describeWithTemporal('keys and results', (temporal) => {
  test('of a cluster are those of one machine; there a run that was on the cluster is all hits', async () => {
    const folder = join(temporaryFolder(), 'shared');
    const cluster = newCluster({ address: temporal().address, remote: `{ folder: ${folder} }` });
    await cluster.worker();
    const client = await cluster.client(files);
    const there = await startRun(client, 'p.yaml').ended;
    expect([there.exitCode, [...stagesWith(there.events, 'stage-finished')].sort()]).toEqual([0, [...all].sort()]);

    // Outputs of commands are put into the project folder by a run here, which runs nothing.
    expect(existsSync(client.path('list.txt'))).toBe(false);
    const puts = await runHere(client, '--no-remote');
    expect([...stagesWith(puts.events, 'stage-reused')].sort()).toEqual([...all].sort());
    expect(await client.read('list.txt')).toMatch(/^a line\n[^]*\n3\n$/);

    const alone = await runHere(await newProject(files));
    // Of the value that list declares, each store has a secret of its own.
    expect({ ...keysIn(alone), list: 0 }).toEqual({ ...keysIn(there), list: 0 });
    expect(madeIn(alone.events)).toEqual(madeIn(there.events));

    const other = await newProject({ ...files, 'pipeline.config.yaml': `remote: { folder: ${folder} }\n` });
    const after = await runHere(other);
    expect(after.events.filter(({ type }) => type === 'stage-reused').map(({ stage }) => stage)).toEqual(
      expect.arrayContaining([...stages]),
    );
    expect(stagesWith(after.events, 'stage-finished')).toEqual(['list']);
    expect(madeIn(after.events)).toEqual(madeIn(there.events));
  }, 120_000);

  test('of one machine are those of a cluster; there a run that was here is all hits, whether or not they were sent', async () => {
    const cluster = newCluster({ address: temporal().address });
    await cluster.worker();
    const client = await cluster.client(files);
    const here = await runHere(client, '--no-remote');
    expect(here.exitCode).toBe(0);
    const there = await startRun(client, 'p.yaml').ended;
    expect([there.exitCode, [...stagesWith(there.events, 'stage-reused')].sort()]).toEqual([0, [...all].sort()]);
    expect(stagesWith(there.events, 'stage-started')).toEqual([]);
    expect(keysIn(there)).toEqual(keysIn(here));
    expect(madeIn(there.events)).toEqual(madeIn(here.events));

    // Of what is here in part, the rest is made there, and is here then.
    const more = await startRun(client, 'p.yaml', '--set', 'temperature=2').ended;
    expect([...stagesWith(more.events, 'stage-finished')].sort()).toEqual(['evaluate', 'list', 'train-student']);
    expect(
      stagesWith((await runHere(client, '--no-remote', '--set', 'temperature=2')).events, 'stage-reused'),
    ).toHaveLength(all.length);
  }, 120_000);

  test('stay in the remote with --no-pull, until pull', async () => {
    const cluster = newCluster({ address: temporal().address });
    await cluster.worker();
    const client = await cluster.client({
      'p.yaml': 'version: 1\nname: stays\nstages:\n  say: { run: echo said > said.txt, outputs: [said.txt] }\n',
    });
    expect((await startRun(client, 'p.yaml', '--no-pull').ended).exitCode).toBe(0);
    expect(filesIn(client.path('artifacts/objects'))).toEqual([]);
    expect(await client.pipeline('get', 'latest', 'say', '-o', 'got')).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('pipeline pull'),
    });
    expect(await client.pipeline('pull', 'latest')).toMatchObject({ exitCode: 0, stderr: '' });
    expect(await client.pipeline('get', 'latest', 'say', '-o', 'got')).toMatchObject({ exitCode: 0, stderr: '' });
    expect(await client.read('got/said.txt')).toBe('said\n');
  }, 60_000);
});
