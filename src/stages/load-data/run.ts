import type { StageContext, StageRunner } from '../../core/stage-runner.ts';
import { StageFailure } from '../../core/stage-runner.ts';
import { selectImages, writeDataset } from '../artifacts/dataset.ts';
import type { Dataset } from '../artifacts/dataset.ts';
import { checkWithInputs } from '../stage-input.ts';
import { loadCifar } from './cifar.ts';
import { loadCsv } from './csv.ts';
import { loadIdx } from './idx.ts';
import { loadMnist10k } from './mnist-10k.ts';
import { loadMnist } from './mnist.ts';
import { checkLoadData, parseLoadData } from './options.ts';
import type { LoadDataOptions } from './options.ts';
import type { SourceImages } from './source-images.ts';
import { drawStratified, indices } from './split.ts';

export const run: StageRunner = async (context) => {
  checkWithInputs(context, checkLoadData);
  const options = parseLoadData(context.options);
  const dataset = await load(context, options);
  context.signal.throwIfAborted();
  await writeDataset(context, dataset);
  const { shape, classes, splits } = dataset;
  const counts = {
    train: splits.train.labels.length,
    validation: splits.validation.labels.length,
    test: splits.test.labels.length,
  };
  return { metrics: { images: counts, classes }, facts: { inputShape: shape, classes, counts } };
};

async function load(context: StageContext, options: LoadDataOptions): Promise<Dataset> {
  switch (options.dataset) {
    case 'mnist-10k':
      return splitMnist10k(options);
    case 'mnist':
      return splitSource(await loadMnist(context, options), options);
    case 'idx':
      return splitSource(await loadIdx(context, options), options);
    case 'csv':
      return splitSource(await loadCsv(context, options), options);
    case 'cifar-10':
    case 'cifar-100':
    case 'cifar-100-coarse': {
      const { dataset, folder = '' } = options;
      return splitSource(await loadCifar(context, dataset, folder), options);
    }
  }
}

/** All three parts are drawn, test first: more images to train on leave the other parts as they are. */
async function splitMnist10k({ split = {}, splitSeed: seed, scale }: LoadDataOptions): Promise<Dataset> {
  const all = await loadMnist10k();
  const { labels, shape } = all;
  const from = indices(0, labels.length);
  const test = drawStratified({ labels, from, count: split.test ?? 0, seed, purpose: 'test' });
  const validation = drawStratified({
    ...{ labels, from: test.rest, count: split.validation ?? 0 },
    ...{ seed, purpose: 'validation' },
  });
  const train = drawStratified({
    ...{ labels, from: validation.rest, count: split.train ?? 0 },
    ...{ seed, purpose: 'train' },
  });
  const splits = {
    train: selectImages(all, train.drawn),
    validation: selectImages(all, validation.drawn),
    test: selectImages(all, test.drawn),
  };
  return { shape, classes: 10, scale, splits };
}

/** Validation images come from the training images; train and test are the first ones of what there is. */
function splitSource({ train, test, classes }: SourceImages, options: LoadDataOptions): Dataset {
  const { split = {}, scale } = options;
  const { validation, rest } = takeValidation(train.labels, options);
  const trainCount = split.train ?? rest.length;
  const testCount = split.test ?? test.labels.length;
  if (trainCount > rest.length || trainCount === 0) {
    throw tooMany('train', `there are ${rest.length} training images beside ${validation.length} for validation`);
  }
  if (testCount > test.labels.length) throw tooMany('test', `there are ${test.labels.length} test images`);
  const splits = {
    train: selectImages(train, rest.subarray(0, trainCount)),
    validation: selectImages(train, validation),
    test: selectImages(test, indices(0, testCount)),
  };
  return { shape: train.shape, classes, scale, splits };
}

function takeValidation(
  labels: Uint8Array,
  { split, splitSeed: seed, validationFrom }: LoadDataOptions,
): { readonly validation: Int32Array; readonly rest: Int32Array } {
  const count = split?.validation ?? 0;
  if (count > labels.length)
    throw tooMany('validation', `there are ${labels.length} training images to take them from`);
  switch (validationFrom) {
    case 'end': {
      const end = labels.length - count;
      return { validation: indices(end, labels.length), rest: indices(0, end) };
    }
    case 'stratified': {
      const from = indices(0, labels.length);
      const { drawn, rest } = drawStratified({ labels, from, count, seed, purpose: 'validation' });
      return { validation: drawn, rest };
    }
  }
}

function tooMany(part: 'train' | 'validation' | 'test', message: string): StageFailure {
  return new StageFailure('bad-option', `the split asks for too much: ${message}`, {
    hint: 'ask for fewer',
    pointer: `/with/split/${part}`,
  });
}
