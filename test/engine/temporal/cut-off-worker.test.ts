import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { until } from '../../e2e/processes.ts';
import { madeIn, stagesWith } from '../../e2e/started-run.ts';
import { newCluster, startRun, undisturbed } from './cluster.ts';
import { gated } from './gated-pipeline.ts';
import { type Cut, partition } from './partition.ts';
import { describeWithTemporal } from './server.ts';

/** Both in `npm run test:long`. */
const CUTS: readonly Cut[] = process.env['PIPELINE_TEST_KILLS'] === undefined ? ['reset'] : ['reset', 'silent'];

describeWithTemporal('a worker that is cut off from the server', (temporal) => {
  test.each(CUTS)(
    '(%s) is given up; its stage goes on elsewhere, its own late end does no harm, and it works again when it is back',
    async (how) => {
      const { files, ran, open } = gated();
      const network = await partition(temporal().port);
      const cluster = newCluster({ address: temporal().address });
      await cluster.worker({ address: network.address });
      const run = startRun(await cluster.client(files), 'p.yaml');
      await until(() => stagesWith(run.events(), 'stage-started').includes('second'), 'the second stage runs');
      network.cut(how);
      const other = await cluster.worker();
      await until(() => ran().length === 3, 'another worker has the second stage');
      // Both bring it to an end.
      open();
      const { exitCode, events, stderr } = await run.ended;
      expect([exitCode, stderr]).toEqual([0, '']);
      expect(ran()).toEqual(['first', 'second', 'second', 'third']);
      const alone = await undisturbed(files, 'p.yaml');
      expect(madeIn(events)).toEqual(alone);
      expect(stagesWith(events, 'stage-failed')).toEqual([]);

      network.heal();
      await sleep(1000);
      await other.kill();
      // It alone is there, and knows what was made.
      const again = await startRun(await cluster.client(files), 'p.yaml').ended;
      expect(again.exitCode).toBe(0);
      expect(stagesWith(again.events, 'stage-reused')).toEqual(['first', 'second', 'third']);
      expect(madeIn(again.events)).toEqual(alone);
    },
    120_000,
  );
});
