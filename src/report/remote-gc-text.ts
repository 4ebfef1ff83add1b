import type { RemoteGcReport } from '../core/remote-gc.ts';
import { listed } from '../diagnostics/nearest.ts';
import { counted, formatBytes, formatSeconds } from './format.ts';

/** What went from a remote, or would; with a line break at the end. */
export function renderRemoteGc(report: RemoteGcReport): string {
  const { remote, dryRun, results, objects, checkpoints, notes, unfinished, bytesBefore, bytesAfter } = report;
  const damaged = results.filter(({ why }) => why === 'damaged').length;
  const dropped = results.filter(({ why }) => why === 'over-limit');
  const seconds = dropped.reduce((sum, result) => sum + (result.seconds ?? 0), 0);
  const lines = [
    `${remote}: ${formatBytes(bytesBefore)}, ${dryRun ? 'would be' : 'now'} ${formatBytes(bytesAfter)}`,
    `${dryRun ? 'would go' : 'gone'}: ${counted(objects, 'object')}, ${counted(results.length, 'result')}`,
  ];
  if (damaged > 0) lines.push(`${counted(damaged, 'record')} damaged`);
  if (dropped.length > 0) {
    const stages = [...new Set(dropped.flatMap(({ madeBy }) => (madeBy === undefined ? [] : [madeBy.stage])))];
    lines.push(`over the limit: ${listed(stages)}, ${formatSeconds(seconds)} to make again`);
  }
  if (checkpoints > 0) lines.push(`${counted(checkpoints, 'checkpoint')} ${dryRun ? 'would go' : 'gone'}`);
  if (notes > 0) lines.push(`${counted(notes, 'note')} of runs ${dryRun ? 'would go' : 'gone'}`);
  if (unfinished > 0) lines.push(`${counted(unfinished, 'unfinished transfer')} gone`);
  return `${lines.join('\n')}\n`;
}
