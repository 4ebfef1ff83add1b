/** The page that runs an exported model in a browser: what scripts/generate.ts bundled, with the model and some samples beside it. */
import type { StageContext } from '../../core/stage-runner.ts';
import type { ExportedModel } from '../../distill/layers-model/export.ts';
import type { Samples } from '../../distill/samples.ts';
import type { ReadSplit } from '../artifacts/dataset.ts';
import { pageHtml, pageScript } from './generated/page.js';

interface PageContent {
  readonly exported: ExportedModel;
  /** Of one image. */
  readonly shape: readonly number[];
  readonly split: ReadSplit;
}

/** A page that is opened from a folder may not fetch what lies beside it: a script is what it may load. */
export async function writePage(
  context: Pick<StageContext, 'write'>,
  { exported, shape, split }: PageContent,
): Promise<void> {
  const { samples } = split;
  const content = {
    modelJson: exported.modelJson,
    weights: base64(Object.values(exported.shards)),
    shape,
    scale: samples.scale,
    samples: onePerClass(samples).map(({ label, pixels }) => ({ label, pixels: base64([pixels]) })),
  };
  const write = (path: string, text: string): Promise<void> => context.write(path, new TextEncoder().encode(text));
  await write('index.html', pageHtml);
  await write('page.js', pageScript);
  await write('page-model.js', `globalThis.exportedModel = ${JSON.stringify(content)};\n`);
}

const MOST_SAMPLES = 20;

/** The first image of each class. */
function onePerClass(samples: Samples): { readonly label: number; readonly pixels: Uint8Array }[] {
  const labels = [...samples.labels];
  const firsts = Array.from({ length: Math.min(samples.classes, MOST_SAMPLES) }, (_, label) => labels.indexOf(label));
  return firsts
    .filter((index) => index !== -1)
    .map((index) => ({ label: labels[index] ?? 0, pixels: pixelsAt(samples, index) }));
}

function pixelsAt({ pixels, shape }: Samples, index: number): Uint8Array {
  const size = shape.reduce((product, next) => product * next, 1);
  if (!('readRows' in pixels)) return Uint8Array.from(pixels.subarray(index * size, (index + 1) * size));
  const row = new Uint8Array(size);
  pixels.readRows(Int32Array.of(index), size, row);
  return row;
}

function base64(parts: readonly Uint8Array[]): string {
  return Buffer.concat(parts).toString('base64');
}
