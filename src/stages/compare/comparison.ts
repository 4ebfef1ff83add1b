/** Groups side by side: their means, and each against its opponent, in figures and in words. */
import type { JsonObject } from '../../base/json.ts';
import { meanInterval, meanOf } from '../../distill/statistics/interval.ts';
import type { SplitName } from '../artifacts/facts.ts';
import { contenders, opponentsOf } from './groups.ts';
import { accuraciesOf, pairsOf } from './measured.ts';
import type { MeasuredGroup } from './measured.ts';
import { termsOf } from './terms.ts';
import type { Terms } from './terms.ts';
import { differenceOf } from './verdict.ts';
import type { Chance, Difference } from './verdict.ts';
import { chosenWords, manyWords, termsWords, verdictWords } from './words.ts';

export interface ComparisonRequest {
  readonly against: string;
  readonly splits: readonly SplitName[];
  /** The groups for which the test images were looked at, where they were chosen. */
  readonly chosen?: readonly MeasuredGroup[];
  readonly chance: Chance;
}

export interface ComparisonResult {
  /** With every value and every pair. */
  readonly artifact: JsonObject;
  /** `groups.student.test.gain`, as gates name it; and what was found, in sentences. */
  readonly metrics: JsonObject;
}

export async function compareGroups(
  groups: readonly MeasuredGroup[],
  request: ComparisonRequest,
): Promise<ComparisonResult> {
  const { splits, chosen, chance } = request;
  const contests = await contestsOf(groups, request);
  const words = [
    ...(chosen === undefined ? [] : chosenWords(chosen.map(({ name }) => name))),
    ...contests.flatMap(({ bouts }) => bouts.map((bout) => bout.words)),
  ];
  const notes = [
    ...contests.flatMap(({ group, opponent, terms }) => termsWords(group.name, opponent.name, terms)),
    ...manyWords(
      splits.map((split) => countOn(contests, split)),
      chance.confidence,
    ),
  ];
  const figures = groups.map((group) => [group.name, groupFigures(group, groups, request)] as const);
  const { confidence, resamples, seed } = chance;
  return {
    artifact: {
      ...{ against: request.against, confidence, resamples, seed, words, notes },
      ...(chosen === undefined ? {} : { chosen: chosen.map(({ name }) => name) }),
      groups: Object.fromEntries(figures),
      comparisons: Object.fromEntries(contests.map((contest) => [contest.group.name, contestJson(contest)])),
    },
    metrics: {
      groups: Object.fromEntries(figures.map(([name, own]) => [name, withGains(own, contests, name)])),
      ...{ words, notes },
    },
  };
}

interface Contest {
  readonly group: MeasuredGroup;
  readonly opponent: MeasuredGroup;
  readonly terms: Terms;
  /** One a split that was looked at. */
  readonly bouts: readonly Bout[];
}

interface Bout {
  readonly split: SplitName;
  readonly difference: Difference | undefined;
  readonly words: string;
}

async function contestsOf(
  groups: readonly MeasuredGroup[],
  { against, splits, chance }: ComparisonRequest,
): Promise<readonly Contest[]> {
  const contests: Contest[] = [];
  for (const group of contenders(groups, against)) {
    const [opponent] = opponentsOf(group, against, groups);
    if (opponent === undefined) continue;
    const terms = termsOf(group, opponent);
    const bouts: Bout[] = [];
    for (const split of splits.filter((each) => accuraciesOf(group, each).length > 0)) {
      const difference = await differenceOf(pairsOf(group, opponent, split), terms, chance);
      const names = { name: group.name, against: opponent.name, confidence: chance.confidence };
      bouts.push({ split, difference, words: verdictWords({ ...names, split, terms, difference }) });
    }
    contests.push({ group, opponent, terms, bouts });
  }
  return contests;
}

function countOn(contests: readonly Contest[], split: SplitName): number {
  return contests.filter(({ bouts }) => bouts.some((bout) => bout.split === split)).length;
}

/** { replicates, steps, test: { accuracy, accuracyLow, accuracyHigh, gapRecovered } } */
function groupFigures(
  group: MeasuredGroup,
  groups: readonly MeasuredGroup[],
  { against, splits, chance }: ComparisonRequest,
): Readonly<Record<string, JsonObject | number>> {
  const figures: Record<string, JsonObject | number> = { replicates: group.models.length };
  const [first] = group.models;
  if (first?.training !== undefined) figures['steps'] = first.training.steps;
  const gap = (split: SplitName): number | undefined => {
    const means = [group, ...ends(group, groups, against)].map((each) => meanOf(accuraciesOf(each, split)));
    const [own = NaN, top = NaN, bottom = NaN] = means;
    return top > bottom ? (own - bottom) / (top - bottom) : undefined;
  };
  for (const split of splits) {
    const accuracies = accuraciesOf(group, split);
    if (accuracies.length === 0) continue;
    const interval = meanInterval(accuracies, chance.confidence);
    const recovered = contenders([group], against).length === 0 ? undefined : gap(split);
    figures[split] = {
      accuracy: meanOf(accuracies),
      ...(interval === undefined ? {} : { accuracyLow: interval.low, accuracyHigh: interval.high }),
      ...(recovered === undefined ? {} : { gapRecovered: recovered }),
      accuracies,
    };
  }
  return figures;
}

/** The teacher and the opponent of a group: the ends of the gap that it may recover. Both, or none. */
function ends(group: MeasuredGroup, groups: readonly MeasuredGroup[], against: string): readonly MeasuredGroup[] {
  const [[teacher], [opponent]] = [opponentsOf(group, 'teacher', groups), opponentsOf(group, against, groups)];
  return teacher === undefined || opponent === undefined ? [] : [teacher, opponent];
}

function contestJson({ opponent, terms, bouts }: Contest): JsonObject {
  const told = bouts.map(({ split, difference, words }): [string, JsonObject] => [
    split,
    { words, ...(difference === undefined ? {} : differenceJson(difference)) },
  ]);
  return { against: opponent.name, terms: { ...terms }, splits: Object.fromEntries(told) };
}

function differenceJson({ mean, pairs, interval, bootstrap, mcnemar, verdict }: Difference): JsonObject {
  return {
    ...{ verdict, mean, pairs },
    ...(interval === undefined ? {} : { low: interval.low, high: interval.high, pValue: interval.pValue }),
    bootstrap: { ...bootstrap },
    mcnemar: mcnemar.map((test) => ({ ...test })),
  };
}

/** Beside its own figures on a split, by how much a group is ahead of its opponent. */
function withGains(
  figures: Readonly<Record<string, JsonObject | number>>,
  contests: readonly Contest[],
  name: string,
): JsonObject {
  const found = contests.find(({ group }) => group.name === name);
  const gains = (found?.bouts ?? []).flatMap(({ split, difference }): [string, JsonObject][] => {
    const own = figures[split];
    if (difference === undefined || typeof own !== 'object') return [];
    const { mean, interval, bootstrap, verdict } = difference;
    // No gate is passed by what cannot be compared.
    if (verdict === 'not comparable') return [[split, { ...own, verdict }]];
    const range = interval === undefined ? {} : { gainLow: interval.low, gainHigh: interval.high };
    const { low: gainBootstrapLow, high: gainBootstrapHigh } = bootstrap;
    return [[split, { ...own, gain: mean, ...range, gainBootstrapLow, gainBootstrapHigh, verdict }]];
  });
  return { ...figures, ...Object.fromEntries(gains) };
}
