import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { temporaryFolder } from '../../base/temporary-folder.ts';
import { until } from '../../e2e/processes.ts';
import { madeIn, stagesWith } from '../../e2e/started-run.ts';
import { newCluster, startRun, undisturbed } from './cluster.ts';
import { gated } from './gated-pipeline.ts';
import { describeWithTemporal } from './server.ts';

describeWithTemporal('a server that is killed and started again', (temporal) => {
  test('while a stage runs: client and workers go on, and nothing runs twice', async () => {
    const { files, ran, open } = gated();
    // Longer than the server is away: the worker is not to be given up.
    const cluster = newCluster({ address: temporal().address, heartbeatTimeout: '60s' });
    await cluster.worker();
    const run = startRun(await cluster.client(files), 'p.yaml');
    await until(() => stagesWith(run.events(), 'stage-started').includes('second'), 'the second stage runs');
    await temporal().kill();
    await until(() => run.warnings().some((each) => each.includes('does not answer')), 'the client notices');
    await temporal().start();
    open();
    const { exitCode, events, stderr } = await run.ended;
    expect([exitCode, stderr]).toEqual([0, '']);
    expect(ran()).toEqual(['first', 'second', 'third']);
    expect(madeIn(events)).toEqual(await undisturbed(files, 'p.yaml'));
  }, 120_000);

  test('while the workflow waits for the next attempt: it comes, as if nothing had been', async () => {
    const log = join(temporaryFolder(), 'log');
    const cluster = newCluster({ address: temporal().address });
    await cluster.worker();
    const client = await cluster.client({
      'p.yaml': `version: 1
name: again
stages:
  again:
    run: echo tried >> ${log}; test $(wc -l < ${log}) -ge 2 && echo done > done.txt
    outputs: [done.txt]
    retry: { attempts: 3, delay: 5s }
`,
    });
    const run = startRun(client, 'p.yaml');
    await until(() => existsSync(log), 'the first attempt has run');
    await until(() => stagesWith(run.events(), 'stage-retrying').length > 0, 'its failure is told');
    await temporal().kill();
    await sleep(1000);
    await temporal().start();
    const { exitCode, events, stderr } = await run.ended;
    expect([exitCode, stderr]).toEqual([0, '']);
    expect(readFileSync(log, 'utf8')).toBe('tried\ntried\n');
    expect(stagesWith(events, 'stage-retrying')).toEqual(['again']);
    expect(stagesWith(events, 'stage-finished')).toEqual(['again']);
  }, 120_000);
});
