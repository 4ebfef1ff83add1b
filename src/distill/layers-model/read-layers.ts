/** The nodes of a model as a list of layers: a chain, in which a way that parts and meets again in a sum is a residual block. */
import type { JsonObject } from '../../base/json.ts';
import { normalizeModel, parseLayers } from '../model/layer-spec.ts';
import type { Shape } from '../model/layer-type.ts';
import { inferShapes } from '../model/shapes.ts';
import { ImportProblem } from './import-problem.ts';
import { readLayer } from './read-layer.ts';
import type { ReadTopology, TopologyNode } from './read-topology.ts';

/** @throws ImportProblem where the model has another form, or layers that are none of ours */
export function readLayers(topology: ReadTopology): readonly JsonObject[] {
  const takers = takersOf(topology.nodes);
  const { layers, meets } = readChain({ takers, from: topology.input, shape: topology.inputShape });
  if (meets !== undefined) throw otherForm(meets);
  return layers;
}

interface Start {
  readonly takers: ReadonlyMap<string, readonly TopologyNode[]>;
  /** The name of the node whose output is given. */
  readonly from: string;
  /** The one of its takers to go on with; needed where there are several. */
  readonly taker?: TopologyNode;
  /** Of what is given. */
  readonly shape: Shape;
}

interface Chain {
  readonly layers: readonly JsonObject[];
  /** The name of its last node. */
  readonly end: string;
  /** The sum that it ends before; undefined where it is the model's end. */
  readonly meets: TopologyNode | undefined;
}

function readChain({ takers, from, taker, shape: given }: Start): Chain {
  const layers: JsonObject[] = [];
  let [end, shape, chosen]: [string, Shape, TopologyNode | undefined] = [from, given, taker];
  for (;;) {
    const next: readonly TopologyNode[] = chosen === undefined ? (takers.get(end) ?? []) : [chosen];
    chosen = undefined;
    const [only, other] = next;
    if (only === undefined) return { layers, end, meets: undefined };
    if (other !== undefined) {
      const { block, sum } = readBlock({ takers, from: end, shape }, next);
      layers.push(block);
      end = sum.name;
      shape = shapeAfter([block], shape);
      continue;
    }
    if (only.className === 'Add') return { layers, end, meets: only };
    const read = readLayer(only, shape);
    layers.push(...read);
    shape = shapeAfter(read, shape);
    end = only.name;
  }
}

/** Two ways from one node to one sum; the first of its inputs are the block's layers, unless it is the direct way. */
function readBlock(
  start: Start,
  ways: readonly TopologyNode[],
): { readonly block: JsonObject; readonly sum: TopologyNode } {
  const [first, second, third] = ways.map((taker) =>
    taker.className === 'Add' ? { layers: [], end: start.from, meets: taker } : readChain({ ...start, taker }),
  );
  const sum = first?.meets;
  if (third !== undefined || first === undefined || second === undefined) throw otherForm(ways[0]);
  if (sum === undefined || sum !== second.meets || sum.inputs.length !== 2) throw otherForm(ways[0]);
  const inOrder = sum.inputs[0] === first.end ? [first, second] : [second, first];
  const [layers, shortcut] = inOrder[0]?.layers.length === 0 ? inOrder.toReversed() : inOrder;
  if (layers === undefined || shortcut === undefined || layers.layers.length === 0) throw otherForm(sum);
  const around = shortcut.layers.length === 0 ? {} : { shortcut: shortcut.layers };
  return { block: { residual: { name: sum.name, layers: layers.layers, ...around } }, sum };
}

function takersOf(nodes: readonly TopologyNode[]): ReadonlyMap<string, readonly TopologyNode[]> {
  const takers = new Map<string, TopologyNode[]>();
  for (const node of nodes) {
    for (const input of node.inputs) takers.set(input, [...(takers.get(input) ?? []), node]);
  }
  return takers;
}

/** Problems of shapes are told when the whole model is known. */
function shapeAfter(layers: readonly JsonObject[], shape: Shape): Shape {
  return inferShapes(parseLayers(normalizeModel(layers)), shape).shapes.at(-1) ?? shape;
}

function otherForm(node: TopologyNode | undefined): ImportProblem {
  return new ImportProblem(
    `parts into several ways at the layer ${node?.name ?? ''}, which are no residual block: two ways that meet in a sum`,
    'of such a model the logits can be imported: import-soft-labels',
  );
}
