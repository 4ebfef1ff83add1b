import type { Hono } from 'hono';
import type { EvaluationFiles, SplitImages } from '../../api/report/evaluation-files.ts';
import type { RunPages } from '../../api/report/run-pages.ts';
import { filterSamples, sampleAnswers, type Answers, type SampleFilter } from '../../report/page-data/answers.ts';
import type { ShownImage } from '../../report/page-data/shown-images.ts';
import type { SamplesAnswer } from '../protocol.ts';
import { wholeNumber } from '../query.ts';
import { refusalOf } from '../refusal.ts';

const mostSamples = 100;
const knownSplits = ['test', 'validation', 'train'];

/** Images, one by one, with what the models of an evaluation answer to them. */
export function addSamples(app: Hono, { pages }: { readonly pages: RunPages }): void {
  const keptEvaluations = new Map<string, KeptEvaluation>();
  app.get('/api/runs/:run/samples/:stage', async (context) => {
    const { run, stage } = context.req.param();
    const found = await pages.evaluation(run, stage);
    if (!found.ok) return context.json(refusalOf([found.error]), 404);
    const { answers, images } = await keptBy(keptEvaluations, found.value);
    const splits = [...answers.keys()];
    const asked = context.req.query('split') ?? splits[0] ?? '';
    const [own, pictures] = [answers.get(asked), images.get(asked)];
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

/** An evaluation as it was read: its files are known by their content, and who looks at images looks at many. */
interface KeptEvaluation {
  readonly answers: ReadonlyMap<string, Answers>;
  readonly images: ReadonlyMap<string, SplitImages>;
}

async function keptBy(kept: Map<string, KeptEvaluation>, files: EvaluationFiles): Promise<KeptEvaluation> {
  // Its images are those of its run's data set, which the key tells.
  const { key = '', artifact } = files.stage;
  const name = `${key} ${artifact?.digest ?? ''}`;
  const before = kept.get(name);
  if (before !== undefined) return before;
  const [answers, images] = [new Map<string, Answers>(), new Map<string, SplitImages>()];
  for (const split of knownSplits) {
    const [own, pictures] = [await files.answers(split), await files.images(split)];
    if (own !== undefined) answers.set(split, own);
    if (pictures !== undefined) images.set(split, pictures);
  }
  // What the store lacks now it may have again.
  if (answers.size === 0) return { answers, images };
  const [oldest] = kept.keys();
  if (kept.size >= mostKept && oldest !== undefined) kept.delete(oldest);
  kept.set(name, { answers, images });
  return { answers, images };
}

const mostKept = 4;

function filterOf({ label, wrong, differ }: Readonly<Record<string, string>>): SampleFilter {
  const [first, second] = (differ ?? '').split(',');
  return {
    ...(label === undefined ? {} : { label: wholeNumber(label, -1) }),
    ...(wrong === undefined ? {} : { wrong }),
    ...(first === undefined || second === undefined ? {} : { differ: [first, second] }),
  };
}
