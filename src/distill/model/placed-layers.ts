/** The layers of a model one after the other, those of its blocks among them: what shapes, weights and the pass go through. Pure. */
import { parseLayers } from './layer-spec.ts';
import type { LayerSpec } from './layer-spec.ts';

export interface PlacedLayer {
  readonly spec: LayerSpec;
  /** Its own, or Keras' automatic one: the type in snake case, the second of a type with `_1`. */
  readonly name: string;
  /** The index of the one whose output it takes; {@link DATA} for the model's input. */
  readonly input: number;
  /** Of a residual block's sum: whose output is added. */
  readonly shortcut?: number;
  /** As a person counts: `layer 3`, and `layer 3.1` for the first one inside. */
  readonly label: string;
  /** Into the model as it is written out: `/2/residual/layers/0/conv2d`. */
  readonly pointer: string;
}

export const DATA = -1;

/** A block's layers stand before its sum, which stands for the block. Of a model without blocks, these are its layers. */
export function placeLayers(layers: readonly LayerSpec[]): readonly PlacedLayer[] {
  const placed: Omit<PlacedLayer, 'name'>[] = [];
  const chain = (specs: readonly LayerSpec[], input: number, at: { label: string; pointer: string }): number => {
    let from = input;
    for (const [index, spec] of specs.entries()) {
      const label = `${at.label}${index + 1}`;
      const pointer = `${at.pointer}/${index}/${spec.type}`;
      if (spec.type !== 'residual') {
        placed.push({ spec, input: from, label, pointer });
      } else {
        const within = (list: string) => ({ label: `${label}.`, pointer: `${pointer}/${list}` });
        const end = chain(parseLayers(spec.layers), from, within('layers'));
        const around = { ...within('shortcut'), label: `${label}.shortcut.` };
        const shortcut = spec.shortcut === undefined ? from : chain(parseLayers(spec.shortcut), from, around);
        placed.push({ spec, input: end, shortcut, label, pointer });
      }
      from = placed.length - 1;
    }
    return from;
  };
  chain(layers, DATA, { label: 'layer ', pointer: '' });
  const names = automaticNames(placed.map(({ spec }) => spec));
  return placed.map((each, index) => ({ ...each, name: names[index] ?? '' }));
}

function automaticNames(specs: readonly LayerSpec[]): readonly string[] {
  const taken = new Set(specs.flatMap(({ name }) => (name === undefined ? [] : [name])));
  return specs.map(({ type, name }) => {
    if (name !== undefined) return name;
    const base = type.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
    let automatic = base;
    for (let count = 1; taken.has(automatic); count++) automatic = `${base}_${count}`;
    taken.add(automatic);
    return automatic;
  });
}
