import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { freePort } from '../../base/loopback.ts';
import { temporaryFolder } from '../../base/temporary-folder.ts';
import { newProject } from '../../e2e/project.ts';
import { describeWithMinio } from '../../store/remote/minio.ts';
import { newCluster } from './cluster.ts';
import { describeWithTemporal } from './server.ts';

const small = 'version: 1\nname: small\nstages:\n  say: { run: echo said > said.txt, outputs: [said.txt] }\n';
const shared = (): string => `remote: { folder: ${join(temporaryFolder(), 'shared')} }\n`;
const nowhere = async (): Promise<string> => `temporal: { address: '127.0.0.1:${await freePort()}' }\n`;

describe('a cluster that is not there', () => {
  test.each([['run', 'p.yaml', '--engine', 'temporal'], ['worker']])(
    '%s %s: without a remote, with one that is only read, without a server',
    async (...args) => {
      const fails = async (settings: string, words: string, env = {}): Promise<void> => {
        const project = await newProject({ 'p.yaml': small, 'pipeline.config.yaml': settings }, env);
        const { exitCode, stderr } = await project.pipeline(...args);
        expect([exitCode, stderr]).toEqual([2, expect.stringContaining(words)]);
        expect(existsSync(project.path('artifacts/runs'))).toBe(false);
      };
      await fails(await nowhere(), 'the project has no remote');
      await fails(shared() + (await nowhere()), 'is only read', { PIPELINE_REMOTE: 'read' });
      await fails(shared() + (await nowhere()), "Temporal's server at 127.0.0.1:");
    },
    60_000,
  );

  test.each([
    [['--engine', 'temporal', '--audit'], 'makes no audits'],
    [['--engine', 'temporal', '--no-remote'], 'by way of the remote'],
    [['--no-pull'], 'runs on a cluster'],
    [['--engine', 'elsewhere'], 'Allowed choices are local, temporal'],
  ])('run p.yaml %j is refused', async (args, words) => {
    const project = await newProject({ 'p.yaml': small, 'pipeline.config.yaml': shared() });
    const { exitCode, stderr } = await project.pipeline('run', 'p.yaml', ...args);
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining(words)]);
    expect(existsSync(project.path('artifacts/runs'))).toBe(false);
  });

  test.each(['a b', 'gpu,memory', '', 'größe', 'gpu+', 'gpu+gpu'])('worker --queue %j is refused', async (queue) => {
    const project = await newProject({ 'pipeline.config.yaml': shared() + (await nowhere()) });
    const { exitCode, stderr } = await project.pipeline('worker', '--queue', queue);
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining('the name of a queue')]);
  });
});

describeWithMinio('a bucket that is not the worker’s', (minio) => {
  test('ends it before it takes a stage, without its credentials in the words', async () => {
    const { endpoint, bucket, env } = minio();
    const secret = 'a-secret-that-is-not-it';
    const project = await newProject(
      { 'pipeline.config.yaml': `remote: { s3: { bucket: ${bucket}, endpoint: '${endpoint}' } }\n${await nowhere()}` },
      { ...env, AWS_SECRET_ACCESS_KEY: secret, AWS_MAX_ATTEMPTS: '1' },
    );
    const { exitCode, stderr } = await project.pipeline('worker');
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining('error[remote-unusable]')]);
    expect(stderr).not.toContain(secret);
  }, 60_000);
});

describeWithTemporal('a namespace that the server does not have', (temporal) => {
  test.each([['run', 'p.yaml', '--engine', 'temporal'], ['worker']])(
    'is told to %s',
    async (...args) => {
      const { address } = temporal();
      const settings = `${shared()}temporal: { address: '${address}', namespace: not-there }\n`;
      const project = await newProject({ 'p.yaml': small, 'pipeline.config.yaml': settings });
      const { exitCode, stderr } = await project.pipeline(...args);
      expect([exitCode, stderr]).toEqual([
        2,
        expect.stringContaining(`Temporal's server at ${address} cannot be used`),
      ]);
      expect(stderr).toContain('not-there');
    },
    60_000,
  );
});

describeWithTemporal('what cannot be brought to workers', (temporal) => {
  test('is refused with its place, all of it, before anything runs', async () => {
    const cluster = newCluster({ address: temporal().address });
    const client = await cluster.client({
      'p.yaml': `version: 1
name: stays
stages:
  one: { run: echo "$HOME_MADE" > one.txt, outputs: [one.txt], env: [HOME_MADE] }
  two: { run: echo "$OTHER" > two.txt, outputs: [two.txt], env: [OTHER] }
`,
    });
    const run = await client.pipeline('run', 'p.yaml', '--engine', 'temporal');
    expect([run.exitCode, run.stderr]).toEqual([2, expect.stringContaining('p.yaml:4:')]);
    expect(run.stderr).toContain('one depends on the variable HOME_MADE as it is set here');
    expect(run.stderr).toContain('two depends on the variable OTHER as it is set here');
    expect(existsSync(client.path('artifacts/runs'))).toBe(false);

    const outside = join(temporaryFolder(), 'params.yaml');
    writeFileSync(outside, '{}\n');
    await client.write('p.yaml', small);
    const far = await client.pipeline('run', 'p.yaml', '--engine', 'temporal', '--params', outside);
    expect([far.exitCode, far.stderr]).toEqual([2, expect.stringContaining('lies outside of the project folder')]);
    expect(existsSync(client.path('artifacts/runs'))).toBe(false);
  }, 60_000);
});
