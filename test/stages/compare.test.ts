import { beforeAll, describe, expect, test } from '@jest/globals';
import type { JsonObject } from '../../src/base/json.ts';
import { startPace } from '../../src/distill/training/pace.ts';
import type { TrainingFacts } from '../../src/stages/artifacts/training.ts';
import { compareGroups } from '../../src/stages/compare/comparison.ts';
import { groupsOf } from '../../src/stages/compare/groups.ts';
import { chosenOn } from '../../src/stages/compare/measured.ts';
import type { MeasuredGroup } from '../../src/stages/compare/measured.ts';
import { temporaryFolder } from '../base/temporary-folder.ts';
import { checked, describeOf, failureOf, runStage } from './rig.ts';
import type { StageResult } from './rig.ts';
import { tinyDataset, tinyStudent } from './tiny-data.ts';

describe('groups', () => {
  test('are models that differ in their seed alone, whatever the order of inputs', () => {
    const inputs = ['student@temperature=10,replicate=1', 'student@temperature=10,replicate=0', 'teacher'];
    const others = ['student@temperature=2,replicate=0', 'baseline@replicate=10', 'baseline@replicate=9'];
    const groups = groupsOf([...inputs, ...others]);
    expect(groups.map(({ name, members }) => [name, members.map(({ replicate }) => replicate)])).toEqual([
      ['baseline', ['9', '10']],
      ['student@temperature=2', ['0']],
      ['student@temperature=10', ['0', '1']],
      ['teacher', ['']],
    ]);
    expect(groupsOf([...others, ...inputs].reverse())).toEqual(groups);
  });

  test('of one name are chosen among by their mean', () => {
    const groups = [
      measured('student@temperature=1', [[1, 1, 0, 0]]),
      measured('student@temperature=4', [[1, 1, 1, 0]]),
      measured('other', [[0, 0, 0, 0]]),
    ];
    expect(chosenOn(groups, 'test').map(({ name }) => name)).toEqual(['student@temperature=4', 'other']);
  });
});

const training: TrainingFacts = {
  images: { count: 1000, sha256: 'a' },
  ...{ epochs: 5, steps: 100, mostSteps: 100, options: { epochs: 5, seed: 1 } },
};

/** @param right of each replicate, its answers on the test images */
function measured(name: string, right: readonly (readonly number[])[], trained = training): MeasuredGroup {
  const replicates = right.map((_, index) => `${name}${name.includes('@') ? ',' : '@'}replicate=${index}`);
  const [group] = groupsOf(replicates);
  if (group === undefined) throw new Error('there is no group');
  const models = group.members.map((member, index) => ({
    ...member,
    training: trained,
    right: new Map([['test', Uint8Array.from(right[index] ?? [])] as const]),
  }));
  return { ...group, models };
}

/** So many of 1,000 images right, always the first ones, but for a few that are shifted. */
function answers(right: number, from = 0): number[] {
  return Array.from({ length: 1000 }, (_, image) => (image >= from && image < from + right ? 1 : 0));
}

async function compared(
  ...groups: MeasuredGroup[]
): Promise<{ words: string[]; notes: string[]; figures: JsonObject }> {
  const pace = startPace(new AbortController().signal);
  const { metrics } = await compareGroups(groups, {
    ...{ against: 'baseline', splits: ['test'], chance: { confidence: 0.95, resamples: 500, seed: 0, pace } },
  });
  const {
    words,
    notes,
    groups: all,
  } = metrics as unknown as {
    words: string[];
    notes: string[];
    groups: Record<string, { test: JsonObject }>;
  };
  return { words, notes, figures: all['student']?.test ?? {} };
}

describe('the verdict', () => {
  const baseline = measured('baseline', [answers(900), answers(904), answers(902), answers(898)]);

  test('is a gain where both intervals are above zero', async () => {
    const student = measured('student', [answers(940), answers(946), answers(943), answers(939)]);
    const { words, notes, figures } = await compared(student, baseline);
    // Differences 40 42 41 41 of 1,000: by scipy 0.041, interval 0.0397008 to 0.0422992.
    expect(words).toEqual([
      'student gains 4.10 points of test accuracy over baseline (95% interval 3.97 to 4.23, 4 replicates)',
    ]);
    expect(notes).toEqual([]);
    expect(figures).toMatchObject({
      ...{ verdict: 'gains', gain: expect.closeTo(0.041, 9) },
      ...{ gainLow: expect.closeTo(0.0397008, 6), gainHigh: expect.closeTo(0.0422992, 6) },
      accuracies: [0.94, 0.946, 0.943, 0.939],
    });
    const lost = await compared(
      measured('student', [answers(800), answers(804), answers(802), answers(798)]),
      baseline,
    );
    expect(lost.words[0]).toMatch(/^student loses 10\.00 points of test accuracy to baseline/);
  });

  test('is "not distinguishable" where the seeds disagree', async () => {
    const { words, figures } = await compared(
      measured('student', [answers(940), answers(880), answers(930), answers(890)]),
      baseline,
    );
    expect(words[0]).toMatch(
      /^student and baseline are not distinguishable on test: \+0\.90 points \(95% interval -\d.\d\d to \d.\d\d, 4 replicates\)$/,
    );
    expect(figures).toMatchObject({ verdict: 'not distinguishable' });
  });

  test('is "not distinguishable" where the seeds agree, and a few other images would not', async () => {
    // Of 1,000 images, 102 are lost and 105 won by every seed.
    const student = measured('student', [answers(898, 102), answers(898, 102), answers(898, 102)]);
    const { words } = await compared(student, measured('baseline', [answers(895), answers(894), answers(896)]));
    expect(words[0]).toMatch(/not distinguishable on test: \+0\.30 points \(95% interval 0\.\d\d to .* other images -/);
  });

  test('is none where the budgets differ, and gates have nothing to pass by', async () => {
    const more = { ...training, mostSteps: 200, options: { epochs: 10, seed: 1, distillation: {} } };
    const { words, notes, figures } = await compared(
      measured('student', [answers(940), answers(946), answers(943), answers(939)], more),
      baseline,
    );
    expect(words[0]).toBe(
      'student and baseline are not comparable: they were given 200 and 100 steps (+4.10 points of test accuracy)',
    );
    expect(notes).toEqual(['student and baseline differ in epochs, not in distillation alone']);
    expect(figures).toMatchObject({ verdict: 'not comparable' });
    expect(figures).not.toHaveProperty('gainLow');
  });

  test('of one seed is of two models, not of how they were trained', async () => {
    const { words, figures } = await compared(
      measured('student', [answers(911)]),
      measured('baseline', [answers(900)]),
    );
    // scipy.stats.binomtest(0, 11).pvalue
    expect(words[0]).toBe(
      "student and baseline are one model each: +1.10 points of test accuracy is of these two (McNemar's exact p = 0.00098), and says nothing of other seeds",
    );
    expect(figures).toMatchObject({ verdict: 'too few replicates' });
    expect(figures).not.toHaveProperty('gainLow');
  });

  test('tells what else a difference may come from', async () => {
    const other = { ...training, images: { count: 4000, sha256: 'b' } };
    const right = [answers(940), answers(946), answers(943)];
    expect((await compared(measured('student', right, other), baseline)).notes).toEqual([
      'student and baseline were trained on other images, 4,000 and 1,000: a difference may come from these',
    ]);
    const unknown = { ...baseline, models: baseline.models.map(({ training: _, ...model }) => model) };
    expect((await compared(measured('student', right), unknown)).notes).toEqual([
      'how student and baseline were trained is not known: at equal budget or not',
    ]);
  });
});

describe('planning', () => {
  const model = { inputShape: [6, 6, 1], classes: 3 };
  const problemsOf = async (written: JsonObject, ...inputs: string[]) =>
    (await checked('compare', written, { data: model, ...Object.fromEntries(inputs.map((name) => [name, model])) }))
      .problems;

  test('accepts what can be compared', async () => {
    expect(await problemsOf({}, 'student@replicate=0', 'baseline@replicate=0', 'teacher')).toEqual([]);
    const matched = ['student@width=1,rate=1', 'student@width=2,rate=1', 'baseline@width=1', 'baseline@width=2'];
    expect(await problemsOf({}, ...matched)).toEqual([]);
  });

  test('tells of nothing to compare with, and of nothing to compare', async () => {
    expect(await problemsOf({ against: 'basline' }, 'student', 'baseline')).toMatchObject([
      { code: 'missing-slot', pointer: '/needs', hint: expect.stringMatching(/^did you mean "baseline"\?/) },
    ]);
    expect(await problemsOf({}, 'teacher', 'baseline@replicate=0')).toMatchObject([
      { code: 'missing-slot', message: expect.stringMatching(/no other one$/) },
    ]);
  });

  test('tells of a baseline that is several', async () => {
    expect(await problemsOf({}, 'student', 'baseline@rate=1', 'baseline@rate=2')).toMatchObject([
      { code: 'bad-option', message: 'student could be set against baseline@rate=1, baseline@rate=2' },
    ]);
  });

  test('tells of models without a replicate in common', async () => {
    expect(await problemsOf({}, 'student@replicate=0', 'student@replicate=1', 'baseline')).toMatchObject([
      { code: 'bad-option', pointer: '/needs/student', message: expect.stringMatching(/no replicate in common/) },
    ]);
  });

  test('tells of variants that nothing would be chosen on', async () => {
    const models = ['student@t=1', 'student@t=4', 'baseline'];
    expect(await problemsOf({ splits: ['test'] }, ...models)).toMatchObject([
      { code: 'bad-option', pointer: '/with/splits' },
    ]);
    expect(await problemsOf({ splits: ['test'], test: 'all' }, ...models)).toEqual([]);
    expect(await problemsOf({ splits: ['test'] }, 'student', 'baseline')).toEqual([]);
  });
});

describe('a run', () => {
  let data: StageResult;
  let models: readonly StageResult[];
  beforeAll(async () => {
    data = await tinyDataset(temporaryFolder());
    const made: StageResult[] = [];
    for (const seed of [0, 1, 2])
      made.push(await runStage({ type: 'train-student', with: tinyStudent, inputs: { data: data.artifact }, seed }));
    models = made;
  });

  const inputs = () => {
    const [one, other, third] = models.map(({ artifact }) => artifact);
    if (one === undefined || other === undefined || third === undefined) throw new Error('nothing was trained');
    return {
      data: data.artifact,
      ...{ 'baseline@replicate=0': one, 'baseline@replicate=1': other },
      ...{ 'student@t=1,replicate=0': one, 'student@t=1,replicate=1': other },
      ...{ 'student@t=4,replicate=0': third, 'student@t=4,replicate=1': third },
    };
  };

  test('looks at the test images for the chosen variant alone', async () => {
    const result = await runStage({ type: 'compare', with: { resamples: 100 }, inputs: inputs() });
    const groups = result.metrics['groups'] as Record<string, Record<string, JsonObject>>;
    const better = ['t=1', 't=4'].sort(
      (a, b) =>
        Number(groups[`student@${b}`]?.['validation']?.['accuracy']) -
        Number(groups[`student@${a}`]?.['validation']?.['accuracy']),
    );
    expect(groups[`student@${better[0] ?? ''}`]).toHaveProperty('test');
    expect(groups[`student@${better[1] ?? ''}`]).not.toHaveProperty('test');
    expect(groups['student@t=1']).toMatchObject({ steps: 10, validation: { gain: 0, verdict: 'not distinguishable' } });
    expect(describeOf(result, 'comparison.json')).toMatchObject({
      format: 'distill-pipeline/comparison@1',
      chosen: [`student@${better[0] ?? ''}`],
      comparisons: {
        'student@t=1': { against: 'baseline', terms: { budget: 'equal', images: 'same', differing: [] } },
      },
    });
    const all = await runStage({ type: 'compare', with: { resamples: 100, test: 'all' }, inputs: inputs() });
    expect((all.metrics['groups'] as JsonObject)[`student@${better[1] ?? ''}`]).toHaveProperty('test');
  });

  test('chooses on nothing but validation', async () => {
    const bare = await tinyDataset(temporaryFolder(), { split: { validation: 0 } });
    const failure = await failureOf({ type: 'compare', inputs: { ...inputs(), data: bare.artifact } });
    expect(failure).toMatchObject({ code: 'bad-option', pointer: '/with/test' });
  });
});
