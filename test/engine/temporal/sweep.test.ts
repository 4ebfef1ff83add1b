import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { until } from '../../e2e/processes.ts';
import { madeIn, stagesWith } from '../../e2e/started-run.ts';
import { newCluster, startRun, undisturbed } from './cluster.ts';
import { describeWithTemporal } from './server.ts';

const [temperatures, seeds] = [4, 3];
const files = {
  'p.yaml': readFileSync(join(import.meta.dirname, '../../../pipelines/mnist-distill.yaml'), 'utf8')
    .replace(/^ {2}temperature: .*\n/m, '')
    .replace('${params.temperature}', '${matrix.temperature}')
    .replace('\nstages:\n', `\nmatrix: { temperature: [1, 2, 4, 20] }\nreplicates: ${seeds}\n\nstages:\n`)
    // That a temperature teaches worse is a finding here.
    .replace(/\ngates:[^]*$/, '\n'),
};

/** Ten minutes, of which `npm run test:long` has time. */
const isWanted = process.env['PIPELINE_TEST_SWEEP'] === '1';
const why = isWanted ? '' : ' (skipped: takes ten minutes; PIPELINE_TEST_SWEEP=1 runs it, as npm run test:long does)';

describeWithTemporal('a sweep of the main job', (temporal) => {
  (isWanted ? test : test.skip)(
    `over ${temperatures} temperatures and ${seeds} seeds on two workers, one of which is killed, makes the bytes that one machine makes${why}`,
    async () => {
      const cluster = newCluster({ address: temporal().address });
      const [killed] = await Promise.all([
        cluster.worker({ args: ['-j', '2'] }),
        cluster.worker({ args: ['-j', '2'] }),
      ]);
      const run = startRun(await cluster.client(files), 'p.yaml');
      const trainings = (): number =>
        stagesWith(run.events(), 'epoch-ended').filter((id) => id?.startsWith('train-')).length;
      await until(() => trainings() > 2, 'trainings go on', 300);
      await killed.kill();
      const { exitCode, events, stderr } = await run.ended;
      expect([exitCode, stderr]).toEqual([0, '']);
      expect(run.warnings().filter((each) => each.startsWith('a worker that had it was lost'))).not.toEqual([]);
      const made = madeIn(events);
      const students = Object.keys(made).filter((stage) => stage.startsWith('train-student@'));
      expect(students).toHaveLength(temperatures * seeds);
      expect(new Set(students.map((stage) => made[stage])).size).toBe(temperatures * seeds);
      expect(made).toEqual(await undisturbed(files, 'p.yaml'));
    },
    60 * 60_000,
  );
});
