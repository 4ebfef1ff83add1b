import type { RemoteVerifyReport } from '../core/remote-verify.ts';
import { listed } from '../diagnostics/nearest.ts';
import { counted, formatBytes } from './format.ts';
import type { Style } from './style.ts';

/** What is damaged in a remote; with a line break at the end. */
export function renderRemoteVerify(report: RemoteVerifyReport, style: Style): string {
  const { remote, damages, records, objects, bytes } = report;
  const lines = damages.map(({ what, name, state, owners, repaired }) => {
    const of = owners.length === 0 ? '' : ` of ${listed([...new Set(owners.map(({ stage }) => stage))])}`;
    return style.bad(`${state}: ${what} ${name.slice(0, 12)}${of}${repaired ? ', taken away' : ''}`);
  });
  lines.push(
    `${remote}: ${counted(records, 'record')}, ${counted(objects, 'object')}, ${formatBytes(bytes)} read; ${damages.length === 0 ? 'all of it is whole' : `${damages.length} damaged or missing`}`,
  );
  return `${lines.join('\n')}\n`;
}
