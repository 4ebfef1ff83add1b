import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { until } from '../../e2e/processes.ts';
import { madeIn, stagesWith } from '../../e2e/started-run.ts';
import { type Cluster, type ClusterWorker, newCluster, startRun, undisturbed } from './cluster.ts';
import { gated } from './gated-pipeline.ts';
import { describeWithTemporal } from './server.ts';

describeWithTemporal('a worker whose store cannot be written to', (temporal) => {
  test('gives stages back, and the client says why; they go on elsewhere', async () => {
    const { files, open } = gated();
    const cluster = newCluster({ address: temporal().address });
    const unfit = await unfitWorker(cluster);
    open();
    const run = startRun(await cluster.client(files), 'p.yaml');
    await until(() => run.warnings().some((each) => each.includes(`:${unfit.pid}: `)), 'the client says why');
    expect(run.warnings().join('\n')).toContain('a file is where a folder should be');
    await cluster.worker();
    await unfit.kill();
    const { exitCode, events, stderr } = await run.ended;
    expect([exitCode, stderr]).toEqual([0, '']);
    expect(madeIn(events)).toEqual(await undisturbed(files, 'p.yaml'));
  }, 120_000);

  test('says so itself, and rests, each time longer: it does not take the stages from those that work', async () => {
    const names = Array.from({ length: 12 }, (_, index) => `stage-${index}`);
    const files = {
      'p.yaml': `version: 1\nname: many\nstages:\n${names.map((name) => `  ${name}: { run: sleep 0.5; echo ${name} > ${name}.txt, outputs: [${name}.txt] }\n`).join('')}`,
    };
    const cluster = newCluster({ address: temporal().address });
    const unfit = await unfitWorker(cluster, '-j', '4');
    await cluster.worker({ args: ['-j', '1'] });
    const began = Date.now();
    const { exitCode, events } = await startRun(await cluster.client(files), 'p.yaml').ended;
    expect([exitCode, [...stagesWith(events, 'stage-finished')].sort()]).toEqual([0, [...names].sort()]);
    const given = unfit.said().match(/^stage-\d+ goes on elsewhere: .*a file is where a folder should be.*$/gm) ?? [];
    const rests = given.filter((line) => /; no stage is taken for \d+ s$/.test(line));
    // It had asked for four when the first one failed; after 5 s, after 10 more, after 20 more it asks again.
    expect(rests.length).toBeGreaterThan(0);
    expect(rests.length).toBeLessThanOrEqual(1 + Math.log2(1 + (Date.now() - began) / 5000));
    expect(given.length).toBeLessThanOrEqual(4 * rests.length);
  }, 120_000);
});

/** Something lies where its objects would. */
async function unfitWorker(cluster: Cluster, ...args: string[]): Promise<ClusterWorker> {
  const worker = await cluster.worker({ args });
  const objects = join(worker.folder, 'artifacts/objects');
  rmSync(objects, { recursive: true, force: true });
  writeFileSync(objects, 'in the way');
  return worker;
}
