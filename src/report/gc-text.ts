import type { GcReport, KeptShare, Victim } from '../core/gc.ts';
import { counted, formatBytes, formatCount, formatSeconds } from './format.ts';
import type { Style } from './style.ts';
import { renderTable } from './table.ts';

interface Layout {
  readonly style: Style;
  readonly width: number;
}

/** What went, or would go, and for whom; then what stays, and why; with a line break at the end. */
export async function renderGc(report: GcReport, options: Layout): Promise<string> {
  const blocks = [
    ...(await victimBlocks(report, options)),
    ...(report.kept.length > 0 ? [await keptTable(report, options)] : []),
    closingLines(report).join('\n'),
  ];
  return `${blocks.join('\n\n')}\n`;
}

/** Longer lists are for `--json`; those that would be missed most come last, and are told. */
const LISTED = 40;

async function victimBlocks(report: GcReport, options: Layout): Promise<readonly string[]> {
  const { victims, dryRun } = report;
  if (victims.length === 0) return [];
  const missed = victims.filter(({ why }) => why === 'over-limit');
  const listed = missed.slice(-LISTED);
  const rows = listed.map((victim) => [
    victim.what === 'checkpoint' ? `checkpoint at epoch ${victim.epoch ?? ''}` : victim.what,
    victim.madeBy?.pipeline ?? '',
    options.style.name(victim.madeBy?.stage ?? ''),
    victim.madeBy?.run ?? '',
    (victim.createdAt ?? '').slice(0, 16).replace('T', ' '),
    formatBytes(victim.bytes),
    victim.seconds === undefined ? '' : formatSeconds(victim.seconds),
  ]);
  const head = [dryRun ? 'would go' : 'went', 'pipeline', 'stage', 'run', 'made (UTC)', 'size', 'to make again'];
  const table = rows.length === 0 ? [] : [await renderTable({ head, rows, right: [5] }, options)];
  const more = missed.length - listed.length;
  return [...table, [...(more > 0 ? [`and ${formatCount(more)} more`] : []), ...sums(victims, dryRun)].join('\n')];
}

const WORDS: Readonly<Record<Victim['why'], string>> = {
  'over-limit': 'for which there is no room',
  unnamed: 'that nothing names',
  damaged: 'damaged or incomplete',
  abandoned: 'of dead processes',
  expired: 'kept long enough',
};

function sums(victims: readonly Victim[], dryRun: boolean): readonly string[] {
  const groups = new Map<string, Victim[]>();
  for (const victim of victims) {
    const name = `${victim.what} ${victim.why}`;
    groups.set(name, [...(groups.get(name) ?? []), victim]);
  }
  return [...groups.values()].map((group) => {
    const [{ what, why } = { what: 'object', why: 'unnamed' } as const] = group;
    const seconds = group.reduce((sum, each) => sum + (each.seconds ?? 0), 0);
    const again = seconds > 0 ? `, ${formatSeconds(seconds)} to make again` : '';
    const size = formatBytes(group.reduce((sum, { bytes }) => sum + bytes, 0));
    return `${dryRun ? 'would go' : 'went'}: ${countedThing(group.length, what)} ${WORDS[why]}, ${size}${again}`;
  });
}

function countedThing(count: number, what: Victim['what']): string {
  if (what === 'replaced') return `${counted(count, 'folder')} of replaced files`;
  return what === 'half-made' ? counted(count, 'half-made thing') : counted(count, what);
}

async function keptTable({ kept, runs }: GcReport, options: Layout): Promise<string> {
  const rows = kept.map(({ why, results, checkpoints, bytes }) => [
    why,
    String(results),
    String(checkpoints),
    formatBytes(bytes),
    becauseOf(why, runs),
  ]);
  return renderTable({ head: ['stays', 'results', 'checkpoints', 'size', 'why'], rows, right: [1, 2, 3] }, options);
}

function becauseOf(why: KeptShare['why'], runs: GcReport['runs']): string {
  switch (why) {
    case 'pinned':
      return `pinned: ${some(runs.pinned)}`;
    case 'current':
      return `the latest of a pipeline whose file is there: ${some(runs.current)}`;
    case 'live':
      return `a run under way has it: ${some(runs.live)}`;
    case 'young':
      return 'younger than the grace age';
    case 'fits':
      return 'nobody needs it now, and there is room';
  }
}

function some(runs: readonly string[]): string {
  const more = runs.length - 3;
  return [...runs.slice(0, 3), ...(more > 0 ? [`${more} more`] : [])].join(', ');
}

function closingLines({ bytesBefore, bytesAfter, limit, dryRun, victims }: GcReport): readonly string[] {
  const [before, after, most] = [bytesBefore, bytesAfter, limit].map(formatBytes);
  const change =
    victims.length === 0
      ? `nothing to take away: the store holds ${before} of at most ${most}`
      : `the store ${dryRun ? 'holds' : 'held'} ${before}, and ${dryRun ? 'would hold' : 'holds'} ${after} of at most ${most}`;
  const over =
    'that is still too much: what stays is needed or young; unpin runs, remove pipelines, or raise the limit';
  return bytesAfter > limit ? [change, over] : [change];
}
