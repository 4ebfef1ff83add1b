import { beforeAll, describe, expect, test } from '@jest/globals';
import { join } from 'node:path';
import type { JsonObject } from '../../src/base/json.ts';
import { temporaryFolder } from '../base/temporary-folder.ts';
import { checked, complete, describeOf, failureOf, runStage, sameFiles, stageType } from './rig.ts';
import type { StageResult } from './rig.ts';
import { tinyDataset, tinyStudent, tinyTeacher, writeTinyFiles, tinyOptions } from './tiny-data.ts';

const data = { inputShape: [6, 6, 1], classes: 3, counts: { train: 80, validation: 40, test: 60 } };
const softLabels = { classes: 3, counts: { train: 80, validation: 40 } };
const distilled = { ...tinyStudent, distillation: { method: 'hinton' } };

test('what is asked for is told by epochs, and by how many students learn side by side', async () => {
  const effort = async (more: JsonObject) =>
    stageType('train-student').effort?.(await complete('train-student', { ...tinyStudent, epochs: 3, ...more }));
  expect(await effort({})).toBe(3);
  expect(await effort({ epochs: 6 })).toBe(6);
  expect(await effort({ distillation: { method: 'mutual', peers: 2 } })).toBe(9);
});

describe('options written out', () => {
  test('shorthands and their long forms are one', async () => {
    const short = await complete('train-student', { model: ['flatten', { dense: 3 }], optimizer: 'adam' });
    const long = await complete('train-student', {
      model: [{ flatten: {} }, { dense: { units: 3, activation: 'linear', useBias: true } }],
      optimizer: { adam: { learningRate: 0.001, beta1: 0.9, beta2: 0.999, epsilon: 1e-7 } },
      batchSize: 64,
      epochs: 5,
      restoreBest: false,
    });
    expect(short).toEqual(long);
    expect(await complete('train-student', { model: ['flatten', { dense: 3 }] })).toEqual(short);
  });

  test('an augmentation that moves nothing is none', async () => {
    const still = await complete('train-student', { ...tinyStudent, augmentation: { jitter: 0, crop: 0 } });
    expect(still).toEqual(await complete('train-student', tinyStudent));
    expect((await complete('train-teacher', { ...tinyTeacher, augmentation: { crop: 1 } }))['augmentation']).toEqual({
      crop: { padding: 1, fill: 'zero' },
    });
  });

  test('what is not given has the defaults of the literature', async () => {
    const { distillation } = await complete('train-student', distilled);
    expect(distillation).toEqual({ method: 'hinton', temperature: 4, alpha: 0.9, warmupEpochs: 0 });
    const blog = await complete('train-student', { ...tinyStudent, distillation: { method: 'softTargets' } });
    expect(blog['distillation']).toEqual({ method: 'softTargets', temperature: 1 });
  });

  test('the labels alone are no distillation, however they are written', async () => {
    const distillation = { method: 'hardLabels' };
    const plain = await complete('train-student', tinyStudent);
    expect(await complete('train-student', { ...tinyStudent, distillation })).toEqual(plain);
    const features = [{ method: 'pkt', student: 'dense', teacher: 'dense' }];
    expect(await complete('train-student', { ...tinyStudent, distillation: { ...distillation, features } })).toEqual({
      ...plain,
      distillation: { ...distillation, features: [{ ...features[0], weight: 30_000 }], hintEpochs: 0 },
    });
  });

  test('epochs extend, unless the learning rate reads how many there are', async () => {
    const resumable = async (more: JsonObject): Promise<JsonObject | undefined> =>
      stageType('train-teacher').resumableOptions?.(await complete('train-teacher', { ...tinyTeacher, ...more }));
    expect(await resumable({ epochs: 5 })).toEqual(await resumable({ epochs: 10 }));
    expect(await resumable({})).toHaveProperty('batchSize', 16);
    const cosine = (more: JsonObject): JsonObject => ({
      optimizer: { sgd: { learningRate: { cosineDecay: { initialLearningRate: 0.1, ...more } } } },
    });
    expect(await resumable(cosine({}))).toBeUndefined();
    expect(await resumable(cosine({ decaySteps: 100 }))).toBeDefined();
  });
});

describe('problems that planning tells', () => {
  const student = { data, softLabels };
  test.each<[string, JsonObject, Readonly<Record<string, JsonObject>>, string, RegExp]>([
    ['an image for dense', { model: [{ dense: 3 }] }, { data }, '/with/model/0/dense', /dense needs/],
    ['classes that differ', { model: ['flatten', { dense: 10 }] }, { data }, '/with/model/1/dense', /3 classes.*10/],
    [
      'a softmax at the end',
      { model: ['flatten', { dense: { units: 3, activation: 'softmax' } }] },
      { data },
      '/with/model/1/dense',
      /softmax/,
    ],
    [
      'distillation without soft labels',
      distilled,
      { data },
      '/with/distillation',
      /no stage fills the slot softLabels/,
    ],
    ['soft labels without distillation', tinyStudent, student, '/needs/softLabels', /no `distillation`/],
    [
      'alpha for soft targets',
      { ...tinyStudent, distillation: { method: 'softTargets', alpha: 0.5 } },
      student,
      '/with/distillation/alpha',
      /softTargets has no `alpha`/,
    ],
    [
      'more than the whole for the teacher',
      { ...tinyStudent, distillation: { method: 'hinton', alpha: 1.5 } },
      student,
      '/with/distillation/alpha',
      /a number from 0 to 1, found the number 1.5/,
    ],
    [
      'a temperature that reaches 0',
      { ...tinyStudent, distillation: { method: 'hinton', temperature: { linear: { from: 4, to: 0 } } } },
      student,
      '/with/distillation/temperature',
      /numbers above 0, found the number 0/,
    ],
    [
      'a share that goes beyond 1',
      { ...tinyStudent, distillation: { method: 'hinton', alpha: { cosine: { from: 0, to: 2 } } } },
      student,
      '/with/distillation/alpha',
      /numbers from 0 to 1, found the number 2/,
    ],
    [
      'pieces of a loss without a value',
      {
        ...tinyStudent,
        distillation: { method: 'dkd', beta: { piecewiseConstant: { boundaries: [5], values: [1, 2, 3] } } },
      },
      student,
      '/with/distillation/beta/piecewiseConstant/values',
      /1 boundaries make 2 pieces, and there are 3 values/,
    ],
    [
      'soft labels for a control without a teacher',
      { ...tinyStudent, distillation: { method: 'labelSmoothing' } },
      student,
      '/needs/softLabels',
      /labelSmoothing learns without a teacher/,
    ],
    [
      'soft labels, and images that are moved away from them',
      { ...distilled, augmentation: { jitter: 1 } },
      student,
      '/with/augmentation',
      /soft labels are for the images as they are/,
    ],
    [
      'images that are moved too far',
      { ...tinyStudent, augmentation: { crop: 6 } },
      { data },
      '/with/augmentation/crop',
      /out of its own frame/,
    ],
    [
      'soft labels of other images',
      distilled,
      { data, softLabels: { classes: 3, counts: { train: 79 } } },
      '/needs/softLabels',
      /for 79 training images, and the data set has 80/,
    ],
    [
      'soft labels of other classes',
      distilled,
      { data, softLabels: { ...softLabels, classes: 10 } },
      '/needs/softLabels',
      /for 10 classes/,
    ],
    [
      'soft labels without training images',
      distilled,
      { data, softLabels: { classes: 3, counts: { validation: 40 } } },
      '/needs/softLabels',
      /not of the training images/,
    ],
    [
      'early stopping without validation images',
      { ...tinyStudent, earlyStopping: {} },
      { data: { ...data, counts: { ...data.counts, validation: 0 } } },
      '/with/earlyStopping',
      /no validation images/,
    ],
    [
      'a warm-up without a length',
      { ...tinyStudent, optimizer: { sgd: { learningRate: { linearWarmup: { then: 0.1 } } } } },
      { data },
      '/with/optimizer/sgd/learningRate/linearWarmup',
      /neither is given/,
    ],
    [
      'pieces without a value',
      {
        ...tinyStudent,
        optimizer: { adam: { learningRate: { piecewiseConstantDecay: { boundaries: [5], values: [1, 2, 3] } } } },
      },
      { data },
      '/with/optimizer/adam/learningRate/piecewiseConstantDecay/values',
      /1 boundaries make 2 pieces, and there are 3 values/,
    ],
  ])('%s', async (_, written, inputs, pointer, message) => {
    const { problems } = await checked('train-student', written, inputs);
    expect(problems.map((problem) => problem.pointer)).toEqual([pointer]);
    expect(problems[0]?.message).toMatch(message);
  });

  test('none where a slot is filled, and nothing is known of what fills it', async () => {
    expect((await checked('train-student', distilled, { data: undefined, softLabels: undefined })).problems).toEqual(
      [],
    );
  });

  test.each([{ method: 'dkd', alpha: 2 }, { method: 'logitStandardization' }])('none with %j', async (distillation) => {
    expect((await checked('train-student', { ...tinyStudent, distillation }, student)).problems).toEqual([]);
  });

  test.each(['labelSmoothing', 'teacherFree', 'mutual'])('none with %s, which needs no teacher', async (method) => {
    const distillation = { method };
    expect((await checked('train-student', { ...tinyStudent, distillation }, { data })).problems).toEqual([]);
  });

  test('more epochs go on from a cached state, unless a schedule of the loss reads their number', () => {
    const resumable = (distillation: JsonObject) =>
      stageType('train-student').resumableOptions?.({
        ...tinyStudent,
        optimizer: { adam: { learningRate: 1 } },
        distillation,
      });
    expect(resumable({ method: 'hinton', temperature: { linear: { from: 4, to: 1, epochs: 2 } } })).toBeDefined();
    expect(resumable({ method: 'hinton', temperature: { linear: { from: 4, to: 1 } } })).toBeUndefined();
  });

  test('a model is known by its shapes and its size', async () => {
    expect((await checked('train-student', tinyStudent, { data })).facts).toEqual({
      inputShape: [6, 6, 1],
      classes: 3,
      parameters: 36 * 8 + 8 + 8 * 3 + 3,
      layers: { flatten: [36], dense: [8], dense_1: [3] },
    });
  });
});

describe('a training', () => {
  let dataset: StageResult;
  let teacher: StageResult;
  let labels: StageResult;
  beforeAll(async () => {
    dataset = await tinyDataset(temporaryFolder());
    teacher = await runStage({ type: 'train-teacher', with: tinyTeacher, inputs: { data: dataset.artifact } });
    labels = await runStage({
      type: 'predict-soft-labels',
      inputs: { data: dataset.artifact, teacher: teacher.artifact },
    });
  });

  const train = (more: JsonObject = {}, checkpointFolder?: string): Promise<StageResult> =>
    runStage({
      type: 'train-student',
      with: { ...tinyStudent, ...more },
      inputs: { data: dataset.artifact },
      ...(checkpointFolder === undefined ? {} : { checkpointFolder }),
    });

  test('tells of each epoch, and its metrics are those of the epoch that it chose', async () => {
    const { metrics, events, facts } = await train({ epochs: 3 });
    const epochs = events.filter((event) => event.type === 'epoch-ended');
    expect(epochs.map(({ epoch }) => epoch)).toEqual([1, 2, 3]);
    const { loss, accuracy, validationLoss, validationAccuracy } = epochs[2]?.figures ?? {};
    expect(metrics).toMatchObject({
      ...{ parameters: 323, epochs: 3, chosenEpoch: 3, stoppedEarly: false },
      train: { loss, accuracy },
      validation: { loss: validationLoss, accuracy: validationAccuracy },
      last: { train: { loss } },
    });
    expect(metrics['samplesPerSecond']).toBeGreaterThan(0);
    const layers = { flatten: [36], dense: [8], dense_1: [3] };
    expect(facts).toEqual({ inputShape: [6, 6, 1], classes: 3, parameters: 323, layers });
    expect(JSON.stringify(metrics)).not.toMatch(/test/);
  });

  test('goes on from fewer epochs to the same bytes as from none', async () => {
    const folder = join(temporaryFolder(), 'checkpoints');
    await train({ epochs: 2 }, folder);
    const extended = await train({ epochs: 4 }, folder);
    expect(extended.events.filter(({ type }) => type === 'epoch-ended')).toHaveLength(2);
    expect(sameFiles(extended, await train({ epochs: 4 }))).toBe(true);
  });

  test('on moved images goes on from fewer epochs to the same bytes, too', async () => {
    const folder = join(temporaryFolder(), 'checkpoints');
    const moved = { augmentation: { jitter: 1, flip: 'horizontal' } };
    await train({ ...moved, epochs: 1 }, folder);
    const extended = await train({ ...moved, epochs: 3 }, folder);
    expect(extended.events.filter(({ type }) => type === 'epoch-ended')).toHaveLength(2);
    expect(sameFiles(extended, await train({ ...moved, epochs: 3 }))).toBe(true);
    expect(extended.files.get('weights.bin')).not.toEqual((await train({ epochs: 3 })).files.get('weights.bin'));
  });

  test('restores the best epoch, and keeps the last one in its metrics', async () => {
    const { metrics } = await train({
      epochs: 12,
      optimizer: { sgd: { learningRate: 3 } },
      earlyStopping: { monitor: 'validationAccuracy', patience: 2 },
      restoreBest: true,
    });
    expect(metrics['stoppedEarly']).toBe(true);
    expect(metrics['chosenEpoch']).toBe(Number(metrics['epochs']) - 2);
  });

  test('that diverges fails with a hint, and writes nothing', async () => {
    const failure = await failureOf({
      type: 'train-teacher',
      with: { ...tinyTeacher, epochs: 8, optimizer: { sgd: { learningRate: 1e30 } } },
      inputs: { data: dataset.artifact },
    });
    expect(failure.code).toBe('not-a-number');
  });

  test('on soft labels of other images, or in another order, is refused', async () => {
    const folder = temporaryFolder();
    writeTinyFiles(folder, { seed: 7 });
    const other = await runStage({ type: 'load-data', with: tinyOptions, folder });
    expect(
      await failureOf({
        type: 'train-student',
        with: distilled,
        inputs: { data: other.artifact, softLabels: labels.artifact },
      }),
    ).toMatchObject({
      code: 'bad-option',
      pointer: '/needs/softLabels',
      message: 'the soft labels do not fit the data set: they are for other train images, or for another order',
    });
  });

  test("learns from a teacher's layers, and saves itself alone", async () => {
    const learning = (layer: string): JsonObject => ({
      ...tinyStudent,
      distillation: { method: 'hardLabels', features: [{ method: 'hint', student: 'dense', teacher: layer }] },
    });
    const inputs = { data: dataset.artifact, teacher: teacher.artifact };
    const { metrics } = await runStage({ type: 'train-student', with: learning('flatten'), inputs });
    expect(metrics).toMatchObject({ parameters: 323, epochs: 2 });

    // A plugin's model may be known by nothing but its files.
    const stranger = { ...inputs, teacher: { ...teacher.artifact, facts: {} } };
    await runStage({ type: 'train-student', with: learning('flatten'), inputs: stranger });
    expect(await failureOf({ type: 'train-student', with: learning('flaten'), inputs: stranger })).toMatchObject({
      code: 'unknown-layer',
      message: 'the teacher has no layer "flaten"',
      pointer: '/with/distillation/features/0/teacher',
      hint: 'did you mean "flatten"?',
    });
  });

  test('on soft labels of the same images in another scale is welcome', async () => {
    const raw = await tinyDataset(temporaryFolder(), { scale: 'raw' });
    const { metrics } = await runStage({
      type: 'train-student',
      with: distilled,
      inputs: { data: raw.artifact, softLabels: labels.artifact },
    });
    expect(metrics['epochs']).toBe(2);
  });

  test('soft labels are raw logits: a softmax over them is what the teacher says, and no temperature is in them', () => {
    const { splits } = describeOf(labels, 'soft-labels.json') as unknown as { splits: Record<string, JsonObject> };
    expect(splits['train']).toMatchObject({ count: 80, logits: 'train-logits.bin' });
    const logits = labels.files.get('train-logits.bin') ?? new Uint8Array();
    const floats = new Float32Array(new Uint8Array(logits).buffer);
    expect(floats).toHaveLength(80 * 3);
    expect(floats.some((value) => value < 0)).toBe(true);
    expect(labels.files.get('validation-logits.bin')).toHaveLength(40 * 3 * 4);
    expect(labels.facts).toEqual(softLabels);
  });

  test('a teacher for other images is refused when its facts are known', async () => {
    const failure = await failureOf({
      type: 'predict-soft-labels',
      inputs: {
        data: { ...dataset.artifact, facts: { ...data, inputShape: [28, 28, 1] } },
        teacher: teacher.artifact,
      },
    });
    expect(failure).toMatchObject({ code: 'shape-mismatch', pointer: '/needs/teacher' });
  });
});
