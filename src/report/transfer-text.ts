import type { TransferReport, TransferredResult } from '../core/transfer.ts';
import { listed } from '../diagnostics/nearest.ts';
import { counted, formatBytes } from './format.ts';
import type { Style } from './style.ts';

/** What was sent to a remote, or brought from it; with a line break at the end. */
export function renderTransfer(report: TransferReport, { way, style }: { way: 'push' | 'pull'; style: Style }): string {
  const { remote, results, bytes } = report;
  const of = (outcome: TransferredResult['outcome']): readonly string[] =>
    results.filter((result) => result.outcome === outcome).map(({ stage }) => stage);
  const [moved, there, other, absent] = [of('moved'), of('there'), of('other'), of('absent')];
  const place = way === 'push' ? `to ${remote}` : `from ${remote}`;
  const lines = [
    `${counted(moved.length, 'result')} brought ${place} (${formatBytes(bytes)}), ${there.length} ${way === 'push' ? 'there' : 'here'} before`,
  ];
  if (other.length > 0)
    lines.push(
      style.warning(
        `the remote has other results under the keys of ${listed(other)}: those stay, and so do these here`,
      ),
    );
  if (absent.length > 0) lines.push(`not ${way === 'push' ? 'in the store here' : 'in the remote'}: ${listed(absent)}`);
  return `${lines.join('\n')}\n`;
}
