import { expect, test } from '@jest/globals';
import { filesIn } from '../../e2e/store-content.ts';
import { temporaryFolder } from '../../base/temporary-folder.ts';
import { longTraining } from '../../e2e/long-training.ts';
import { until } from '../../e2e/processes.ts';
import { madeIn, stagesWith } from '../../e2e/started-run.ts';
import { newCluster, startRun, undisturbed } from './cluster.ts';
import { describeWithTemporal } from './server.ts';

const EPOCHS = 20;
const evaluate = '  evaluate: { type: evaluate, needs: { data: load-data, teacher: train-teacher } }\n';
const files = { 'p.yaml': longTraining(EPOCHS, evaluate) };

describeWithTemporal('a worker that is lost', (temporal) => {
  test('mid-epoch: its stage goes on elsewhere from its last checkpoint, to the same bytes', async () => {
    const shared = `${temporaryFolder()}/shared`;
    const cluster = newCluster({ address: temporal().address, remote: `{ folder: ${shared} }` });
    const lost = await cluster.worker();
    const run = startRun(await cluster.client(files), 'p.yaml');
    const sent = (): readonly number[] =>
      filesIn(shared).flatMap((path) => /epoch-(\d+)\/checkpoint\.json$/.exec(path)?.slice(1).map(Number) ?? []);
    const told = (): readonly unknown[] =>
      run.events().flatMap(({ type, epoch }) => (type === 'epoch-ended' ? [epoch] : []));
    await until(() => stagesWith(run.events(), 'stage-started').includes('train-teacher'), 'the training has begun');
    const other = await cluster.worker();
    await until(() => told().includes(2) && sent().length > 0, 'the second epoch has ended');
    await lost.kill();
    const reached = Math.max(...sent());
    const before = told().length;
    expect(reached).toBeLessThan(EPOCHS);

    const { exitCode, events, stderr } = await run.ended;
    expect([exitCode, stderr]).toEqual([0, '']);
    expect(run.warnings()).toEqual([
      'its worker is not heard of any more: it goes on elsewhere',
      expect.stringMatching(new RegExp(`a worker that had it was lost.*:${other.pid} goes on with it`)),
    ]);
    const epochs = events.flatMap(({ type, epoch }) => (type === 'epoch-ended' ? [Number(epoch)] : []));
    const again = Array.from({ length: EPOCHS - reached }, (_, index) => reached + 1 + index);
    expect(epochs.slice(-again.length)).toEqual(again);
    // Told before the end, or with it.
    expect(epochs.length - again.length).toBeGreaterThanOrEqual(before);
    expect(stagesWith(events, 'stage-started')).toEqual(['load-data', 'train-teacher', 'train-teacher', 'evaluate']);
    expect(madeIn(events)).toEqual(await undisturbed(files, 'p.yaml'));
  }, 120_000);
});
