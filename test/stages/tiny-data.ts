/** Images of 6×6 of three classes, as IDX files: enough to train on in a blink. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { JsonObject } from '../../src/base/json.ts';
import { shapesOf } from '../distill/rig.ts';
import { runStage } from './rig.ts';
import type { StageResult } from './rig.ts';

export function idxBytes(shape: readonly number[], data: Uint8Array, type = 0x08): Buffer {
  const header = Buffer.alloc(4 + 4 * shape.length);
  header.writeUInt8(type, 2);
  header.writeUInt8(shape.length, 3);
  shape.forEach((size, dimension) => header.writeUInt32BE(size, 4 + 4 * dimension));
  return Buffer.concat([header, data]);
}

export const tinyFiles = {
  trainImages: 'train-images.idx',
  trainLabels: 'train-labels.idx.gz',
  testImages: 'test-images.idx',
  testLabels: 'test-labels.idx',
};

export function writeTinyFiles(folder: string, { train = 120, test = 60, seed = 1 } = {}): void {
  for (const [part, count] of [
    ['train', train],
    ['test', test],
  ] as const) {
    const { pixels, labels } = shapesOf(count, part === 'train' ? seed : seed + 100);
    writeFileSync(join(folder, tinyFiles[`${part}Images`]), idxBytes([count, 6, 6], pixels as Uint8Array));
    const labelBytes = idxBytes([count], labels as Uint8Array);
    const name = tinyFiles[`${part}Labels`];
    writeFileSync(join(folder, name), name.endsWith('.gz') ? gzipSync(labelBytes) : labelBytes);
  }
}

/** The stage `load` of a pipeline whose folder has them. */
export const tinyLoad = `  load:
    type: load-data
    with:
      dataset: idx
      files: ${JSON.stringify(tinyFiles)}
      split: { train: 60, validation: 20 }
`;

export const tinyOptions: JsonObject = {
  dataset: 'idx',
  files: tinyFiles,
  split: { validation: 40 },
  validationFrom: 'stratified',
};

export async function tinyDataset(folder: string, more: JsonObject = {}): Promise<StageResult> {
  writeTinyFiles(folder);
  return runStage({ type: 'load-data', with: { ...tinyOptions, ...more }, folder });
}

export const tinyTeacher: JsonObject = {
  model: [
    { conv2d: { filters: 4, kernelSize: 3, padding: 'same', activation: 'relu' } },
    { maxPooling2d: 2 },
    'flatten',
    { dropout: 0.2 },
    { dense: 3 },
  ],
  batchSize: 16,
  epochs: 2,
};

export const tinyStudent: JsonObject = {
  model: ['flatten', { dense: { units: 8, activation: 'sigmoid' } }, { dense: 3 }],
  batchSize: 16,
  epochs: 2,
};
