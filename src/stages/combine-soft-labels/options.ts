import type { JsonObject } from '../../base/json.ts';
import type { ArtifactFacts } from '../../core/artifact.ts';
import { slotName } from '../../core/stage-type.ts';
import type { OptionProblem, StageCheck } from '../../core/stage-type.ts';
import { didYouMean } from '../../diagnostics/nearest.ts';
import { readFacts, splitNames, writeFacts } from '../artifacts/facts.ts';
import type { KnownFacts } from '../artifacts/facts.ts';

export interface CombineOptions {
  readonly average: 'logits' | 'probabilities';
  readonly temperature?: number;
  /** By slot. */
  readonly weights?: Readonly<Record<string, number>>;
}

export function parseCombine(options: JsonObject): CombineOptions {
  return options as unknown as CombineOptions;
}

/** Of each input: its share, all together 1. Gathered inputs have the weight of their slot each. */
export function sharesOf({ weights = {} }: CombineOptions, inputs: readonly string[]): readonly number[] {
  const given = inputs.map((input) => weights[slotName(input)] ?? 1);
  const sum = given.reduce((total, weight) => total + weight, 0);
  return given.map((weight) => weight / sum);
}

export function checkCombine(
  options: JsonObject,
  inputs: Readonly<Record<string, ArtifactFacts | undefined>>,
): StageCheck {
  const teachers = Object.keys(inputs);
  if (teachers.length === 0) return { problems: [noTeachers] };
  const facts = Object.values(inputs).map(readFacts);
  const problems = [...optionProblems(parseCombine(options), teachers), ...fitProblems(teachers, facts)];
  return problems.length > 0 ? { problems } : { problems, facts: writeFacts(combinedFacts(facts)) };
}

const noTeachers: OptionProblem = {
  code: 'missing-slot',
  message: 'combine-soft-labels makes one teacher of several, and is given none',
  hint: 'add the soft labels of each under a name of your choice to `needs`: `big: <a stage of type predict-soft-labels>`',
  pointer: '/needs',
  part: 'key',
};

function optionProblems({ average, temperature, weights = {} }: CombineOptions, teachers: readonly string[]) {
  const slots = [...new Set(teachers.map(slotName))];
  const problems: OptionProblem[] = Object.keys(weights)
    .filter((name) => !slots.includes(name))
    .map((name) => {
      const hint = didYouMean(name, slots, 'the teachers in `needs`');
      return {
        code: 'bad-option',
        message: `\`weights\` names "${name}", and \`needs\` has no such teacher`,
        ...(hint === undefined ? {} : { hint }),
        pointer: `/with/weights/${name}`,
        part: 'key',
      };
    });
  if (slots.every((slot) => weights[slot] === 0)) {
    problems.push({
      code: 'bad-option',
      message: 'no teacher has a weight above 0',
      hint: 'weights are divided by their sum',
      pointer: '/with/weights',
    });
  }
  if (average === 'logits' && temperature !== undefined) {
    problems.push({
      code: 'bad-option',
      message: 'the mean of logits is the same at every temperature',
      hint: 'leave `temperature` out, or write `average: probabilities`; the student has its own temperature in `distillation`',
      pointer: '/with/temperature',
      part: 'key',
    });
  }
  return problems;
}

/** All teachers have to tell the same classes apart on the same images, as far as that is known. */
function fitProblems(teachers: readonly string[], facts: readonly KnownFacts[]): OptionProblem[] {
  const [first = '', ...others] = teachers;
  const [known = {}, ...rest] = facts;
  return others.flatMap((teacher, index) => {
    const how = misfit(known, rest[index] ?? {}, first);
    if (how === undefined) return [];
    return [
      {
        code: 'bad-option',
        message: `${teacher} is ${how}`,
        hint: 'all teachers have to look at the same data set',
        pointer: `/needs/${slotName(teacher)}`,
      },
    ];
  });
}

function misfit(one: KnownFacts, other: KnownFacts, name: string): string | undefined {
  if (one.classes !== undefined && other.classes !== undefined && one.classes !== other.classes) {
    return `for ${other.classes} classes, and ${name} is for ${one.classes}`;
  }
  const [mine, theirs] = [one.counts, other.counts];
  if (mine === undefined || theirs === undefined) return undefined;
  const shared = splitNames.filter((split) => mine[split] !== undefined && theirs[split] !== undefined);
  if (shared.length === 0) return `of other parts of the data set than ${name}`;
  const unlike = shared.find((split) => mine[split] !== theirs[split]);
  return unlike === undefined
    ? undefined
    : `for ${theirs[unlike] ?? 0} ${unlike} images, and ${name} is for ${mine[unlike] ?? 0}`;
}

/** Of the parts of the data set that every teacher has looked at. */
function combinedFacts(facts: readonly KnownFacts[]): KnownFacts {
  const [first = {}] = facts;
  const { classes, counts } = first;
  const splits = splitNames.filter((split) => facts.every((each) => each.counts?.[split] !== undefined));
  return {
    ...(classes === undefined ? {} : { classes }),
    ...(counts === undefined || facts.some((each) => each.counts === undefined)
      ? {}
      : { counts: Object.fromEntries(splits.map((split) => [split, counts[split] ?? 0])) }),
  };
}
