/** What the schema cannot say about `distillation`: which options a method has, and that soft labels belong to it. */
import type { JsonObject } from '../../base/json.ts';
import type { OptionProblem } from '../../core/stage-type.ts';
import { listed } from '../../diagnostics/nearest.ts';
import { methodsWith, methodsWithTeacher, needsTeacher, optionsOf, parseLoss } from '../../distill/losses/loss-spec.ts';
import { isScheduled, scheduledValues } from '../../distill/losses/schedule.ts';
import type { Scheduled } from '../../distill/losses/schedule.ts';
import { piecesProblems } from '../training/schedule-problems.ts';

export function distillationProblems(distillation: JsonObject | undefined, hasSoftLabels: boolean): OptionProblem[] {
  const own = distillation === undefined ? [] : [...foreignOptions(distillation), ...numberProblems(distillation)];
  return [...slotProblems(distillation, hasSoftLabels), ...own];
}

/** Soft labels and a loss that needs them belong together: the one without the other is a mistake, never a default. */
function slotProblems(distillation: JsonObject | undefined, hasSoftLabels: boolean): OptionProblem[] {
  if (needsTeacher(parseLoss(distillation))) return hasSoftLabels ? [] : [noSoftLabels];
  if (!hasSoftLabels) return [];
  const unread: Pick<OptionProblem, 'message' | 'hint'> =
    distillation === undefined
      ? {
          message: 'the stage is given soft labels, but has no `distillation` that says how to learn from them',
          hint: 'add `distillation: { method: hinton }` to `with`, or leave softLabels out',
        }
      : {
          message: `the stage is given soft labels, and ${methodOf(distillation)} learns without a teacher`,
          hint: `leave softLabels out, or choose a method with a teacher: ${listed(methodsWithTeacher())}`,
        };
  return [{ code: 'bad-option', ...unread, pointer: '/needs/softLabels', part: 'key' }];
}

const noSoftLabels: OptionProblem = {
  code: 'missing-slot',
  message: '`distillation` learns from soft labels, and no stage fills the slot softLabels',
  hint: 'add `softLabels: <a stage of type predict-soft-labels>` to `needs`, or leave `distillation` out',
  pointer: '/with/distillation',
  part: 'key',
};

function foreignOptions(distillation: JsonObject): OptionProblem[] {
  const method = methodOf(distillation);
  const own = optionsOf(method);
  return Object.keys(distillation)
    .filter((name) => name !== 'method' && !own.includes(name))
    .map((name) => ({
      code: 'bad-option',
      message: `${method} has no \`${name}\``,
      hint: `its options: ${listed(own)}\n\`${name}\` is an option of: ${listed(methodsWith(name))}`,
      pointer: `/with/distillation/${name}`,
      part: 'key',
    }));
}

function numberProblems(distillation: JsonObject): OptionProblem[] {
  return Object.entries(distillation).flatMap(([name, value]) => {
    if (typeof value !== 'number' && !isScheduled(value)) return [];
    const pointer = `/with/distillation/${name}`;
    const wrong = scheduledValues(value).find((each) => isOutOfRange(distillation, name, each));
    const range = name === 'temperature' ? 'above 0' : 'from 0 to 1';
    const problems: OptionProblem[] = isScheduled(value) ? piecewiseProblems(value, pointer) : [];
    if (wrong === undefined) return problems;
    const hint = "it is the teacher's share of the loss, and the labels have the rest";
    const message = `"${name}": expected ${isScheduled(value) ? 'numbers' : 'a number'} ${range}, found the number ${wrong}`;
    return [...problems, { code: 'wrong-value', message, ...(name === 'alpha' ? { hint } : {}), pointer }];
  });
}

/** Where alpha is the teacher's share, the labels have the rest. Of numbers that are no schedule the schema told the others. */
function isOutOfRange(distillation: JsonObject, name: string, value: number): boolean {
  if (name === 'temperature') return value <= 0;
  return name === 'alpha' && methodOf(distillation) !== 'dkd' && value > 1;
}

function piecewiseProblems(scheduled: Exclude<Scheduled, number>, pointer: string): OptionProblem[] {
  if (!('piecewiseConstant' in scheduled)) return [];
  return piecesProblems(scheduled.piecewiseConstant, `${pointer}/piecewiseConstant`);
}

function methodOf({ method }: JsonObject): string {
  return typeof method === 'string' ? method : '';
}
