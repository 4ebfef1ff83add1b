/** Shapes through a model, and what does not fit. Pure: planning calls this. */
import type { LayerSpec } from './layer-spec.ts';
import type { AnyLayerSpec, LayerType, Shape, ShapeProblem } from './layer-type.ts';
import { layerTypeOf } from './layers/registry.ts';
import { placeLayers, DATA } from './placed-layers.ts';
import type { PlacedLayer } from './placed-layers.ts';
import { isProblem } from './window.ts';

export interface ModelShapes {
  /** What each placed layer gives, as far as shapes fit. */
  readonly shapes: readonly Shape[];
  /** Numbers in all weights, Keras' "total params": batch normalisation's moving statistics count. */
  readonly parameters: number;
  readonly problems: readonly LayerProblem[];
}

interface LayerProblem {
  /** Index into the placed layers, from 0. */
  readonly layer: number;
  readonly message: string;
  readonly hint?: string;
}

/**
 * @param inputShape of one sample: [28, 28, 1]
 * @param classes of the data, where known: the last layer must give as many logits
 */
export function inferShapes(layers: readonly LayerSpec[], inputShape: Shape, classes?: number): ModelShapes {
  const placed = placeLayers(layers);
  const shapes: Shape[] = [];
  const problems: LayerProblem[] = [...nameProblems(placed), ...optionsProblems(placed)];
  const shapeAt = (index: number): Shape => (index === DATA ? inputShape : (shapes[index] ?? inputShape));
  let parameters = 0;
  for (const [index, { spec, input, shortcut }] of placed.entries()) {
    const type = layerTypeOf(spec);
    const shape = shapeAt(input);
    const around = shortcut === undefined ? undefined : shapeAt(shortcut);
    const output = rankProblem(type, shape) ?? type.outputShape(spec, shape, around);
    if (isProblem(output)) {
      const message = `${spec.type} ${output.wants}, but ${giver(placed, input)} gives ${formatShape(shape)}`;
      return { shapes, parameters, problems: [...problems, { layer: index, message, hint: output.hint }] };
    }
    parameters += (type.weights?.(spec, shape, around) ?? []).reduce((sum, weight) => sum + product(weight.shape), 0);
    if (parameters > MOST_PARAMETERS) return { shapes, parameters, problems: [...problems, tooLarge(spec, index)] };
    shapes.push(output);
  }
  const ending = endProblem(placed, shapeAt(placed.length - 1), classes);
  return { shapes, parameters, problems: ending === undefined ? problems : [...problems, ending] };
}

/** With gradients and Adam's two slots, 16 bytes each: 4 GiB, all that the WASM backend can address. */
const MOST_PARAMETERS = 2 ** 28;

function tooLarge({ type }: LayerSpec, layer: number): LayerProblem {
  const most = MOST_PARAMETERS.toLocaleString('en');
  return {
    layer,
    message: `with this ${type} the model has more than ${most} parameters, which do not fit into memory when training`,
    hint: 'make it smaller, or the image before it with a pooling layer',
  };
}

function rankProblem({ takes }: LayerType<AnyLayerSpec>, input: Shape): ShapeProblem | undefined {
  if (takes === undefined || takes.rank === input.length) return undefined;
  return { wants: `needs ${takes.words}`, hint: takes.hint };
}

/** A model gives raw logits, one a class: losses, temperatures and stored soft labels all start from them. */
function endProblem(
  placed: readonly PlacedLayer[],
  output: Shape,
  classes: number | undefined,
): LayerProblem | undefined {
  const last = placed.at(-1)?.spec;
  const logits = `dense: ${classes ?? 10}`;
  const end = `end with \`flatten\` and \`${logits}\``;
  if (last === undefined) return { layer: 0, message: 'the model has no layers', hint: end };
  const layer = placed.length - 1;
  if ('activation' in last && last.activation === 'softmax') {
    const message = 'the model ends with a softmax, but it has to give logits';
    const instead =
      last.type === 'activation' ? 'leave this layer out' : `end with \`${logits}\` without an activation`;
    return { layer, message, hint: `the softmax belongs to the loss: ${instead}` };
  }
  const from = giver(placed, layer);
  if (output.length !== 1) {
    const message = `the model has to give one logit a class, but ${from} gives ${formatShape(output)}`;
    return { layer, message, hint: end };
  }
  const [units = 0] = output;
  if (classes === undefined || units === classes) return undefined;
  const message = `the data has ${classes} classes, but ${from} gives ${units} logits`;
  return { layer, message, hint: `end with \`${logits}\`` };
}

/** Where an input comes from, as a person counts. */
function giver(placed: readonly PlacedLayer[], index: number): string {
  const found = placed[index];
  return found === undefined ? 'the data' : `${found.label} (${found.spec.type})`;
}

function formatShape(shape: Shape): string {
  return `[${shape.join(', ')}]`;
}

function product(shape: Shape): number {
  return shape.reduce((size, next) => size * next, 1);
}

function optionsProblems(placed: readonly PlacedLayer[]): LayerProblem[] {
  return placed.flatMap(({ spec }, layer) => {
    const problem = layerTypeOf(spec).check?.(spec);
    return problem === undefined ? [] : [{ layer, ...problem }];
  });
}

function nameProblems(placed: readonly PlacedLayer[]): LayerProblem[] {
  const seen = new Map<string, string>();
  return placed.flatMap(({ spec: { name }, label }, layer) => {
    if (name === undefined) return [];
    const first = seen.get(name);
    seen.set(name, first ?? label);
    if (first === undefined) return [];
    return [{ layer, message: `${label} has the name of ${first}: ${name}`, hint: 'names are unique' }];
  });
}
