import { expect, test } from '@jest/globals';
import { newCluster, startRun } from './cluster.ts';
import { describeWithTemporal } from './server.ts';

/** Both wait until the other has begun. */
const meet = (own: string, other: string): string =>
  `touch "$MEETING/${own}"; for i in $(seq 600); do test -e "$MEETING/${other}" && exit 0; sleep 0.1; done; exit 1`;

describeWithTemporal('stages of one run on one worker', (temporal) => {
  test('read an output at the same time', async () => {
    const cluster = newCluster(temporal());
    const client = await cluster.client({
      'p.yaml': `version: 1
name: together
stages:
  make: { run: echo data > data.txt, outputs: [data.txt] }
  one: { run: '${meet('one', 'two')}', inputs: [data.txt], passEnv: [MEETING] }
  two: { run: '${meet('two', 'one')}', inputs: [data.txt], passEnv: [MEETING] }
`,
    });
    await cluster.worker({ args: ['-j', '2'], env: { MEETING: client.folder } });
    const { exitCode, events } = await startRun(client, 'p.yaml').ended;
    expect([exitCode, events.at(-1)]).toEqual([0, expect.anything()]);
  }, 180_000);
});
