import { variantsText, type Drawing } from './drawing.ts';

/** The DAG in Graphviz' language. */
export function graphDot(drawing: Drawing): string {
  const lines = [
    `digraph ${quoted(drawing.name)} {`,
    '  rankdir=TB;',
    '  node [shape=box, style="rounded,filled", fillcolor="#f5f7fa", color="#7a869a", fontname="Helvetica", fontsize=11];',
    '  edge [color="#7a869a", fontname="Helvetica", fontsize=9, fontcolor="#5e6c84"];',
  ];
  for (const node of drawing.nodes) {
    const { id, type } = node;
    const label = [id, id === type ? '' : type, variantsText(node)].filter((line) => line !== '');
    lines.push(`  ${quoted(id)}${label.length === 1 ? '' : ` [label=${quoted(label.join('\n'))}]`};`);
  }
  for (const { id, edges } of drawing.nodes) {
    for (const { slot, from, condition } of edges) {
      const style = condition === true ? ', style=dashed' : '';
      lines.push(`  ${quoted(from)} -> ${quoted(id)} [label=${quoted(slot)}${style}];`);
    }
  }
  return `${[...lines, '}'].join('\n')}\n`;
}

function quoted(text: string): string {
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`;
}
