import type { Hono } from 'hono';
import type { RunPages } from '../../api/report/run-pages.ts';
import { filterSamples, sampleAnswers, type SampleFilter } from '../../report/page-data/answers.ts';
import type { ShownImage } from '../../report/page-data/shown-images.ts';
import type { SamplesAnswer } from '../protocol.ts';
import { wholeNumber } from '../query.ts';
import { refusalOf } from '../refusal.ts';

const mostSamples = 100;
const knownSplits = ['test', 'validation', 'train'];

/** Images, one by one, with what the models of an evaluation answer to them. */
export function addSamples(app: Hono, { pages }: { readonly pages: RunPages }): void {
  app.get('/api/runs/:run/samples/:stage', async (context) => {
    const { run, stage } = context.req.param();
    const found = await pages.evaluation(run, stage);
    if (!found.ok) return context.json(refusalOf([found.error]), 404);
    const files = found.value;
    const splits: string[] = [];
    for (const split of knownSplits) if ((await files.answers(split)) !== undefined) splits.push(split);
    const asked = context.req.query('split') ?? splits[0] ?? '';
    const [own, pictures] = [await files.answers(asked), await files.images(asked)];
    if (own === undefined || pictures === undefined) {
      const message = `the store has no answers of ${stage} on ${asked === '' ? 'any images' : asked}`;
      return context.json({ message, hint: 'run the pipeline again: what is not there is made' }, 404);
    }
    const indices = filterSamples(own, filterOf(context.req.query()));
    const offset = wholeNumber(context.req.query('offset'), 0);
    const limit = wholeNumber(context.req.query('limit'), 30, mostSamples);
    const samples: ShownImage[] = [];
    for (const index of indices.slice(offset, offset + limit)) {
      const pixels = await pictures.pixels(index);
      if (pixels === undefined) continue;
      samples.push({ ...sampleAnswers(own, index), pixels: Buffer.from(pixels).toString('base64') });
    }
    const models = [...own.logits.keys()];
    return context.json<SamplesAnswer>({ total: indices.length, shape: pictures.shape, models, splits, samples });
  });
}

function filterOf({ label, wrong, differ }: Readonly<Record<string, string>>): SampleFilter {
  const [first, second] = (differ ?? '').split(',');
  return {
    ...(label === undefined ? {} : { label: wholeNumber(label, -1) }),
    ...(wrong === undefined ? {} : { wrong }),
    ...(first === undefined || second === undefined ? {} : { differ: [first, second] }),
  };
}
