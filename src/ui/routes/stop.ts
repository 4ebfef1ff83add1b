import type { Hono } from 'hono';
import type { Runs } from '../../api/runs.ts';
import { isErrno } from '../../base/errno.ts';
import { processState } from '../../base/process-identity.ts';
import type { StopAnswer } from '../protocol.ts';
import { refusalOf } from '../refusal.ts';

/** To end a run in order, as Ctrl-C does. */
export function addStop(app: Hono, { runs }: { readonly runs: Runs }): void {
  app.post('/api/runs/:run/stop', async (context) => {
    const found = await runs.find(context.req.param('run'));
    if (!found.ok) return context.json(refusalOf([found.error]), 404);
    const { id, status, process: runner } = found.value;
    if (status !== 'running') return context.json<StopAnswer>({ status });
    // Process ids are given anew: only the process that the record means is sent a signal.
    const state = processState(runner);
    if (state === 'elsewhere') {
      const hint = `end process ${runner.pid} there`;
      return context.json({ message: `run ${id} runs on ${runner.host}, where this server cannot end it`, hint }, 409);
    }
    if (state === 'alive') sendInterrupt(runner.pid);
    return context.json<StopAnswer>({ status });
  });
}

function sendInterrupt(pid: number): void {
  try {
    process.kill(pid, 'SIGINT');
  } catch (error) {
    if (!isErrno(error, 'ESRCH')) throw error;
  }
}
