import type { Hono } from 'hono';
import type { Runs } from '../../api/runs.ts';
import { processState, signalProcess } from '../../base/process-identity.ts';
import type { RunId } from '../../core/ids.ts';
import type { StopAnswer } from '../protocol.ts';
import { refusalOf } from '../refusal.ts';

/** To end a run in order, as Ctrl-C does. */
export function addStop(app: Hono, { runs }: { readonly runs: Runs }): void {
  const told = new Map<RunId, number>();
  app.post('/api/runs/:run/stop', async (context) => {
    const name = context.req.param('run');
    const found = await runs.find(name);
    if (!found.ok) return context.json(refusalOf([found.error]), 404);
    const { id, status, process: runner } = found.value;
    // `latest`, or the beginning of an id, may be another run by now.
    if (id !== name) return context.json({ message: 'to stop a run its whole id is needed', hint: id }, 404);
    if (status !== 'running') return context.json<StopAnswer>({ status });
    const state = processState(runner);
    if (state === 'elsewhere') {
      const hint = `end process ${runner.pid} there`;
      return context.json({ message: `run ${id} runs on ${runner.host}, where this server cannot end it`, hint }, 409);
    }
    // A second signal ends it at once, which who clicks twice does not mean.
    if (performance.now() - (told.get(id) ?? -Infinity) < PAUSE_MS) return context.json<StopAnswer>({ status });
    if (state === 'alive' && !signalProcess(runner, 'SIGINT')) {
      return context.json({ message: `process ${runner.pid} of run ${id} cannot be ended from here` }, 409);
    }
    told.set(id, performance.now());
    return context.json<StopAnswer>({ status });
  });
}

const PAUSE_MS = 10_000;
