import { beforeAll, jest } from '@jest/globals';
import { engineContract } from '../contract/contract.ts';
import { type Engine, SETTINGS } from '../contract/engine.ts';
import { newCluster } from './cluster.ts';
import { describeWithTemporal } from './server.ts';

jest.setTimeout(120_000);

describeWithTemporal('the engine temporal', (temporal) => {
  let engine: Engine;

  beforeAll(async () => {
    // Nobody is lost here, however slow the machine is.
    const cluster = newCluster({ address: temporal().address, heartbeatTimeout: '120s', settings: SETTINGS });
    await cluster.worker({ args: ['--queue', 'default', '--queue', 'gpu', '-j', '4'], stays: true });
    engine = { args: ['--engine', 'temporal'], project: (files) => cluster.client(files) };
  }, 60_000);

  engineContract(() => engine);
});
