import { expect, test } from '@jest/globals';
import { until } from '../../e2e/processes.ts';
import type { Project } from '../../e2e/project.ts';
import type { Events } from '../../e2e/tiny-pipeline.ts';
import { madeIn, stagesWith } from '../../e2e/started-run.ts';
import { newCluster, startRun, undisturbed } from './cluster.ts';
import { gated } from './gated-pipeline.ts';
import { describeWithTemporal } from './server.ts';

function outputIn(events: Events, stage: string): readonly unknown[] {
  return events.flatMap((each) => (each.type === 'stage-output' && each.stage === stage ? [each['text']] : []));
}

describeWithTemporal('several clients', (temporal) => {
  test('that start the same pipeline at once follow one run: each stage runs once, and both tell its results', async () => {
    const { files, ran, open } = gated();
    const cluster = newCluster({ address: temporal().address });
    const clients: Project[] = [await cluster.client(files), await cluster.client(files)];
    await Promise.all([cluster.worker(), cluster.worker()]);
    const runs = clients.map((client) => startRun(client, 'p.yaml'));
    await until(() => runs.every((run) => stagesWith(run.events(), 'stage-finished').includes('first')), 'both follow');
    open();
    const ended = await Promise.all(runs.map((run) => run.ended));
    expect(ended.map(({ exitCode, stderr }) => [exitCode, stderr])).toEqual([
      [0, ''],
      [0, ''],
    ]);
    expect(ran()).toEqual(['first', 'second', 'third']);
    expect(runs.flatMap((run) => run.warnings())).toEqual([
      expect.stringMatching(/^the same is under way already, as 20.*: it is followed/),
    ]);
    expect(ended.map(({ events: [first] }) => first?.type)).toEqual(['run-started', 'run-started']);
    const alone = await undisturbed(files, 'p.yaml');
    expect(ended.map(({ events }) => madeIn(events))).toEqual([alone, alone]);
  }, 90_000);

  test('whose pipelines have stages in common agree on their results, also where two workers made them at once', async () => {
    const cluster = newCluster({ address: temporal().address });
    // Nobody makes the same twice.
    const stages = (name: string, own: string): string => `version: 1
name: ${name}
stages:
  common: { run: 'sleep 1; od -N 16 -x /dev/urandom > common.txt', outputs: [common.txt] }
  after: { run: cat common.txt common.txt > after.txt, inputs: [common.txt], outputs: [after.txt] }
  ${own}: { run: 'cat after.txt > ${own}.txt; echo ${own} >> ${own}.txt', inputs: [after.txt], outputs: [${own}.txt] }
`;
    const clients = await Promise.all(
      ['one', 'other'].map((name) => cluster.client({ 'p.yaml': stages(name, `own-${name}`) })),
    );
    await Promise.all([cluster.worker({ args: ['-j', '1'] }), cluster.worker({ args: ['-j', '1'] })]);
    const ended = await Promise.all(clients.map((client) => startRun(client, 'p.yaml').ended));
    expect(ended.map(({ exitCode }) => exitCode)).toEqual([0, 0]);
    const [one, other] = ended.map(({ events }) => madeIn(events));
    expect([one?.['common'], one?.['after']]).toEqual([other?.['common'], other?.['after']]);
    // A third one, too.
    const later = await startRun(await cluster.client({ 'p.yaml': stages('third', 'own-one') }), 'p.yaml').ended;
    expect(madeIn(later.events)).toEqual(one);
    expect(stagesWith(later.events, 'stage-started')).toEqual([]);
  }, 90_000);

  test('one that is killed leaves its run under way; the same command joins it and tells all of it; later there are hits only', async () => {
    const { files, ran, open } = gated();
    const cluster = newCluster({ address: temporal().address });
    const client = await cluster.client(files);
    await cluster.worker();
    const killed = startRun(client, 'p.yaml');
    await until(() => stagesWith(killed.events(), 'stage-started').includes('second'), 'the second stage runs');
    killed.signal('SIGKILL');
    await killed.ended;

    const joined = startRun(client, 'p.yaml');
    const run = String(killed.events()[0]?.['run']);
    await until(() => joined.warnings().some((each) => each.includes(`under way already, as ${run}`)), 'it joins');
    open();
    const { exitCode, events, stderr } = await joined.ended;
    expect([exitCode, stderr]).toEqual([0, '']);
    const all = ['first', 'second', 'third'];
    expect(ran()).toEqual(all);
    expect(stagesWith(events, 'stage-started')).toEqual(all);
    expect(stagesWith(events, 'stage-finished')).toEqual(all);
    expect(outputIn(events, 'first')).toEqual(['told by first\n']);
    const alone = await undisturbed(files, 'p.yaml');
    expect(madeIn(events)).toEqual(alone);

    // Nobody follows it to its end.
    const before = ran().length;
    const again = await cluster.client({ ...files, 'in.txt': 'another line\n' });
    const left = startRun(again, 'p.yaml');
    await until(() => stagesWith(left.events(), 'stage-started').includes('first'), 'it runs');
    left.signal('SIGKILL');
    await left.ended;
    await until(() => ran().length === before + 3, 'all has run');
    const late = await startRun(again, 'p.yaml').ended;
    expect(late.exitCode).toBe(0);
    expect(ran().slice(before)).toEqual(all);
    expect(stagesWith(late.events, 'stage-reused')).toEqual(all);
  }, 90_000);
});
