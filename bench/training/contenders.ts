import { fileURLToPath } from 'node:url';
import { probeNative } from '../../src/tensor/facts.ts';
import { kerasPython } from '../keras-venv.ts';

export interface Contender {
  readonly name: string;
  /** For the images and the model; or why it cannot be run, and what to do. */
  readonly command: ((folder: string, model: string) => readonly string[]) | { readonly missing: string };
}

/** What the others are compared with: Keras as the recipe compiles it. */
export const BASE = 'Keras';

export function contenders(backend: string | undefined): readonly Contender[] {
  const ours = [
    { backend: 'native', ...oursOn('native') },
    { backend: 'native', name: 'tfjs-node as it comes', command: stock() },
    { backend: 'wasm', ...oursOn('wasm') },
  ].filter((each) => backend === undefined || each.backend === backend);
  return [...keras(), ...ours];
}

function keras(): Contender[] {
  const found = kerasPython();
  return [
    { name: BASE, jit: 'auto' },
    { name: 'Keras, jit_compile=True', jit: 'true' },
    { name: 'Keras, jit_compile=False', jit: 'false' },
  ].map(({ name, jit }) => ({
    name,
    command: 'missing' in found ? found : (folder, model) => [found.python, beside('recipe.py'), folder, model, jit],
  }));
}

function oursOn(backend: 'native' | 'wasm'): Contender {
  if (backend === 'wasm') return { name: 'pipeline, WASM', command: node('ours.ts', 'wasm') };
  const { addon } = probeNative();
  return { name: 'pipeline, native', command: addon ? node('ours.ts', 'native') : notInstalled };
}

function stock(): Contender['command'] {
  const { addon, folder } = probeNative();
  return addon && folder !== undefined ? node('stock.ts', folder) : notInstalled;
}

const notInstalled = { missing: 'not installed; `pipeline doctor --install-native` does that' };

function node(file: string, ...more: readonly string[]): (folder: string, model: string) => readonly string[] {
  return (folder, model) => [process.execPath, '--import', 'tsx', beside(file), folder, model, ...more];
}

function beside(file: string): string {
  return fileURLToPath(new URL(file, import.meta.url));
}
