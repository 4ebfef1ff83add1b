/**
 * The page beside an exported model: draws, or takes a sample, and runs the model. scripts/generate.ts bundles it with the stock
 * TensorFlow.js. All that it needs lies beside it, so that it opens from a folder, without a server.
 */
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { loadLayersModel } from '@tensorflow/tfjs-layers';
import { drawnImage } from '../drawn-image.ts';

/** What page-model.js holds, since a page from a folder may not fetch model.json. */
interface PageModel {
  readonly modelJson: {
    readonly modelTopology: object;
    readonly weightsManifest: readonly { readonly weights: tf.io.WeightsManifestEntry[] }[];
  };
  /** All shards, in base64. */
  readonly weights: string;
  /** Of one image: [height, width, channels]. */
  readonly shape: readonly [number, number, number];
  /** Multiplied onto bytes. */
  readonly scale: number;
  readonly samples: readonly { readonly label: number; readonly pixels: string }[];
}

declare const exportedModel: PageModel;

const { modelJson, shape, scale, samples } = exportedModel;
const [height, width, channels] = shape;
const paper = element('paper', HTMLCanvasElement);

async function main(): Promise<void> {
  await tf.setBackend('cpu');
  const model = await loadLayersModel(
    tf.io.fromMemory({
      modelTopology: modelJson.modelTopology,
      weightSpecs: modelJson.weightsManifest.flatMap(({ weights }) => weights),
      weightData: bytesOf(exportedModel.weights).buffer as ArrayBuffer,
    }),
  );
  const look = (pixels: Uint8Array): void => {
    showImage(element('seen', HTMLCanvasElement), pixels);
    const start = performance.now();
    const logits = tf.tidy(() => {
      const x = tf.mul(tf.tensor(Float32Array.from(pixels), [1, ...shape]), scale);
      return [...(model.predict(x) as tf.Tensor).dataSync<'float32'>()];
    });
    showAnswer(logits, performance.now() - start);
  };
  listSamples(look);
  takeDrawing(look);
  const [first] = samples;
  if (first !== undefined) look(bytesOf(first.pixels));
  document.body.dataset['state'] = 'ready';
}

function showAnswer(logits: readonly number[], milliseconds: number): void {
  const largest = Math.max(...logits);
  const exponentials = logits.map((logit) => Math.exp(logit - largest));
  const sum = exponentials.reduce((total, value) => total + value, 0);
  const answer = logits.indexOf(largest);
  const rows = exponentials.map((value, index) => {
    const row = document.createElement('li');
    row.textContent = `${index} ${((100 * value) / sum).toFixed(1)}%`;
    row.style.setProperty('--share', String(value / sum));
    if (index === answer) row.classList.add('chosen');
    return row;
  });
  element('classes', HTMLElement).replaceChildren(...rows);
  element('answer', HTMLElement).textContent = String(answer);
  element('time', HTMLElement).textContent = `${milliseconds.toFixed(1)} ms in this browser, in plain JavaScript`;
  document.body.dataset['logits'] = JSON.stringify(logits);
}

function listSamples(look: (pixels: Uint8Array) => void): void {
  const buttons = samples.map(({ label, pixels }) => {
    const button = document.createElement('button');
    const picture = document.createElement('canvas');
    showImage(picture, bytesOf(pixels));
    button.title = `a sample of class ${label}`;
    button.append(picture);
    button.addEventListener('click', () => {
      look(bytesOf(pixels));
    });
    return button;
  });
  element('samples', HTMLElement).replaceChildren(...buttons);
}

function takeDrawing(look: (pixels: Uint8Array) => void): void {
  const pen = paper.getContext('2d', { willReadFrequently: true });
  if (pen === null) return;
  const clear = (): void => {
    pen.fillStyle = 'black';
    pen.fillRect(0, 0, paper.width, paper.height);
  };
  clear();
  Object.assign(pen, { strokeStyle: 'white', lineWidth: paper.width / 14, lineCap: 'round', lineJoin: 'round' });
  const at = (event: PointerEvent): [number, number] => {
    const box = paper.getBoundingClientRect();
    return [
      ((event.clientX - box.left) * paper.width) / box.width,
      ((event.clientY - box.top) * paper.height) / box.height,
    ];
  };
  paper.addEventListener('pointerdown', (event) => {
    paper.setPointerCapture(event.pointerId);
    pen.beginPath();
    pen.moveTo(...at(event));
  });
  paper.addEventListener('pointermove', (event) => {
    if (event.buttons === 0) return;
    pen.lineTo(...at(event));
    pen.stroke();
  });
  paper.addEventListener('pointerup', () => {
    const gray = drawnImage(paper, height, width);
    if (gray === undefined) return;
    look(Uint8Array.from({ length: gray.length * channels }, (_, index) => gray[Math.floor(index / channels)] ?? 0));
  });
  element('clear', HTMLElement).addEventListener('click', clear);
}

function showImage(canvas: HTMLCanvasElement, pixels: Uint8Array): void {
  Object.assign(canvas, { width, height });
  const image = new ImageData(width, height);
  for (let pixel = 0; pixel < height * width; pixel++) {
    for (let channel = 0; channel < 3; channel++) {
      image.data[4 * pixel + channel] = pixels[pixel * channels + Math.min(channel, channels - 1)] ?? 0;
    }
    image.data[4 * pixel + 3] = 255;
  }
  canvas.getContext('2d')?.putImageData(image, 0, 0);
}

function bytesOf(base64: string): Uint8Array {
  return Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
}

function element<Kind extends HTMLElement>(id: string, kind: new () => Kind): Kind {
  const found = document.getElementById(id);
  if (!(found instanceof kind)) throw new Error(`the page has no ${id}`);
  return found;
}

main().catch((error: unknown) => {
  document.body.dataset['state'] = 'failed';
  element('answer', HTMLElement).textContent = error instanceof Error ? error.message : String(error);
});
