import { normalizeDistillation, parseLoss } from '../../src/distill/losses/loss-spec.ts';
import { normalizeModel, parseLayers } from '../../src/distill/model/layer-spec.ts';
import { normalizeOptimizer, parseOptimizer } from '../../src/distill/optimizers/optimizer-spec.ts';
import type { JsonObject, JsonValue } from '../../src/base/json.ts';
import type { Samples } from '../../src/distill/samples.ts';
import type { TrainRequest } from '../../src/distill/train.ts';
import { generator } from '../../src/tensor/random.ts';

/** Images of 6×6 of three classes: a bright row, a bright column, or a bright corner, in noise. */
export function shapesOf(count: number, seed: number): Samples {
  const random = generator(seed, 'shapes');
  const pixels = new Uint8Array(count * 36);
  const labels = new Uint8Array(count);
  for (let sample = 0; sample < count; sample++) {
    const label = random.uint32() % 3;
    const place = random.uint32() % 6;
    labels[sample] = label;
    for (let pixel = 0; pixel < 36; pixel++) {
      const [row, column] = [Math.floor(pixel / 6), pixel % 6];
      const bright = [row === place, column === place, row < 3 && column < 3][label] ?? false;
      pixels[sample * 36 + pixel] = Math.min(255, (bright ? 130 : 0) + (random.uint32() % 110));
    }
  }
  return { count, shape: [6, 6, 1], pixels, scale: 1 / 255, labels, classes: 3 };
}

const small: JsonValue = ['flatten', { dense: { units: 12, activation: 'sigmoid' } }, { dense: 3 }];

export const everything: JsonValue = [
  { conv2d: { filters: 4, kernelSize: 3, padding: 'same', activation: 'relu' } },
  'batchNormalization',
  { maxPooling2d: 2 },
  'flatten',
  { dropout: 0.3 },
  { dense: { units: 8, activation: 'relu' } },
  { dropout: 0.2 },
  { dense: 3 },
];

export interface RequestOptions extends Partial<Omit<TrainRequest, 'layers' | 'optimizer' | 'loss'>> {
  readonly model?: JsonValue;
  readonly optimizer?: JsonValue;
  readonly distillation?: JsonObject;
}

/** 100 samples in batches of 16: the last batch of an epoch is smaller. */
export function requestOf({ model = small, optimizer = 'adam', distillation, ...rest }: RequestOptions): TrainRequest {
  return {
    layers: parseLayers(normalizeModel(model)),
    optimizer: parseOptimizer(normalizeOptimizer(optimizer)),
    loss: parseLoss(distillation === undefined ? undefined : (normalizeDistillation(distillation) as JsonObject)),
    batchSize: 16,
    epochs: 3,
    seed: 1,
    train: shapesOf(100, 1),
    validation: shapesOf(60, 2),
    signal: new AbortController().signal,
    ...rest,
  };
}
