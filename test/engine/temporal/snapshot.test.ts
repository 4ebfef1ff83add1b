import { mkdir } from 'node:fs/promises';
import { expect, test } from '@jest/globals';
import { newCluster } from './cluster.ts';
import { describeWithTemporal } from './server.ts';

const pipeline = `version: 1
name: small
stages:
  say: { run: 'true' }
`;

describeWithTemporal('what is brought to workers', (temporal) => {
  test('is of the project: neither what a worktree’s .git says, nor settings of the folder above', async () => {
    const cluster = newCluster(temporal());
    const project = await cluster.client({
      '.git': 'gitdir: /nowhere/.git/worktrees/this\n',
      'package.json': '{ "name": "above" }\n',
      'p.yaml': pipeline,
    });
    await cluster.worker();
    const run = async (file: string): Promise<readonly (string | number | undefined)[]> => {
      const { exitCode, stderr } = await project.pipeline('run', file, '--engine', 'temporal');
      return [exitCode, stderr];
    };
    expect(await run('p.yaml')).toEqual([0, expect.anything()]);
    await mkdir(project.path('within'));
    await project.write('within/pipeline.config.yaml', await project.read('pipeline.config.yaml'));
    await project.write('within/p.yaml', pipeline);
    expect(await run('within/p.yaml')).toEqual([0, expect.anything()]);
  }, 120_000);
});
