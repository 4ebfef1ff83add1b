import type { Hono } from 'hono';
import type { Runs } from '../../api/runs.ts';
import type { RunPages } from '../../api/report/run-pages.ts';
import { wholeNumber } from '../query.ts';
import type { RunsAnswer } from '../protocol.ts';
import { refusalOf } from '../refusal.ts';
import type { SeenRuns } from '../seen-runs.ts';

const mostRuns = 5000;

interface RunsParts {
  readonly runs: Runs;
  readonly pages: RunPages;
  readonly seen: () => Promise<SeenRuns>;
}

/** Runs as they were recorded. */
export function addRuns(app: Hono, { runs, pages, seen }: RunsParts): void {
  app.get('/api/runs', async (context) => {
    const { status, pipeline } = context.req.query();
    const { list } = await seen();
    const all = list.filter((run) => {
      return (status === undefined || run.status === status) && (pipeline === undefined || run.pipeline === pipeline);
    });
    const offset = wholeNumber(context.req.query('offset'), 0);
    const limit = wholeNumber(context.req.query('limit'), 100, mostRuns);
    return context.json<RunsAnswer>({ total: all.length, runs: all.slice(offset, offset + limit) });
  });

  app.get('/api/runs/:run', async (context) => {
    const found = await runs.find(context.req.param('run'));
    return found.ok ? context.json(found.value) : context.json(refusalOf([found.error]), 404);
  });

  app.get('/api/runs/:run/page', async (context) => {
    const page = await pages.page(context.req.param('run'));
    return page.ok ? context.json(page.value) : context.json(refusalOf([page.error]), 404);
  });
}
