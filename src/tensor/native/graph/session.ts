/** A graph that is loaded and run, through tfjs-node's door for saved models: TensorFlow optimises it as a whole. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type * as tf from '../../tf.ts';
import type { NodeBackend } from '../operation.ts';
import type { Messages } from '../package.ts';
import type { GraphNode } from './graph.ts';
import { savedModel, TAG } from './saved-model.ts';

export interface Session {
  /** @returns ids of TensorFlow's tensors, which the caller frees */
  run(feeds: Readonly<Record<string, tf.Tensor>>, fetches: readonly string[]): { readonly id: number }[];
  close(): void;
}

/** @throws Error in TensorFlow's words where it does not take the graph */
export function openSession(backend: NodeBackend, messages: Messages, nodes: readonly GraphNode[]): Session {
  const { binding } = backend;
  const folder = mkdtempSync(join(tmpdir(), 'distill-pipeline-graph-'));
  try {
    writeFileSync(join(folder, 'saved_model.pb'), savedModel(messages, nodes));
    const model = binding.loadSavedModel(folder, TAG);
    return {
      run: (feeds, fetches) => {
        const ids = backend.getInputTensorIds(Object.values(feeds));
        const names = Object.keys(feeds).map((name) => `${name}:0`);
        return binding.runSavedModel(model, ids, names.join(','), fetches.map((name) => `${name}:0`).join(','));
      },
      close: () => {
        binding.deleteSavedModel(model);
      },
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
