/** Models in the page: a bundle of its own, with TensorFlow.js, that is loaded where somebody draws. It imports nothing else of the page. */
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { loadLayersModel } from '@tensorflow/tfjs-layers';
import type { ModelAnswer } from '../../../../ui/protocol.ts';

export interface PageModel {
  /** @param pixels of one image, as bytes, row-major */
  logits(pixels: Uint8Array): readonly number[];
  dispose(): void;
}

export async function pageModel(
  { modelTopology, weightSpecs, shape, scale }: ModelAnswer,
  weights: ArrayBuffer,
): Promise<PageModel> {
  await tf.setBackend('cpu');
  const specs = weightSpecs as unknown as tf.io.WeightsManifestEntry[];
  const model = await loadLayersModel(tf.io.fromMemory({ modelTopology, weightSpecs: specs, weightData: weights }));
  return {
    logits: (pixels) =>
      tf.tidy(() => {
        const x = tf.mul(tf.tensor(Float32Array.from(pixels), [1, ...shape]), scale);
        return [...(model.predict(x) as tf.Tensor).dataSync<'float32'>()];
      }),
    dispose() {
      model.dispose();
    },
  };
}
