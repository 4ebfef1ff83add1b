import { isJsonObject } from '../../base/json.ts';
import type { StageRun } from '../../records/run-record.ts';
import type { Answers, SampleAnswers } from '../../report/page-data/answers.ts';
import type { ResultOf } from '../../report/page-data/curves.ts';
import type { PageEvaluation } from '../../report/page-data/evaluation.ts';
import { chooseImages, type ShownImage, type ShownImages } from '../../report/page-data/shown-images.ts';
import type { EvaluationFiles, SplitImages } from './evaluation-files.ts';

export interface Evaluated {
  readonly evaluations: readonly PageEvaluation[];
  /** Of each of them. */
  readonly opened: readonly { readonly files: EvaluationFiles; readonly answers: ReadonlyMap<string, Answers> }[];
  readonly stages: readonly StageRun[];
  readonly resultOf: ResultOf;
}

const most = { telling: 20, differing: 40 };

/** Of the student that is best on validation, where there are several. */
export async function shownImages({
  evaluations,
  opened,
  stages,
  resultOf,
}: Evaluated): Promise<ShownImages | undefined> {
  const best = bestStudent(evaluations);
  const chosen = best === undefined ? undefined : opened[best.index];
  const split = chosen === undefined ? undefined : [...chosen.answers.keys()][0];
  if (best === undefined || chosen === undefined || split === undefined) return undefined;
  const { files, answers } = chosen;
  const [own, images] = [answers.get(split), await files.images(split)];
  if (own === undefined || images === undefined) return undefined;
  const digest = resultOf(files.stage)?.preimage.inputs[best.student];
  const training = stages.find(({ artifact }) => artifact?.digest === digest);
  const temperature = training === undefined ? undefined : temperatureOf(training, resultOf);
  const { shape } = images;
  const { teacher, student } = best;
  const told = chooseImages({
    ...{ stage: files.stage.id, split, shape, answers: own, teacher, student, most },
    ...(temperature === undefined ? {} : { temperature }),
  });
  return {
    ...told,
    telling: await withPixels(told.telling, images),
    differing: await withPixels(told.differing, images),
  };
}

interface Pair {
  readonly index: number;
  readonly teacher: string;
  readonly student: string;
}

function bestStudent(evaluations: readonly PageEvaluation[]): Pair | undefined {
  const pairs = evaluations.flatMap(({ models }, index) => {
    const teacher = models.find(({ role }) => role === 'teacher');
    if (teacher === undefined) return [];
    return models
      .filter(({ role }) => role === 'student')
      .map(({ name, splits }) => ({
        ...{ index, teacher: teacher.name, student: name },
        accuracy: splits['validation']?.figures['accuracy'] ?? -1,
      }));
  });
  return pairs.sort((a, b) => b.accuracy - a.accuracy)[0];
}

/** Where it is one number, and no schedule. */
function temperatureOf(training: StageRun, resultOf: ResultOf): number | undefined {
  const distillation = resultOf(training)?.preimage.options['distillation'];
  const temperature = isJsonObject(distillation) ? distillation['temperature'] : undefined;
  return typeof temperature === 'number' ? temperature : undefined;
}

async function withPixels(samples: readonly SampleAnswers[], images: SplitImages): Promise<readonly ShownImage[]> {
  const shown: ShownImage[] = [];
  for (const sample of samples) {
    const pixels = await images.pixels(sample.index);
    if (pixels !== undefined) shown.push({ ...sample, pixels: Buffer.from(pixels).toString('base64') });
  }
  return shown;
}
