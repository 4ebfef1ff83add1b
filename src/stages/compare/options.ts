import type { JsonObject } from '../../base/json.ts';
import type { ArtifactFacts } from '../../core/artifact.ts';
import type { OptionProblem, StageCheck } from '../../core/stage-type.ts';
import { listed, nearest } from '../../diagnostics/nearest.ts';
import type { SplitName } from '../artifacts/facts.ts';
import { modelFitProblems } from '../model-fit.ts';
import { contenders, groupsOf, isOfSeveral, opponentsOf } from './groups.ts';
import type { Group } from './groups.ts';

export interface CompareOptions {
  readonly against: string;
  readonly splits: readonly SplitName[];
  readonly test: 'chosen' | 'all';
  readonly confidence: number;
  readonly resamples: number;
  readonly seed: number;
  readonly batchSize: number;
}

export function parseCompare(options: JsonObject): CompareOptions {
  return options as unknown as CompareOptions;
}

export function checkCompare(
  options: JsonObject,
  inputs: Readonly<Record<string, ArtifactFacts | undefined>>,
): StageCheck {
  const parsed = parseCompare(options);
  const models = Object.keys(inputs).filter((slot) => slot !== 'data');
  const groups = groupsOf(models);
  return {
    problems: [
      ...modelFitProblems(inputs, models),
      ...opponentProblems(groups, parsed),
      ...choiceProblems(groups, parsed),
    ],
  };
}

function opponentProblems(groups: readonly Group[], { against }: CompareOptions): OptionProblem[] {
  const slots = [...new Set(groups.map(({ slot }) => slot))];
  const others = contenders(groups, against);
  if (!slots.includes(against)) {
    const meant = nearest(against, slots);
    const add = `add \`${against}: <a stage that trains>\` to \`needs\`, or say by \`against\` which of them it is`;
    return [
      {
        code: 'missing-slot',
        message: `compare sets models against \`${against}\`, and none of its needs is called so`,
        hint: meant === undefined ? add : `did you mean "${meant}"?`,
        pointer: '/needs',
        part: 'key',
      },
    ];
  }
  if (others.length === 0) {
    return [
      {
        code: 'missing-slot',
        message: `compare sets models against \`${against}\`, and is given no other one`,
        hint: 'add each under a name of your choice to `needs`: `student: <a stage that trains>`',
        pointer: '/needs',
        part: 'key',
      },
    ];
  }
  return others.flatMap((group) => pairProblems(group, opponentsOf(group, against, groups), against)).slice(0, 1);
}

/** Each group has one opponent, and they have a replicate in common. */
function pairProblems(group: Group, opponents: readonly Group[], against: string): OptionProblem[] {
  const [opponent, another] = opponents;
  if (opponent !== undefined && another === undefined) {
    const theirs = opponent.members.map(({ replicate }) => replicate);
    if (group.members.some(({ replicate }) => theirs.includes(replicate))) return [];
    return [
      {
        code: 'bad-option',
        message: `${group.name} and ${opponent.name} have no replicate in common, so that there is nothing to compare`,
        hint: 'only models of the same replicate make a pair: repeat both, by `replicates` and its `draw`',
        pointer: `/needs/${group.slot}`,
      },
    ];
  }
  const names = opponents.map(({ name }) => name);
  return [
    {
      code: 'bad-option',
      message:
        names.length === 0
          ? `no variant of ${against} goes with ${group.name}`
          : `${group.name} could be set against ${listed(names)}`,
      hint: `pick one, as { stage: …, matrix: { … } }, or give ${group.slot} the axis that tells them apart`,
      pointer: `/needs/${against}`,
    },
  ];
}

/** Among the variants of a stage, the best is chosen on validation, and on nothing else. */
function choiceProblems(groups: readonly Group[], { against, splits, test }: CompareOptions): OptionProblem[] {
  if (test === 'all' || !splits.includes('test') || splits.includes('validation')) return [];
  if (!isOfSeveral(contenders(groups, against))) return [];
  return [
    {
      code: 'bad-option',
      message: 'the variant that is looked at on test is chosen on validation, which `splits` does not have',
      hint: 'add `validation` to `splits`, or write `test: all` to look at every one',
      pointer: '/with/splits',
    },
  ];
}
