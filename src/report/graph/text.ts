import { counted } from '../format.ts';
import type { Style } from '../style.ts';
import { padEnd } from '../text-width.ts';
import type { Drawing, DrawnStage } from './drawing.ts';

/** The DAG for a terminal: layer by layer, each stage with what it needs. */
export function graphText(drawing: Drawing, style: Style): string {
  const idWidth = Math.max(0, ...drawing.nodes.map(({ id }) => id.length));
  const typeWidth = Math.max(0, ...drawing.nodes.map((node) => typeText(node).length));
  const layers = Math.max(0, ...drawing.nodes.map(({ layer }) => layer + 1));
  const lines = [style.heading(`${drawing.name}: ${counted(drawing.nodes.length, 'stage')}`)];
  for (let layer = 0; layer < layers; layer++) {
    const nodes = drawing.nodes.filter((node) => node.layer === layer);
    nodes.forEach((node, index) => {
      const bullet = nodes.length === 1 ? '──' : index === 0 ? '┬─' : index === nodes.length - 1 ? '└─' : '├─';
      const needs = needsText(node);
      lines.push(
        [
          style.faint(bullet),
          padEnd(style.name(node.id), idWidth),
          padEnd(style.faint(typeText(node)), typeWidth),
          needs === '' ? '' : `${style.faint('←')} ${needs}`,
        ]
          .join(' ')
          .trimEnd(),
      );
    });
  }
  return `${lines.join('\n')}\n`;
}

/** Most stages are named like their type. */
function typeText({ id, type }: DrawnStage): string {
  return id === type ? '' : `(${type})`;
}

function needsText({ edges }: DrawnStage): string {
  return edges.map(({ slot, from }) => (slot === from ? from : `${slot}: ${from}`)).join(', ');
}
