import { expect, test } from '@jest/globals';
import { filesIn } from '../../e2e/store-content.ts';
import { temporaryFolder } from '../../base/temporary-folder.ts';
import { until } from '../../e2e/processes.ts';
import { madeIn, stagesWith } from '../../e2e/started-run.ts';
import { newCluster, startRun, undisturbed } from './cluster.ts';
import { describeWithTemporal } from './server.ts';

const EPOCHS = 12;

/** Its epochs take long enough to be killed between two of them. */
const files = {
  'p.yaml': `version: 1
name: training
stages:
  load-data:
    type: load-data
    with: { dataset: mnist-10k, split: { train: 1500, validation: 100, test: 100 } }
  train-teacher:
    type: train-teacher
    needs: { data: load-data }
    with:
      model: [{ conv2d: { filters: 6, kernelSize: 3, activation: relu } }, { maxPooling2d: 2 }, flatten, { dense: 10 }]
      optimizer: { adam: { learningRate: 0.001 } }
      batchSize: 32
      epochs: ${EPOCHS}
  evaluate: { type: evaluate, needs: { data: load-data, teacher: train-teacher } }
`,
};

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
    await until(() => told().includes(2) && sent().length > 0, 'the second epoch has ended');
    const other = await cluster.worker();
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
