import { counted, formatCount } from '../format.ts';
import type { Style } from '../style.ts';
import { padEnd } from '../text-width.ts';
import { variantsText, type Drawing, type DrawnStage } from './drawing.ts';

/** The DAG for a terminal: layer by layer, each stage with what it needs. */
export function graphText(drawing: Drawing, style: Style): string {
  const idWidth = Math.max(0, ...drawing.nodes.map(({ id }) => id.length));
  const typeWidth = Math.max(0, ...drawing.nodes.map((node) => typeText(node).length));
  const countWidth = Math.max(0, ...drawing.nodes.map((node) => countText(node).length));
  const layers = Math.max(0, ...drawing.nodes.map(({ layer }) => layer + 1));
  const lines = [style.heading(`${drawing.name}: ${counted(drawing.nodes.length, 'stage')}${allVariants(drawing)}`)];
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
          ...(countWidth === 0 ? [] : [padEnd(style.faint(countText(node)), countWidth)]),
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

function countText(node: DrawnStage): string {
  return node.variants === undefined ? '' : `× ${variantsText(node)}`;
}

function allVariants({ nodes }: Drawing): string {
  if (nodes.every(({ variants }) => variants === undefined)) return '';
  const all = nodes.reduce((sum, { variants }) => sum + (variants?.count ?? 1), 0);
  return `, with variants ${formatCount(all)}`;
}

function needsText({ edges }: DrawnStage): string {
  return edges.map(({ slot, from }) => (slot === from ? from : `${slot}: ${from}`)).join(', ');
}
