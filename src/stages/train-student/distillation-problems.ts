/** What the schema cannot say about `distillation`: which options a method has, and that soft labels belong to it. */
import type { JsonObject } from '../../base/json.ts';
import type { OptionProblem } from '../../core/stage-type.ts';
import { listed } from '../../diagnostics/nearest.ts';
import { methodsWith, methodsWithTeacher, needsTeacher, optionsOf, parseLoss } from '../../distill/losses/loss-spec.ts';

export function distillationProblems(distillation: JsonObject | undefined, hasSoftLabels: boolean): OptionProblem[] {
  const own = distillation === undefined ? [] : [...foreignOptions(distillation), ...shareProblems(distillation)];
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
          message: `the stage is given soft labels, and ${methodOf(distillation)} learns from the labels alone`,
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

/** Where alpha is the teacher's share, the labels have the rest. */
function shareProblems(distillation: JsonObject): OptionProblem[] {
  const { alpha } = distillation;
  if (methodOf(distillation) === 'dkd' || typeof alpha !== 'number' || alpha <= 1) return [];
  return [
    {
      code: 'wrong-value',
      message: `"alpha": expected a number from 0 to 1, found the number ${alpha}`,
      hint: "it is the teacher's share of the loss, and the labels have the rest",
      pointer: '/with/distillation/alpha',
    },
  ];
}

function methodOf({ method }: JsonObject): string {
  return typeof method === 'string' ? method : '';
}
