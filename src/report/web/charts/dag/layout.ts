/**
 * Where the boxes and lines of a DAG go: layers by the longest way, an order within each layer with few crossings, and places near
 * those of their neighbours (Sugiyama et al. 1981). Pure; a thousand boxes take some tens of milliseconds.
 */

export interface DagNode {
  readonly id: string;
  /** Ids of other nodes; others are left out. */
  readonly needs: readonly string[];
}

export interface DagLayout {
  readonly width: number;
  readonly height: number;
  readonly boxes: readonly DagBox[];
  readonly lines: readonly DagLine[];
}

export interface DagBox {
  readonly id: string;
  /** Of its upper left corner. */
  readonly x: number;
  readonly y: number;
  readonly layer: number;
  /** Its place in the layer. */
  readonly place: number;
}

export interface DagLine {
  readonly from: string;
  readonly to: string;
  /** As an SVG path has it. */
  readonly path: string;
}

export interface DagSizes {
  readonly box: { readonly width: number; readonly height: number };
  /** Between layers, and between boxes of one. */
  readonly gap: { readonly layers: number; readonly boxes: number };
  /** `across`: layers follow each other from left to right; `down`: from top to bottom. */
  readonly direction: 'across' | 'down';
}

/** @param nodes in topological order */
export function layOut(nodes: readonly DagNode[], sizes: DagSizes): DagLayout {
  const { layers, lines } = layered(nodes);
  order(layers);
  // A line takes less room than a box.
  const breadth = sizes.direction === 'across' ? sizes.box.height : sizes.box.width;
  const bend = Math.min(LINE_BREADTH, breadth);
  const room = (point: Point): number => (point.bend ? bend : breadth);
  place(layers, (a, b) => (room(a) + room(b)) / 2 + sizes.gap.boxes);
  const all = layers.flat();
  const start = least(all.map((point) => point.at - room(point) / 2));
  const end = Math.max(0, ...layers.flatMap((layer) => layer.slice(-1)).map((point) => point.at + room(point) / 2));
  return drawn({ layers, lines, start, end }, sizes);
}

/** A box, or where a line passes a layer. */
interface Point {
  readonly id: string;
  readonly bend: boolean;
  readonly layer: number;
  readonly before: Point[];
  readonly after: Point[];
  /** The middle of it, along its layer. */
  at: number;
}

interface Layered {
  readonly layers: Point[][];
  /** Each with the points that it goes through. */
  readonly lines: readonly (readonly Point[])[];
}

function layered(nodes: readonly DagNode[]): Layered {
  const points = new Map<string, Point>();
  const layers: Point[][] = [];
  const put = (id: string, layer: number, bend: boolean): Point => {
    const point: Point = { id, bend, layer, before: [], after: [], at: 0 };
    (layers[layer] ??= []).push(point);
    return point;
  };
  const lines: Point[][] = [];
  let bends = 0;
  for (const { id, needs } of nodes) {
    const from = [...new Set(needs)].flatMap((need) => points.get(need) ?? []);
    const layer = Math.max(0, ...from.map((point) => point.layer + 1));
    const own = put(id, layer, false);
    points.set(id, own);
    for (const start of from) {
      const line = [start];
      // Where there would be very many, long lines go straight, behind the boxes.
      if ((bends += layer - start.layer - 1) <= MOST_BENDS) {
        for (let passed = start.layer + 1; passed < layer; passed++) line.push(put(`${start.id} ${id}`, passed, true));
      }
      line.push(own);
      lines.push(line);
      for (const [index, point] of line.entries()) {
        const next = line[index + 1];
        if (next === undefined) continue;
        point.after.push(next);
        next.before.push(point);
      }
    }
  }
  return { layers, lines };
}

const MOST_BENDS = 4000;
const LINE_BREADTH = 12;

/** By the mean place of neighbours, back and forth: simple, and near enough. */
function order(layers: Point[][]): void {
  number(layers);
  for (let sweep = 0; sweep < 8; sweep++) {
    const forward = sweep % 2 === 0;
    for (const layer of forward ? layers : layers.toReversed()) {
      const wanted = new Map(layer.map((point) => [point, mean(forward ? point.before : point.after) ?? point.at]));
      layer.sort((a, b) => (wanted.get(a) ?? 0) - (wanted.get(b) ?? 0));
      layer.forEach((point, index) => (point.at = middle(index, layer.length)));
    }
  }
}

function number(layers: readonly Point[][]): void {
  for (const layer of layers) layer.forEach((point, index) => (point.at = middle(index, layer.length)));
}

/** Layers of different length are compared by what stands how far from their middles. */
function middle(index: number, length: number): number {
  return index - (length - 1) / 2;
}

/** As near as may be to the mean of the neighbours, in the order that was found. */
function place(layers: readonly Point[][], distance: (a: Point, b: Point) => number): void {
  for (const layer of layers) {
    let at = 0;
    layer.forEach((point, index) => {
      const last = layer[index - 1];
      point.at = at += last === undefined ? 0 : distance(last, point);
    });
    for (const point of layer) point.at -= at / 2;
  }
  for (let sweep = 0; sweep < 6; sweep++) {
    for (const layer of sweep % 2 === 0 ? layers : layers.toReversed()) {
      settle(layer, (point) => mean([...point.before, ...point.after]) ?? point.at, distance);
    }
  }
}

/** The least squares of ways from where each wants to be, with distances kept: pools of those that push each other. */
function settle(
  layer: readonly Point[],
  wanted: (point: Point) => number,
  distance: (a: Point, b: Point) => number,
): void {
  const pools: { first: number; sum: number; count: number }[] = [];
  const offsets: number[] = [];
  layer.forEach((point, index) => {
    const last = layer[index - 1];
    const offset = last === undefined ? 0 : (offsets[index - 1] ?? 0) + distance(last, point);
    offsets.push(offset);
    let pool = { first: index, sum: wanted(point) - offset, count: 1 };
    for (let before = pools.at(-1); before !== undefined && pushes(before, pool); before = pools.at(-1)) {
      pools.pop();
      pool = { first: before.first, sum: before.sum + pool.sum, count: before.count + pool.count };
    }
    pools.push(pool);
  });
  for (const { first, sum, count } of pools) {
    for (let index = first; index < first + count; index++) {
      const point = layer[index];
      if (point !== undefined) point.at = sum / count + (offsets[index] ?? 0);
    }
  }
}

function pushes(a: { sum: number; count: number }, b: { sum: number; count: number }): boolean {
  return a.sum / a.count > b.sum / b.count;
}

function mean(points: readonly Point[]): number | undefined {
  if (points.length === 0) return undefined;
  return points.reduce((sum, { at }) => sum + at, 0) / points.length;
}

function least(values: readonly number[]): number {
  return values.reduce((found, value) => Math.min(found, value), values[0] ?? 0);
}

interface Placed extends Layered {
  /** Of the layers' extent. */
  readonly start: number;
  readonly end: number;
}

function drawn({ layers, lines, start, end }: Placed, { box, gap, direction }: DagSizes): DagLayout {
  const across = direction === 'across';
  const depth = across ? box.width : box.height;
  const breadth = across ? box.height : box.width;
  const long = Math.max(0, layers.length * (depth + gap.layers) - gap.layers);
  const turned = (along: number, at: number): string =>
    across ? `${round(along)} ${round(at)}` : `${round(at)} ${round(along)}`;
  const front = (point: Point): number => point.layer * (depth + gap.layers);
  const boxes = layers.flatMap((layer) =>
    layer
      .filter(({ bend }) => !bend)
      .map((point, index): DagBox => {
        const [along, at] = [front(point), point.at - start - breadth / 2];
        return {
          ...{ id: point.id, layer: point.layer, place: index },
          ...(across ? { x: round(along), y: round(at) } : { x: round(at), y: round(along) }),
        };
      }),
  );
  const paths = lines.map((line): DagLine => {
    const [first, last] = [line[0], line.at(-1)];
    const steps = line.slice(1).map((point, index) => {
      const before = line[index] ?? point;
      const [from, to] = [front(before) + depth, front(point)];
      const half = (from + to) / 2;
      const curve = `C${turned(half, before.at - start)} ${turned(half, point.at - start)} ${turned(to, point.at - start)}`;
      return point.bend ? `${curve}L${turned(to + depth, point.at - start)}` : curve;
    });
    const path = `M${turned(front(first ?? NOWHERE) + depth, (first ?? NOWHERE).at - start)}${steps.join('')}`;
    return { from: first?.id ?? '', to: last?.id ?? '', path };
  });
  const wide = Math.max(0, end - start);
  return { width: round(across ? long : wide), height: round(across ? wide : long), boxes, lines: paths };
}

const NOWHERE: Point = { id: '', bend: false, layer: 0, before: [], after: [], at: 0 };

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
