import { formatBytes, formatCount } from './format.ts';
import type { Style } from './style.ts';
import { renderTable } from './table.ts';

/** As `measureLatencies` of the library gives it. */
interface Latencies {
  readonly run: string;
  readonly backend: string;
  readonly host: { readonly cpu: string; readonly cores: number };
  readonly load: number;
  readonly models: readonly {
    readonly stages: readonly string[];
    readonly parameters: number;
    readonly bytes: number;
    readonly latencies: readonly {
      readonly batch: number;
      readonly milliseconds: number;
      readonly shortest: number;
      readonly longest: number;
    }[];
  }[];
  readonly unkept?: string;
}

/** How long models take for an image, by how many they look at together; with a line break at the end. */
export async function renderLatencies(
  { run, backend, host, load, models, unkept }: Latencies,
  options: { readonly style: Style; readonly width: number },
): Promise<string> {
  const batches = models[0]?.latencies.map(({ batch }) => batch) ?? [];
  const table = await renderTable(
    {
      head: ['model', 'parameters', 'weights', ...batches.map(batchText)],
      rows: models.map(({ stages, parameters, bytes, latencies }) => [
        options.style.name(namesText(stages)),
        ...[formatCount(parameters), formatBytes(bytes)],
        ...latencies.map(({ batch, milliseconds, shortest, longest }) =>
          [millisecondsText(milliseconds / batch), spreadText(shortest / batch, longest / batch)].join(' '),
        ),
      ]),
      right: [1, 2],
    },
    options,
  );
  const busy =
    load > host.cores / 2 ? `; the machine was busy (load ${load.toFixed(1)}), so that this is too much` : '';
  const where = `run ${run} on ${backend}, ${host.cores} × ${host.cpu}: milliseconds an image, median (shortest to longest) of rounds of 25 ms, measured now${busy}`;
  const lost = unkept === undefined ? '' : `not kept beside the run's record: ${unkept}\n`;
  return `${table}\n${options.style.faint(where)}\n${lost}`;
}

function batchText(batch: number): string {
  return batch === 1 ? 'one image alone' : `${formatCount(batch)} together`;
}

function namesText([first = '', ...others]: readonly string[]): string {
  return others.length === 0 ? first : `${first} and ${others.length} alike`;
}

function spreadText(shortest: number, longest: number): string {
  return `(${millisecondsText(shortest)} to ${millisecondsText(longest)})`;
}

/** Three digits. */
export function millisecondsText(milliseconds: number): string {
  const digits = Math.max(0, 2 - Math.floor(Math.log10(milliseconds)));
  return milliseconds.toFixed(Math.min(20, digits));
}
