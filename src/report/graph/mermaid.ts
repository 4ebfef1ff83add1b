import type { Drawing } from './drawing.ts';

/** A Mermaid flowchart, as GitHub draws it. */
export function graphMermaid(drawing: Drawing): string {
  const lines = ['flowchart TD'];
  for (const { id, type } of drawing.nodes) {
    const label = id === type ? id : `${id}<br/><i>${escaped(type)}</i>`;
    lines.push(`  ${node(id)}["${label}"]`);
  }
  for (const { id, edges } of drawing.nodes) {
    for (const { slot, from } of edges) lines.push(`  ${node(from)} -->|${escaped(slot)}| ${node(id)}`);
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
