import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { until } from '../../e2e/processes.ts';
import { type Fault, faultyProxy } from '../../store/remote/faulty-proxy.ts';
import { describeWithMinio } from '../../store/remote/minio.ts';
import { madeIn, stagesWith } from '../../e2e/started-run.ts';
import { newCluster, startRun, undisturbed } from './cluster.ts';
import { gated } from './gated-pipeline.ts';
import { describeWithTemporal } from './server.ts';

describeWithMinio('a cluster whose remote is in S3', (minio) => {
  describeWithTemporal('and fails', (temporal) => {
    test('now and then: 500, 503, slow, cut mid-object; the run ends as if nothing had been', async () => {
      const { files, ran, open } = gated();
      const proxy = await faultyProxy(minio().port);
      const cluster = newCluster({ address: temporal().address, ...through(proxy.endpoint, 'flaky') });
      let count = 0;
      const faults: readonly Fault[] = [{ status: 500 }, { status: 503 }, { cutAfter: 1 }, 'reset'];
      proxy.when(async () => {
        count++;
        if (count % 5 === 0) await sleep(200);
        return count % 6 === 0 ? (faults[(count / 6) % faults.length] ?? 'none') : 'none';
      });
      await cluster.worker();
      open();
      const { exitCode, events, stderr } = await startRun(await cluster.client(files), 'p.yaml').ended;
      expect([exitCode, stderr]).toEqual([0, '']);
      expect(count).toBeGreaterThan(24);
      expect(ran()).toEqual(['first', 'second', 'third']);
      expect(madeIn(events)).toEqual(await undisturbed(files, 'p.yaml'));
    }, 120_000);

    test('for longer than one attempt tries: the stage is tried again until it answers, and is not computed twice', async () => {
      const { files, ran, open } = gated();
      const proxy = await faultyProxy(minio().port);
      const env = { AWS_MAX_ATTEMPTS: '2' };
      const cluster = newCluster({ address: temporal().address, ...through(proxy.endpoint, 'outage', env) });
      await cluster.worker();
      const run = startRun(await cluster.client(files), 'p.yaml');
      await until(() => stagesWith(run.events(), 'stage-started').includes('second'), 'the second stage runs');
      proxy.when(() => ({ status: 503 }));
      open();
      await until(() => run.warnings().length > 0, 'the client says what the worker has found');
      expect(run.warnings()[0]).toContain('s3://artifacts/outage');
      expect(stagesWith(run.events(), 'stage-finished')).toEqual(['first']);
      proxy.when(() => 'none');
      const { exitCode, events, stderr } = await run.ended;
      expect([exitCode, stderr]).toEqual([0, '']);
      expect(ran()).toEqual(['first', 'second', 'third']);
      expect(madeIn(events)).toEqual(await undisturbed(files, 'p.yaml'));
    }, 120_000);
  });

  function through(
    endpoint: string,
    prefix: string,
    env: Readonly<Record<string, string>> = {},
  ): { remote: string; env: Readonly<Record<string, string>> } {
    const { bucket, env: credentials } = minio();
    return {
      remote: `{ s3: { bucket: ${bucket}, prefix: ${prefix}, endpoint: "${endpoint}" } }`,
      env: { ...credentials, ...env },
    };
  }
});
