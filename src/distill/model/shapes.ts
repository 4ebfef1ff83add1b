/** Shapes through a model, and what does not fit. Pure: planning calls this. */
import type { LayerSpec } from './layer-spec.ts';
import type { AnyLayerSpec, LayerType, Shape, ShapeProblem } from './layer-type.ts';
import { layerTypeOf } from './layers/registry.ts';
import { isProblem } from './window.ts';

export interface ModelShapes {
  /** What each layer gives, as far as shapes fit. */
  readonly shapes: readonly Shape[];
  /** Numbers in all weights, Keras' "total params": batch normalisation's moving statistics count. */
  readonly parameters: number;
  readonly problems: readonly LayerProblem[];
}

interface LayerProblem {
  /** Index into the layers, from 0. */
  readonly layer: number;
  readonly message: string;
  readonly hint?: string;
}

/**
 * @param inputShape of one sample: [28, 28, 1]
 * @param classes of the data, where known: the last layer must give as many logits
 */
export function inferShapes(layers: readonly LayerSpec[], inputShape: Shape, classes?: number): ModelShapes {
  const shapes: Shape[] = [];
  const problems: LayerProblem[] = [...nameProblems(layers), ...optionsProblems(layers)];
  let parameters = 0;
  let shape = inputShape;
  for (const [index, spec] of layers.entries()) {
    const type = layerTypeOf(spec);
    const output = rankProblem(type, shape) ?? type.outputShape(spec, shape);
    if (isProblem(output)) {
      const message = `${spec.type} ${output.wants}, but ${giver(layers, index)} gives ${formatShape(shape)}`;
      return { shapes, parameters, problems: [...problems, { layer: index, message, hint: output.hint }] };
    }
    parameters += (type.weights?.(spec, shape) ?? []).reduce((sum, weight) => sum + product(weight.shape), 0);
    if (parameters > MOST_PARAMETERS) return { shapes, parameters, problems: [...problems, tooLarge(spec, index)] };
    shape = output;
    shapes.push(shape);
  }
  const ending = endProblem(layers, shape, classes);
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
  layers: readonly LayerSpec[],
  output: Shape,
  classes: number | undefined,
): LayerProblem | undefined {
  const last = layers.at(-1);
  const logits = `dense: ${classes ?? 10}`;
  const end = `end with \`flatten\` and \`${logits}\``;
  if (last === undefined) return { layer: 0, message: 'the model has no layers', hint: end };
  const layer = layers.length - 1;
  if ('activation' in last && last.activation === 'softmax') {
    const message = 'the model ends with a softmax, but it has to give logits';
    const instead =
      last.type === 'activation' ? 'leave this layer out' : `end with \`${logits}\` without an activation`;
    return { layer, message, hint: `the softmax belongs to the loss: ${instead}` };
  }
  const from = giver(layers, layers.length);
  if (output.length !== 1) {
    const message = `the model has to give one logit a class, but ${from} gives ${formatShape(output)}`;
    return { layer, message, hint: end };
  }
  const [units = 0] = output;
  if (classes === undefined || units === classes) return undefined;
  const message = `the data has ${classes} classes, but ${from} gives ${units} logits`;
  return { layer, message, hint: `end with \`${logits}\`` };
}

/** Where the input of this layer comes from, as a person counts. */
function giver(layers: readonly LayerSpec[], index: number): string {
  const before = layers[index - 1];
  return before === undefined ? 'the data' : `layer ${index} (${before.type})`;
}

function formatShape(shape: Shape): string {
  return `[${shape.join(', ')}]`;
}

function product(shape: Shape): number {
  return shape.reduce((size, next) => size * next, 1);
}

function optionsProblems(layers: readonly LayerSpec[]): LayerProblem[] {
  return layers.flatMap((spec, layer) => {
    const problem = layerTypeOf(spec).check?.(spec);
    return problem === undefined ? [] : [{ layer, ...problem }];
  });
}

function nameProblems(layers: readonly LayerSpec[]): LayerProblem[] {
  const seen = new Map<string, number>();
  return layers.flatMap(({ name }, layer) => {
    if (name === undefined) return [];
    const first = seen.get(name);
    seen.set(name, first ?? layer);
    if (first === undefined) return [];
    return [
      { layer, message: `layer ${layer + 1} has the name of layer ${first + 1}: ${name}`, hint: 'names are unique' },
    ];
  });
}
