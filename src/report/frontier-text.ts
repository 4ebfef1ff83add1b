import { groupBy } from '../base/group-by.ts';
import { chartMarks, frontierChart } from './frontier-chart.ts';
import { BYTES, frontierTable, type Frontier } from './frontier.ts';
import type { KeptLatency } from '../records/latencies.ts';
import type { Style } from './style.ts';
import { renderTable } from './table.ts';

/** What models cost and are worth, as a table, and as a chart of each cost where that fits. */
export async function renderFrontier(
  frontier: Frontier,
  options: { readonly style: Style; readonly width: number; readonly latencies?: readonly KeptLatency[] },
): Promise<string> {
  const charts = frontier.costs.flatMap((cost) => {
    const chart = frontierChart(frontier, cost, options.width);
    return chart === undefined
      ? []
      : [`${options.style.faint(`validation accuracy against ${cost}; capitals are on the frontier`)}\n${chart}`];
  });
  const marks = charts.length === 0 ? undefined : chartMarks(frontier);
  const title = frontier.costs.length > 1 ? 'accuracy against bytes and time' : `accuracy against ${BYTES}`;
  const table = await renderTable(frontierTable(frontier, marks), options);
  const where = frontier.costs.length > 1 ? `\n${options.style.faint(measuredWhere(options.latencies ?? []))}` : '';
  return [`${options.style.name(title)}\n${table}${where}`, ...charts].join('\n\n');
}

/** By `pipeline latency`, on which machines, when last, and whether these were busy. */
function measuredWhere(latencies: readonly KeptLatency[]): string {
  const byPlace = groupBy(latencies, ({ backend, host }) => JSON.stringify([backend, host]));
  const lines = [...byPlace.values()].flatMap((same) => {
    const [last] = [...same].sort((a, b) => (a.measured < b.measured ? 1 : -1));
    if (last === undefined) return [];
    const { backend, host, measured } = last;
    const load = Math.max(...same.map((each) => each.load));
    const busy = load > host.cores / 2 ? `; it was busy (load ${load.toFixed(1)}), so that this is too much` : '';
    return [
      `times (${backend}): ${measured.slice(0, 16).replace('T', ' ')} UTC on ${host.name}, ${host.cores} × ${host.cpu}${busy}`,
    ];
  });
  return lines.join('\n');
}
