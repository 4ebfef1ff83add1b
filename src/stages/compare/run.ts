import { StageFailure } from '../../core/stage-runner.ts';
import type { StageContext, StageRunner } from '../../core/stage-runner.ts';
import { predictedClasses } from '../../distill/evaluate.ts';
import { predictLogits } from '../../distill/predict.ts';
import { startPace } from '../../distill/training/pace.ts';
import { writeComparison } from '../artifacts/comparison.ts';
import { readDataset } from '../artifacts/dataset.ts';
import type { ReadDataset, ReadSplit } from '../artifacts/dataset.ts';
import { splitNames } from '../artifacts/facts.ts';
import type { SplitName } from '../artifacts/facts.ts';
import { readModel } from '../artifacts/model.ts';
import { readTraining } from '../artifacts/training.ts';
import { predictionProgress } from '../prediction-progress.ts';
import { checkWithInputs, inputOf } from '../stage-input.ts';
import { compareGroups } from './comparison.ts';
import { contenders, groupsOf, isOfSeveral } from './groups.ts';
import { chosenOn } from './measured.ts';
import type { MeasuredGroup, MeasuredModel } from './measured.ts';
import { checkCompare, parseCompare } from './options.ts';

export const run: StageRunner = async (context) => {
  checkWithInputs(context, checkCompare);
  const { against, splits: wanted, test, ...chance } = parseCompare(context.options);
  const splits = await splitsOf(await readDataset(inputOf(context, 'data')), wanted);
  const groups = await openGroups(context);
  const others = contenders(groups, against);
  const isChoosing = test === 'chosen' && splits.has('test') && isOfSeveral(others);
  if (isChoosing && !splits.has('validation')) throw nothingToChooseOn();
  let chosen: readonly MeasuredGroup[] = others;
  for (const [name, split] of splits) {
    if (name === 'test' && isChoosing) chosen = chosenOn(others, 'validation');
    for (const { models } of groups.filter((group) => chosen.includes(group) || !others.includes(group))) {
      for (const model of models) model.right.set(name, await rightAnswers(context, { model, name, split }));
    }
  }
  const pace = startPace(context.signal);
  const { artifact, metrics } = await compareGroups(groups, {
    ...{ against, splits: [...splits.keys()], chance: { ...chance, pace } },
    ...(isChoosing ? { chosen } : {}),
  });
  await writeComparison(context, artifact);
  return { metrics };
};

/** In an order in which test comes last: by then it is known which models' answers are looked at. */
async function splitsOf(
  dataset: ReadDataset,
  wanted: readonly SplitName[],
): Promise<ReadonlyMap<SplitName, ReadSplit>> {
  const splits = new Map<SplitName, ReadSplit>();
  for (const name of splitNames) {
    const split = wanted.includes(name) ? await dataset.split(name) : undefined;
    if (split !== undefined) splits.set(name, split);
  }
  if (splits.size > 0) return splits;
  throw new StageFailure('bad-option', `the data set has no ${wanted.join(' and no ')} images`, {
    pointer: '/with/splits',
  });
}

function nothingToChooseOn(): StageFailure {
  const message = 'the variant that is looked at on test is chosen on validation, and the data set has no such images';
  return new StageFailure('bad-option', message, {
    hint: 'give load-data a `split` with `validation`, or write `test: all` to look at every variant',
    pointer: '/with/test',
  });
}

async function openGroups(context: StageContext): Promise<readonly MeasuredGroup[]> {
  const groups: MeasuredGroup[] = [];
  for (const group of groupsOf(Object.keys(context.inputs).filter((slot) => slot !== 'data'))) {
    const models: MeasuredModel[] = [];
    for (const member of group.members) {
      const training = await readTraining(inputOf(context, member.input));
      models.push({ ...member, ...(training === undefined ? {} : { training }), right: new Map() });
    }
    groups.push({ ...group, models });
  }
  return groups;
}

interface Question {
  readonly model: MeasuredModel;
  readonly name: SplitName;
  readonly split: ReadSplit;
}

async function rightAnswers(context: StageContext, { model: { input }, name, split }: Question): Promise<Uint8Array> {
  const { batchSize } = parseCompare(context.options);
  const { model } = await readModel(inputOf(context, input));
  try {
    const { samples } = split;
    const onProgress = predictionProgress(context, `${input} on ${name}`);
    const logits = await predictLogits(model, samples, { signal: context.signal, batchSize, onProgress });
    return Uint8Array.from(predictedClasses(logits, samples.classes), (predicted, image) =>
      predicted === samples.labels[image] ? 1 : 0,
    );
  } finally {
    model.dispose();
  }
}
