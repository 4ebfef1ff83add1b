/** The options of load-data: written out, checked, and what of them determines the result. */
import type { JsonObject } from '../../base/json.ts';
import type { ExternalFile, OptionProblem, StageCheck } from '../../core/stage-type.ts';
import { writeFacts } from '../artifacts/facts.ts';
import type { KnownFacts } from '../artifacts/facts.ts';

export interface LoadDataOptions {
  readonly dataset: 'mnist-10k' | 'mnist' | 'idx';
  readonly split?: SplitCounts;
  readonly validationFrom: 'end' | 'stratified';
  readonly splitSeed: number;
  readonly folder?: string;
  readonly mirrors: readonly string[];
  readonly files?: IdxFiles;
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
  return whole === undefined ? options : { ...options, split: { ...whole, ...split } };
}

/** Where to look cannot change what is found: the bytes of MNIST are known, and one's own files enter the key by content. */
export function loadDataKeyOptions(options: JsonObject): JsonObject {
  const dropped = new Set(['folder', 'mirrors', 'files']);
  const { dataset, split, validationFrom } = parseLoadData(options);
  const takesValidation = dataset !== 'mnist-10k' && (split?.validation ?? 0) > 0;
  if (!takesValidation) dropped.add('validationFrom');
  if (dataset !== 'mnist-10k' && !(takesValidation && validationFrom === 'stratified')) dropped.add('splitSeed');
  return Object.fromEntries(Object.entries(options).filter(([name]) => !dropped.has(name)));
}

export function loadDataFiles(options: JsonObject): readonly ExternalFile[] {
  const { files } = parseLoadData(options);
  return Object.entries(files ?? {}).map(([name, path]: [string, string]) => ({
    name,
    path,
    pointer: `/with/files/${name}`,
  }));
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
      return { validation: 0 };
  }
}

/** Options that another data set has. Those with a default cannot be told from it, and do no harm. */
function foreignOptions({ dataset, folder, files, classes }: LoadDataOptions): OptionProblem[] {
  const problems: OptionProblem[] = [];
  const foreign = (name: string, owner: string): void => {
    problems.push({
      code: 'bad-option',
      message: `\`${name}\` is for the data set ${owner}, not for ${dataset}`,
      hint: `leave \`${name}\` out, or write \`dataset: ${owner}\``,
      pointer: `/with/${name}`,
      part: 'key',
    });
  };
  if (dataset !== 'mnist' && folder !== undefined) foreign('folder', 'mnist');
  if (dataset !== 'idx' && files !== undefined) foreign('files', 'idx');
  if (dataset !== 'idx' && classes !== undefined) foreign('classes', 'idx');
  if (dataset === 'idx' && files === undefined) {
    problems.push({
      code: 'missing-key',
      message: 'the data set idx needs `files`, the paths of your images and labels',
      hint: 'add `files: { trainImages: …, trainLabels: …, testImages: …, testLabels: … }`',
      pointer: '/with/dataset',
    });
  }
  return problems;
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
  if (dataset === 'idx') return [];
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

function knownFacts({ dataset, split, classes }: LoadDataOptions): KnownFacts {
  if (dataset === 'idx') return classes === undefined ? {} : { classes };
  return { inputShape: [28, 28, 1], classes: 10, ...(split === undefined ? {} : { counts: split }) };
}
