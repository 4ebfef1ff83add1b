import { graphDot } from './dot.ts';
import type { Drawing } from './drawing.ts';

/** The DAG as an SVG document, laid out by Graphviz (compiled to WebAssembly; loaded here, not before). */
export async function graphSvg(drawing: Drawing): Promise<string> {
  const { instance } = await import('@viz-js/viz');
  const viz = await instance();
  return viz.renderString(graphDot(drawing), { format: 'svg' });
}
