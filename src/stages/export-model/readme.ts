import type { JsonObject } from '../../base/json.ts';

interface ReadmeFacts {
  readonly inputShape: readonly number[];
  readonly scale: number;
  readonly quantization: string;
  readonly page: boolean;
  readonly metrics: JsonObject;
}

/** What whoever gets the folder has to know to use the model. */
export function readmeText({ inputShape, scale, quantization, page, metrics }: ReadmeFacts): Uint8Array {
  const pixels = scale === 1 ? 'pixels as they are, 0 to 255' : 'pixels divided by 255';
  const kernels =
    quantization === 'none' ? 'all weights are float32' : `kernels are ${quantization}, other weights float32`;
  const lines = [
    '# The exported model',
    '',
    `A TensorFlow.js layers model. It takes float32 [batch, ${inputShape.join(', ')}], ${pixels}, and gives logits: a softmax makes`,
    `probabilities of them. In the files ${kernels}; TensorFlow.js makes float32 of them when it loads them.`,
    '',
    '```js',
    "const model = await tf.loadLayersModel('model.json');",
    `const logits = model.predict(tf.tensor(pixels, [1, ${inputShape.join(', ')}])${scale === 1 ? '' : '.div(255)'});`,
    '```',
    '',
    ...(page
      ? [
          'Open index.html in a browser to try it: it needs no server and no network. Without it, index.html, page.js and',
          'page-model.js can be left away.',
          '',
        ]
      : []),
    'Measured when it was exported, as these files have it; as it was before under `original`:',
    '',
    '```json',
    JSON.stringify(metrics, null, 2),
    '```',
    '',
  ];
  return new TextEncoder().encode(lines.join('\n'));
}
