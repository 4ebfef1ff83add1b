import { createHash } from 'node:crypto';
import { formatSeconds } from './format.ts';
import { modelTable } from './model-table.ts';
import type { ReportData } from './page-data/report-data.ts';
import type { RunPage } from './page-data/run-page.ts';
import type { TableContent } from './table.ts';

/** How each report begins, so that one is told from a page that somebody else wrote. */
export const reportMark = '<!doctype html>\n<!-- a report of distill-pipeline -->\n';

export interface PageCode {
  readonly script: string;
  readonly style: string;
}

/**
 * One file with all that it shows: data, script and style. It may run its own script alone, and ask for nothing. Without JavaScript
 * it shows the main figures as tables.
 */
export function reportHtml(data: ReportData, { script, style }: PageCode): string {
  const title = data.runs.map(({ pipeline, id }) => `${pipeline} ${id}`).join(', ');
  const code = script.replaceAll('</script', '<\\/script');
  const policy = [
    "default-src 'none'",
    `script-src 'sha256-${createHash('sha256').update(code).digest('base64')}'`,
    "style-src 'unsafe-inline'",
    "base-uri 'none'",
    "form-action 'none'",
  ];
  return `${reportMark}<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy.join('; ')}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="distill-pipeline ${escaped(data.version)}">
<title>${escaped(title)}</title>
<style>${style.replaceAll('</style', '<\\/style')}</style>
</head>
<body>
<div id="report">
${data.runs.map(plainRun).join('\n')}
</div>
<script type="application/json" id="data">${JSON.stringify(data).replaceAll('<', '\\u003c')}</script>
<script type="module">${code}</script>
</body>
</html>
`;
}

function plainRun({ pipeline, id, status, started, seconds, graph, models, gates, provenance }: RunPage): string {
  const took = seconds === undefined ? '' : `, ${formatSeconds(seconds)}`;
  const figures = models.map(({ model, axes, figures: own }) => {
    const name = [model, ...Object.entries(axes).map(([axis, value]) => `${axis} ${String(value)}`)].join(', ');
    return [name, Object.fromEntries(Object.entries(own).map(([path, { mean }]) => [path, mean]))] as const;
  });
  const table = modelTable(Object.fromEntries(figures));
  const stages: TableContent = {
    head: ['stage', 'result', 'time', 'metrics'],
    rows: graph.map((node) => [
      node.id,
      Object.entries(node.counts)
        .map(([word, count]) => `${count} ${word}`)
        .join(', '),
      node.seconds > 0 ? formatSeconds(node.seconds) : '',
      node.headline,
    ]),
  };
  const told = gates.map(({ metric, bound, passed }) => `${metric} ${bound}: ${passed ? 'passed' : 'missed'}`);
  return [
    `<header><div><h1>${escaped(pipeline)}</h1><p>run ${escaped(id)}, ${status}, ${escaped(started)}${took}. The charts need JavaScript.</p></div></header><main>`,
    ...(table === undefined ? [] : ['<h2>Models</h2>', plainTable(table)]),
    ...told.map((line) => `<p>gate ${escaped(line)}</p>`),
    '<h2>Stages</h2>',
    plainTable(stages),
    `<h2>Definition</h2><pre>${escaped(provenance.definition)}</pre></main>`,
  ].join('\n');
}

function plainTable({ head, rows, right = [] }: TableContent): string {
  const cell = (tag: string, text: string, index: number): string =>
    `<${tag}${right.includes(index) ? ' class="number"' : ''}>${escaped(text)}</${tag}>`;
  const row = (tag: string, cells: readonly string[]): string =>
    `<tr>${cells.map((text, index) => cell(tag, text, index)).join('')}</tr>`;
  return `<div class="scroll"><table><thead>${row('th', head)}</thead><tbody>${rows.map((cells) => row('td', cells)).join('')}</tbody></table></div>`;
}

/** What people wrote is text, wherever it stands. */
function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
