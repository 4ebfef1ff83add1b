import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { temporaryFolder } from '../../base/temporary-folder.ts';
import { until } from '../../e2e/processes.ts';
import { stagesWith } from '../../e2e/started-run.ts';
import { newCluster, startRun } from './cluster.ts';
import { gated } from './gated-pipeline.ts';
import { describeWithTemporal } from './server.ts';

const ending = expect.objectContaining({ type: 'run-finished', status: 'cancelled' });

describeWithTemporal('a run that is cancelled', (temporal) => {
  test('while no worker is there ends, and the same command begins anew', async () => {
    const { files, open, ran } = gated();
    open();
    const cluster = newCluster({ address: temporal().address });
    const client = await cluster.client(files);
    const run = startRun(client, 'p.yaml');
    await until(() => run.warnings().length > 0, 'the client says that nobody takes the stage');
    run.signal('SIGINT');
    const { exitCode, events } = await run.ended;
    expect([exitCode, events.at(-1)]).toEqual([130, ending]);
    expect(run.warnings()).toHaveLength(1);
    await cluster.worker();
    const again = await startRun(client, 'p.yaml').ended;
    expect([again.exitCode, ran()]).toEqual([0, ['first', 'second', 'third']]);
  }, 90_000);

  test('and has not come to its end is not joined by the same command', async () => {
    const { files, open, ran } = gated();
    const cluster = newCluster({ address: temporal().address });
    const client = await cluster.client(files);
    const run = startRun(client, 'p.yaml');
    await until(() => run.warnings().length > 0, 'the client says that nobody takes the stage');
    run.signal('SIGINT');
    // The server has heard of it, and the client waits for the end.
    await sleep(2000);
    run.signal('SIGINT');
    expect((await run.ended).exitCode).toBe(130);
    open();
    await cluster.worker();
    const again = startRun(client, 'p.yaml');
    expect((await again.ended).exitCode).toBe(0);
    expect(again.warnings()).toEqual([]);
    expect(ran()).toEqual(['first', 'second', 'third']);
  }, 90_000);

  test('while its results of before are sent is told as any other', async () => {
    const shared = join(temporaryFolder(), 'shared');
    const cluster = newCluster({ address: temporal().address, remote: `{ folder: ${shared} }` });
    const client = await cluster.client({
      'p.yaml': `version: 1
name: large
stages:
  large: { run: head -c 1500000000 /dev/urandom > large.bin, outputs: [large.bin] }
`,
    });
    expect((await client.pipeline('run', 'p.yaml', '--no-remote', '--backend', 'wasm')).exitCode).toBe(0);
    const run = startRun(client, 'p.yaml');
    await until(() => entries(shared).some((name) => name.startsWith('tmp')), 'something is sent');
    run.signal('SIGINT');
    const { exitCode, events, stderr } = await run.ended;
    expect([exitCode, events.at(-1), stagesWith(events, 'stage-skipped')]).toEqual([130, ending, ['large']]);
    expect(stderr).not.toContain('mistake');
    const { stdout } = await client.pipeline('runs', '--json');
    expect(JSON.parse(stdout)).toMatchObject([{ status: 'cancelled' }, { status: 'succeeded' }]);
  }, 120_000);
});

function entries(folder: string): readonly string[] {
  try {
    return readdirSync(folder, { recursive: true, encoding: 'utf8' });
  } catch {
    return [];
  }
}
