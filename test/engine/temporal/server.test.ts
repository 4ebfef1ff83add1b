import { expect, test } from '@jest/globals';
import { partition } from './partition.ts';
import { describeWithTemporal } from './server.ts';

describeWithTemporal('the development server of Temporal', (temporal) => {
  test('is healthy, and does not answer while it is stopped', async () => {
    expect(await temporal().ask(...HEALTH)).toContain('SERVING');
    await temporal().stop();
    await expect(temporal().ask(...HEALTH)).rejects.toThrow('connection refused');
    await temporal().start();
    expect(await temporal().ask(...HEALTH)).toContain('SERVING');
  });

  test('has a namespace that was made, after it was killed and started again at the same address', async () => {
    const server = temporal();
    const namespace = (what: string, name: string): Promise<string> =>
      server.ask('operator', 'namespace', what, '--namespace', name);
    await namespace('create', 'made-before');
    await server.kill();
    await expect(server.ask(...HEALTH)).rejects.toThrow('connection refused');
    await server.start();
    expect(await namespace('describe', 'made-before')).toContain('Registered');
    await expect(namespace('describe', 'never-made')).rejects.toThrow('not found');
  });

  test('is not reached through a partition, and is when that has healed', async () => {
    const network = await partition(temporal().port);
    const ask = (): Promise<string> =>
      temporal().ask(...HEALTH, '--command-timeout', '2s', '--address', network.address);
    expect(await ask()).toContain('SERVING');
    for (const how of ['silent', 'reset'] as const) {
      network.cut(how);
      await expect(ask()).rejects.toThrow();
      network.heal();
      expect(await ask()).toContain('SERVING');
    }
  });
});

const HEALTH = ['operator', 'cluster', 'health'];
