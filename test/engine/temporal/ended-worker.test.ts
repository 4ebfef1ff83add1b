import { expect, test } from '@jest/globals';
import { longTraining } from '../../e2e/long-training.ts';
import { until } from '../../e2e/processes.ts';
import { madeIn, stagesWith } from '../../e2e/started-run.ts';
import { newCluster, startRun, undisturbed } from './cluster.ts';
import { gated } from './gated-pipeline.ts';
import { describeWithTemporal } from './server.ts';

/** Many: it is not to end before it is heard of that it goes on. */
const EPOCHS = 30;
const files = { 'p.yaml': longTraining(EPOCHS) };

describeWithTemporal('a worker that is ended', (temporal) => {
  test('by Ctrl-C gives its stage back at once, with its state, and ends well', async () => {
    // Nobody waits for this.
    const cluster = newCluster({ address: temporal().address, heartbeatTimeout: '300s' });
    const ending = await cluster.worker();
    const run = startRun(await cluster.client(files), 'p.yaml');
    await until(() => stagesWith(run.events(), 'stage-started').includes('train-teacher'), 'the training has begun');
    const other = await cluster.worker();
    const told = (): readonly number[] =>
      run.events().flatMap(({ type, epoch }) => (type === 'epoch-ended' ? [Number(epoch)] : []));
    await until(() => told().includes(2), 'the second epoch has ended');
    ending.signal('SIGINT');
    expect(await ending.ended).toBe(0);
    expect(ending.said()).toBe('listening for stages of the queues default\nWhat is under way goes on elsewhere.\n');
    const { exitCode, events, stderr } = await run.ended;
    expect([exitCode, stderr]).toEqual([0, '']);
    expect(run.warnings()).toContainEqual(
      expect.stringMatching(new RegExp(`a worker that had it was lost.*:${other.pid} goes on with it`)),
    );
    // None is computed again: the last state was sent.
    const after = Number(events.filter(({ type }) => type === 'epoch-ended').at(-1)?.['epoch']);
    expect(after).toBe(EPOCHS);
    expect(told()).toEqual([...new Set(told())].sort((a, b) => a - b));
    expect(madeIn(events)).toEqual(await undisturbed(files, 'p.yaml'));
  }, 120_000);

  test('by a second Ctrl-C ends at once; a run without workers goes on when one comes back', async () => {
    const { files: commands, ran, open } = gated();
    const cluster = newCluster({ address: temporal().address });
    const only = await cluster.worker();
    const run = startRun(await cluster.client(commands), 'p.yaml');
    await until(() => ran().includes('second'), 'the second stage runs');
    only.signal('SIGTERM');
    only.signal('SIGINT');
    // Which one comes first, nobody says; where it had ended in order before the second one came, that is as good.
    expect([0, 130, 143]).toContain(await only.ended);
    await cluster.worker();
    open();
    const { exitCode, events, stderr } = await run.ended;
    expect([exitCode, stderr]).toEqual([0, '']);
    expect(ran()).toEqual(['first', 'second', 'second', 'third']);
    expect(stagesWith(events, 'stage-finished')).toEqual(['first', 'second', 'third']);
  }, 120_000);
});
