import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { temporaryFolder } from '../../base/temporary-folder.ts';
import { otherProgram, ownVersion } from '../../e2e/other-program.ts';
import { until } from '../../e2e/processes.ts';
import { madeIn, stagesWith } from '../../e2e/started-run.ts';
import { newCluster, startRun, undisturbed } from './cluster.ts';
import { describeWithTemporal } from './server.ts';

const files = {
  'p.yaml': `version: 1
name: pinned
stages:
  load-data:
    type: load-data
    with: { dataset: mnist-10k, split: { train: 200, validation: 50, test: 50 } }
  train-teacher:
    type: train-teacher
    needs: { data: load-data }
    with: { model: [flatten, { dense: 10 }], batchSize: 32, epochs: 1 }
`,
};

/** Of a worker that ended, the server says for two minutes that it may listen. */
const isLong = process.env['PIPELINE_TEST_KILLS'] !== undefined;
const why = isLong ? '' : ' (skipped: takes two minutes; npm run test:long runs it)';

describeWithTemporal('a worker that would not compute the same', (temporal) => {
  test('takes no stage, and the client says which worker and why; the run ends when a right one comes', async () => {
    const cluster = newCluster({ address: temporal().address });
    const older = await cluster.worker({ program: otherProgram({ tfjs: '4.21.0' }) });
    const newer = await cluster.worker({ program: otherProgram({ version: '99.0.0' }) });
    const run = startRun(await cluster.client(files), 'p.yaml');
    await until(() => run.warnings().length > 0, 'the client says that nobody takes the stage');
    const [warning = ''] = run.warnings();
    expect(warning).toMatch(
      /^no worker listens to the queue default that could run it: start one with `pipeline worker/,
    );
    expect(warning).toMatch(new RegExp(`:${older.pid} has tfjs 4\\.21\\.0 where the run has \\d`));
    expect(warning).toMatch(
      new RegExp(`:${newer.pid} has program 99\\.0\\.0 where the run has ${ownVersion().replaceAll('.', '\\.')}`),
    );
    expect(stagesWith(run.events(), 'stage-started')).toEqual([]);

    const right = await cluster.worker();
    const { exitCode, events, stderr } = await run.ended;
    expect([exitCode, stderr]).toEqual([0, '']);
    expect(run.warnings()).toEqual([warning]);
    expect(madeIn(events)).toEqual(await undisturbed(files, 'p.yaml'));
    expect([older, newer, right].map((worker) => worker.said())).toEqual(
      Array<unknown>(3).fill('listening for stages of the queues default\n'),
    );
  }, 90_000);

  test('is one cause; where there is no worker at all the client says so, too, before the first stage', async () => {
    const cluster = newCluster({ address: temporal().address });
    const run = startRun(await cluster.client(files), 'p.yaml');
    await until(() => run.warnings().length > 0, 'the client says that nobody takes the stage');
    expect(run.events().map(({ type, message }) => [type, message])).toEqual([
      ['run-started', undefined],
      ['warning', nobodyTakes('default')],
    ]);
    await cluster.worker();
    expect((await run.ended).exitCode).toBe(0);
    expect(run.warnings()).toEqual([nobodyTakes('default')]);
  }, 90_000);

  (isLong ? test : test.skip)(
    `or where the last one is lost while nothing is under way${why}`,
    async () => {
      const cluster = newCluster({ address: temporal().address });
      const repaired = join(temporaryFolder(), 'repaired');
      const client = await cluster.client({
        'p.yaml': `version: 1
name: retried
stages:
  flaky: { run: cat ${repaired} > out.txt, outputs: [out.txt], retry: { attempts: 9, delay: 3s, factor: 1 } }
`,
      });
      const only = await cluster.worker();
      const run = startRun(client, 'p.yaml');
      await until(() => stagesWith(run.events(), 'stage-retrying').length > 0, 'the stage failed, and is tried again');
      await only.kill();
      writeFileSync(repaired, 'yes');
      await until(() => run.warnings().length > 0, 'the client says that nobody takes the stage', 180);
      await cluster.worker();
      expect((await run.ended).exitCode).toBe(0);
      expect(run.warnings().at(-1)).toBe(nobodyTakes('default'));
    },
    240_000,
  );

  test('as one of another queue is: a stage that asks for a pool waits for a worker of that pool', async () => {
    const cluster = newCluster({ address: temporal().address });
    await cluster.worker();
    const client = await cluster.client({
      'p.yaml': `version: 1
name: pools
stages:
  small: { run: echo small > small.txt, outputs: [small.txt] }
  large: { run: cat small.txt > large.txt, inputs: [small.txt], outputs: [large.txt], resources: { gpu: 1 } }
`,
    });
    await client.write('pipeline.config.yaml', `${await client.read('pipeline.config.yaml')}resources: { gpu: 1 }\n`);
    const run = startRun(client, 'p.yaml');
    await until(() => run.warnings().length > 0, 'the client says that nobody takes the stage');
    expect(stagesWith(run.events(), 'stage-finished')).toEqual(['small']);
    expect(run.warnings()).toEqual([nobodyTakes('gpu')]);
    const gpu = await cluster.worker({ args: ['--queue', 'gpu'] });
    const { exitCode, events } = await run.ended;
    expect(exitCode).toBe(0);
    expect(stagesWith(events, 'stage-finished')).toEqual(['small', 'large']);
    expect(run.warnings()).toEqual([nobodyTakes('gpu')]);
    expect(gpu.said()).toContain('queues gpu');
  }, 90_000);
});

function nobodyTakes(queue: string): string {
  return `no worker listens to the queue ${queue} that could run it: start one with \`pipeline worker --queue ${queue}\``;
}
