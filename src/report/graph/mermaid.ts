import { variantsText, type Drawing } from './drawing.ts';

/** A Mermaid flowchart, as GitHub draws it. */
export function graphMermaid(drawing: Drawing): string {
  const lines = ['flowchart TD'];
  for (const stage of drawing.nodes) {
    const { id, type } = stage;
    const below = [id === type ? '' : `<i>${escaped(type)}</i>`, escaped(variantsText(stage))];
    lines.push(`  ${node(id)}["${[id, ...below.filter((line) => line !== '')].join('<br/>')}"]`);
  }
  for (const { id, edges } of drawing.nodes) {
    for (const { slot, from, condition } of edges) {
      const arrow = condition === true ? '-.->' : '-->';
      lines.push(`  ${node(from)} ${arrow}|${escaped(slot)}| ${node(id)}`);
    }
  }
  return `${lines.join('\n')}\n`;
}

/** `end` and such are words of Mermaid's. */
function node(id: string): string {
  return `stage-${id}`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;').replaceAll('|', '&#124;');
}
