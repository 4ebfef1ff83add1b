/** The options of load-data: written out, checked, and what of them determines the result. */
import { join } from 'node:path';
import { isJsonObject } from '../../base/json.ts';
import type { JsonObject, JsonValue } from '../../base/json.ts';
import type { ExternalFile, OptionProblem, StageCheck } from '../../core/stage-type.ts';
import { writeFacts } from '../artifacts/facts.ts';
import type { KnownFacts } from '../artifacts/facts.ts';
import { cifarFormats, cifarShape } from './cifar-format.ts';
import type { CifarFormat } from './cifar-format.ts';

export interface LoadDataOptions {
  readonly dataset: 'mnist-10k' | 'mnist' | 'idx' | 'csv' | keyof typeof cifarFormats;
  readonly split?: SplitCounts;
  readonly validationFrom: 'end' | 'stratified';
  readonly splitSeed: number;
  readonly folder?: string;
  readonly mirrors: readonly string[];
  readonly files?: IdxFiles;
  readonly csv?: CsvFiles;
  readonly classes?: number;
  readonly scale: 'unit' | 'raw';
}

/** What is absent is all that there is, but for validation: then there is none. */
export interface SplitCounts {
  readonly train?: number;
  readonly validation?: number;
  readonly test?: number;
}

export interface IdxFiles {
  readonly trainImages: string;
  readonly trainLabels: string;
  readonly testImages: string;
  readonly testLabels: string;
}

export interface CsvFiles {
  readonly train: string;
  readonly test: string;
  /** The column of the labels: its name in the first line, or its number from 0. */
  readonly label: string | number;
  /** Of one image: [height, width, channels]; a square of one channel where not told. */
  readonly shape?: readonly number[];
}

export const MNIST_10K_COUNT = 10_000;
const MNIST_TRAIN_COUNT = 60_000;
const MNIST_TEST_COUNT = 10_000;

export function parseLoadData(options: JsonObject): LoadDataOptions {
  return options as unknown as LoadDataOptions;
}

/** The counts of a split, where they are known without reading the data. */
export function normalizeLoadData(options: JsonObject): JsonObject {
  const { dataset, split } = parseLoadData(options);
  const whole = wholeSplit(dataset, split ?? {});
  const { csv } = options;
  return {
    ...options,
    ...(isJsonObject(csv) ? { csv: withChannels(csv) } : {}),
    ...(whole === undefined ? {} : { split: { ...whole, ...split } }),
  };
}

/** `shape: [28, 28]` is [28, 28, 1]. */
function withChannels(csv: JsonObject): JsonObject {
  const { shape } = csv;
  return Array.isArray(shape) && shape.length === 2 ? { ...csv, shape: [...(shape as readonly JsonValue[]), 1] } : csv;
}

/** Where to look cannot change what is found: the bytes of MNIST are known, and one's own files enter the key by content. */
export function loadDataKeyOptions(options: JsonObject): JsonObject {
  const dropped = new Set(['folder', 'mirrors', 'files']);
  const { dataset, split, validationFrom } = parseLoadData(options);
  const takesValidation = dataset !== 'mnist-10k' && (split?.validation ?? 0) > 0;
  if (!takesValidation) dropped.add('validationFrom');
  if (dataset !== 'mnist-10k' && !(takesValidation && validationFrom === 'stratified')) dropped.add('splitSeed');
  const { csv } = options;
  const { train: _train, test: _test, ...meaning } = isJsonObject(csv) ? csv : {};
  return {
    ...Object.fromEntries(Object.entries(options).filter(([name]) => !dropped.has(name))),
    ...(csv === undefined ? {} : { csv: meaning }),
  };
}

export function loadDataFiles(options: JsonObject): readonly ExternalFile[] {
  const { dataset, files, csv, folder } = parseLoadData(options);
  if (isCifar(dataset)) {
    if (folder === undefined) return [];
    const { trainFiles, testFile }: CifarFormat = cifarFormats[dataset];
    return [...trainFiles, testFile].map((name) => ({ name, path: join(folder, name), pointer: '/with/folder' }));
  }
  const named = (paths: Readonly<Record<string, string>>, pointer: string): ExternalFile[] =>
    Object.entries(paths).map(([name, path]) => ({ name, path, pointer: `${pointer}/${name}` }));
  return [
    ...named({ ...files }, '/with/files'),
    ...(csv === undefined ? [] : named({ train: csv.train, test: csv.test }, '/with/csv')),
  ];
}

function isCifar(dataset: LoadDataOptions['dataset']): dataset is keyof typeof cifarFormats {
  return Object.hasOwn(cifarFormats, dataset);
}

export function checkLoadData(options: JsonObject): StageCheck {
  const parsed = parseLoadData(options);
  const problems = [...foreignOptions(parsed), ...splitProblems(parsed)];
  return problems.length > 0 ? { problems } : { problems, facts: writeFacts(knownFacts(parsed)) };
}

function wholeSplit(dataset: LoadDataOptions['dataset'], split: SplitCounts): SplitCounts | undefined {
  switch (dataset) {
    case 'mnist-10k':
      return Object.keys(split).length > 0 ? undefined : { train: 7000, validation: 1000, test: 2000 };
    case 'mnist': {
      const validation = split.validation ?? 0;
      const train = MNIST_TRAIN_COUNT - validation;
      return { ...(train > 0 ? { train } : {}), validation, test: MNIST_TEST_COUNT };
    }
    case 'idx':
    case 'csv':
    case 'cifar-10':
    case 'cifar-100':
    case 'cifar-100-coarse':
      return { validation: 0 };
  }
}

/** Which data sets have an option. Those with a default cannot be told from it, and do no harm. */
const owners = {
  folder: ['mnist', 'cifar-10', 'cifar-100', 'cifar-100-coarse'],
  files: ['idx'],
  csv: ['csv'],
  classes: ['idx', 'csv'],
} satisfies Partial<Record<keyof LoadDataOptions, readonly LoadDataOptions['dataset'][]>>;

/** What a data set cannot be read without, and how it is written. */
const needed: Partial<Record<LoadDataOptions['dataset'], readonly [keyof typeof owners, string, string]>> = {
  idx: [
    'files',
    'the paths of your images and labels',
    'add `files: { trainImages: …, trainLabels: …, testImages: …, testLabels: … }`',
  ],
  csv: ['csv', 'the paths of your tables', 'add `csv: { train: train.csv, test: test.csv, label: 0 }`'],
  'cifar-10': ['folder', 'where its binary files lie', 'add `folder: cifar-10-batches-bin`'],
  'cifar-100': ['folder', 'where its binary files lie', 'add `folder: cifar-100-binary`'],
  'cifar-100-coarse': ['folder', 'where its binary files lie', 'add `folder: cifar-100-binary`'],
};

function foreignOptions(options: LoadDataOptions): OptionProblem[] {
  const { dataset } = options;
  const problems: OptionProblem[] = [];
  for (const [name, of] of Object.entries(owners) as [keyof typeof owners, readonly string[]][]) {
    if (options[name] === undefined || of.includes(dataset)) continue;
    problems.push({
      code: 'bad-option',
      message: `\`${name}\` is for the data set${of.length > 1 ? 's' : ''} ${of.join(', ')}, not for ${dataset}`,
      hint: `leave \`${name}\` out, or write \`dataset: ${of[0] ?? ''}\``,
      pointer: `/with/${name}`,
      part: 'key',
    });
  }
  const [name, what, hint] = needed[dataset] ?? [];
  if (name === undefined || what === undefined || hint === undefined || options[name] !== undefined) return problems;
  const message = `the data set ${dataset} needs \`${name}\`, ${what}`;
  return [...problems, { code: 'missing-key', message, hint, pointer: '/with/dataset' }];
}

function splitProblems({ dataset, split = {} }: LoadDataOptions): OptionProblem[] {
  const { train, validation = 0, test } = split;
  const problem = (message: string, hint: string, name?: keyof SplitCounts): OptionProblem => ({
    code: 'bad-option',
    message,
    hint,
    pointer: name === undefined ? '/with/split' : `/with/split/${name}`,
  });
  if (dataset === 'mnist-10k') {
    const missing = (['train', 'validation', 'test'] as const).filter((name) => split[name] === undefined);
    if (missing.length > 0) {
      const hint = 'for example `split: { train: 7000, validation: 1000, test: 2000 }`';
      return [problem(`mnist-10k has no parts of its own, and \`split\` lacks ${missing.join(' and ')}`, hint)];
    }
    const sum = (train ?? 0) + validation + (test ?? 0);
    if (sum <= MNIST_10K_COUNT) return [];
    return [problem(`the split asks for ${sum} images, and mnist-10k has ${MNIST_10K_COUNT}`, 'ask for fewer')];
  }
  // How many images there are is known when the files are read.
  if (dataset !== 'mnist') return [];
  const problems: OptionProblem[] = [];
  if ((train ?? 1) + validation > MNIST_TRAIN_COUNT) {
    const message = `train and validation ask for ${(train ?? 1) + validation} images, and mnist has ${MNIST_TRAIN_COUNT} to train on`;
    problems.push(problem(message, 'validation images are taken from the training images'));
  }
  if ((test ?? 0) > MNIST_TEST_COUNT) {
    problems.push(problem(`mnist has ${MNIST_TEST_COUNT} test images, not ${test ?? 0}`, 'ask for fewer', 'test'));
  }
  return problems;
}

function knownFacts({ dataset, split, classes, csv }: LoadDataOptions): KnownFacts {
  if (dataset === 'mnist' || dataset === 'mnist-10k') {
    return { inputShape: [28, 28, 1], classes: 10, ...(split === undefined ? {} : { counts: split }) };
  }
  if (isCifar(dataset)) return { inputShape: cifarShape, classes: cifarFormats[dataset].classes };
  return {
    ...(csv?.shape === undefined ? {} : { inputShape: csv.shape }),
    ...(classes === undefined ? {} : { classes }),
  };
}
