import { expect, test } from '@jest/globals';
import { stagesWith } from '../../e2e/started-run.ts';
import { newCluster, startRun } from './cluster.ts';
import { describeWithTemporal } from './server.ts';

/** `PIPELINE_TEST_STAGES=10000` for what the issue asks; the ordinary suite has less time. */
const STAGES = Number(process.env['PIPELINE_TEST_STAGES'] ?? 80);

const settings = STAGES < 5000 ? { 'limit.historyCount.suggestContinueAsNew': 30 } : {};

describeWithTemporal(
  'a run of many stages',
  (temporal) => {
    test(
      'goes on as a new workflow before its history is too long, with stages under way, and the client follows all of it',
      async () => {
        const seeds = Array.from({ length: STAGES - 2 }, (_, seed) => seed);
        const cluster = newCluster({ ...temporal(), heartbeatTimeout: '30s' });
        const client = await cluster.client({
          'p.yaml': `version: 1
name: many
stages:
  prepare: { run: 'true' }
  train-student:
    matrix: { seed: [${seeds.join(', ')}] }
    needs: { data: prepare }
    run: [sh, -c, exit 0, '\${matrix.seed}']
  compare: { gather: [seed], needs: { student: train-student }, run: 'true' }
`,
        });
        await Promise.all([cluster.worker({ args: ['-j', '2'] }), cluster.worker({ args: ['-j', '2'] })]);
        const { exitCode, events } = await startRun(client, 'p.yaml').ended;
        expect([exitCode, events.at(-1)]).toEqual([0, expect.anything()]);
        // Each is told of once.
        const finished = stagesWith(events, 'stage-finished');
        expect([finished.length, new Set(finished).size]).toEqual([STAGES, STAGES]);
        expect(finished.at(-1)).toBe('compare');
        const listed = JSON.parse(await temporal().ask('workflow', 'list', '-o', 'json')) as Listed[];
        expect(listed.length).toBeGreaterThan(1);
        for (const { historyLength } of listed) expect(Number(historyLength)).toBeLessThan(51_200);
      },
      120_000 + STAGES * 500,
    );
  },
  settings,
);

interface Listed {
  readonly historyLength: string;
}
