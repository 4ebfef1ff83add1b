import type { RunSummary } from '../records/run-record.ts';
import { formatSeconds } from './format.ts';
import type { Style } from './style.ts';
import { renderTable } from './table.ts';

/** Runs as a table, newest first, with a line break at the end. */
export async function renderRuns(
  runs: readonly (RunSummary & { readonly pin?: { readonly name?: string } })[],
  options: { style: Style; width: number },
): Promise<string> {
  if (runs.length === 0) return 'no runs yet\n';
  const isPinned = runs.some(({ pin }) => pin !== undefined);
  const rows = runs.map((run) => [
    options.style.name(run.id),
    run.pipeline,
    statusText(run.status, options.style),
    run.seconds === undefined ? '' : formatSeconds(run.seconds),
    `${run.counts.ran} ran, ${run.counts.reused} reused${run.counts.failed > 0 ? `, ${run.counts.failed} failed` : ''}`,
    ...(isPinned ? [pinText(run.pin)] : []),
  ]);
  const head = ['run', 'pipeline', 'status', 'time', 'stages', ...(isPinned ? ['pinned'] : [])];
  return `${await renderTable({ head, rows }, options)}\n`;
}

function pinText(pin: { readonly name?: string } | undefined): string {
  return pin === undefined ? '' : (pin.name ?? 'pinned');
}

function statusText(status: RunSummary['status'], style: Style): string {
  switch (status) {
    case 'succeeded':
      return style.good('succeeded');
    case 'failed':
    case 'damaged':
      return style.bad(status);
    case 'gate-missed':
      return style.bad('gate missed');
    case 'cancelled':
    case 'interrupted':
    case 'running':
      return style.warning(status);
  }
}
