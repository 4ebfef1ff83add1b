import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { until } from '../../e2e/processes.ts';
import { madeIn } from '../../e2e/started-run.ts';
import { newCluster, startRun, undisturbed } from './cluster.ts';
import { gated } from './gated-pipeline.ts';
import { describeWithTemporal } from './server.ts';

describeWithTemporal('a worker whose store cannot be written to', (temporal) => {
  test('gives stages back, and the client says why; they go on elsewhere', async () => {
    const { files, open } = gated();
    const cluster = newCluster({ address: temporal().address });
    const unfit = await cluster.worker();
    const objects = join(unfit.folder, 'artifacts/objects');
    rmSync(objects, { recursive: true, force: true });
    writeFileSync(objects, 'in the way');
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
});
