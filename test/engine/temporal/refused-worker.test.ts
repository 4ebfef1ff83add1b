import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from '@jest/globals';
import { temporaryFolder } from '../../base/temporary-folder.ts';
import { until } from '../../e2e/processes.ts';
import { command } from '../../e2e/project.ts';
import { madeIn, newCluster, stagesWith, startRun, undisturbed } from './cluster.ts';
import { describeWithTemporal } from './server.ts';

const WASM = '@tensorflow/tfjs-backend-wasm';

/** This program, as if its packages were those of another installation. */
function otherProgram({ version, tfjs }: { readonly version?: string; readonly tfjs?: string }): string {
  const folder = temporaryFolder();
  const [dist, modules] = [join(folder, 'dist'), join(folder, 'node_modules')];
  cpSync(dirname(command), dist, { recursive: true });
  const here = join(dirname(command), '../node_modules');
  mkdirSync(join(modules, '@tensorflow'), { recursive: true });
  for (const name of [
    ...readdirSync(here),
    ...readdirSync(join(here, '@tensorflow')).map((each) => `@tensorflow/${each}`),
  ])
    if (name !== '@tensorflow' && name !== WASM) symlinkSync(join(here, name), join(modules, name));
  cpSync(join(here, WASM), join(modules, WASM), { recursive: true });
  if (tfjs !== undefined) {
    const file = join(modules, WASM, 'package.json');
    const own = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
    writeFileSync(file, JSON.stringify({ ...own, version: tfjs }));
  }
  if (version !== undefined) {
    const file = join(dist, 'command-line.cjs');
    const text = readFileSync(file, 'utf8');
    const own = `"${ownVersion()}"`;
    expect(text).toContain(own);
    writeFileSync(file, text.replaceAll(own, JSON.stringify(version)));
  }
  return join(dist, 'cli.cjs');
}

function ownVersion(): string {
  return (JSON.parse(readFileSync(join(dirname(command), '../package.json'), 'utf8')) as { version: string }).version;
}

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
    const none = 'no worker listens to the queue gpu that could run it: start one with `pipeline worker --queue gpu`';
    expect(run.warnings()).toEqual([none]);
    const gpu = await cluster.worker({ args: ['--queue', 'gpu'] });
    const { exitCode, events } = await run.ended;
    expect(exitCode).toBe(0);
    expect(stagesWith(events, 'stage-finished')).toEqual(['small', 'large']);
    expect(run.warnings()).toEqual([none]);
    expect(gpu.said()).toContain('queues gpu');
  }, 90_000);
});
