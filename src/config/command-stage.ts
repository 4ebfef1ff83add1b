import type { JsonObject, JsonValue } from '../base/json.ts';
import { COMMAND_TYPE } from '../core/command.ts';
import { nearest } from '../diagnostics/nearest.ts';
import type { Problem } from '../diagnostics/problem.ts';

/**
 * A stage that has `run` in place of `type` is one of the type `command`, whose options stand in the stage itself and not under
 * `with`.
 */
export function isCommandStage(stage: JsonObject): boolean {
  return Object.hasOwn(stage, 'run');
}

export function typeOfStage(stage: JsonObject): JsonValue | undefined {
  return isCommandStage(stage) ? COMMAND_TYPE : stage['type'];
}

/** What the type's schema is about; undefined where it is not even a mapping. */
export function optionsOfStage(stage: JsonObject): JsonValue {
  if (!isCommandStage(stage)) return stage['with'] ?? null;
  return Object.fromEntries(Object.entries(stage).filter(([name]) => COMMAND_KEYS.has(name)));
}

const COMMAND_KEYS: ReadonlySet<string> = new Set(['run', 'inputs', 'outputs', 'metrics', 'env', 'passEnv', 'folder']);

/** Where a value stands that the type knows as `/with/outputs/0`. */
export function pointerInStage(stage: JsonObject, pointer: string): string {
  if (!isCommandStage(stage)) return pointer;
  return pointer === '/type' ? '/run' : pointer.replace(/^\/with(?=\/|$)/, '');
}

export interface FormProblem extends Pick<Problem, 'code' | 'message' | 'hint'> {
  readonly pointer: string;
}

/** A stage has either a type or a command, and only the keys that belong to it. */
export function formProblems(id: string, stage: JsonObject): readonly FormProblem[] {
  const keys = Object.keys(stage);
  const isTyped = Object.hasOwn(stage, 'type');
  if (!isCommandStage(stage)) return isTyped ? typedProblems(stage, keys) : formMissing(id, keys);
  const both: FormProblem = {
    code: 'unknown-key',
    message: `"${id}" has both "type" and "run", and a stage has one of them`,
    hint: 'leave one out: "run" is any command, "type" one of those that `pipeline stages` lists',
    pointer: '/type',
  };
  const options: FormProblem = {
    code: 'unknown-key',
    message: '"with" is for the options of a stage type, and this stage runs a command',
    hint: 'write them into the command, as in "run: python3 train.py --epochs ${params.epochs}"',
    pointer: '/with',
  };
  return [...(isTyped ? [both] : []), ...(Object.hasOwn(stage, 'with') ? [options] : [])];
}

function typedProblems(stage: JsonObject, keys: readonly string[]): readonly FormProblem[] {
  const command: FormProblem = {
    code: 'unknown-stage-type',
    message: 'a command is not written as a stage type',
    hint: 'write "run: …" in place of "type: command"',
    pointer: '/type',
  };
  const strangers = keys.filter((key) => COMMAND_KEYS.has(key));
  return [
    ...(stage['type'] === COMMAND_TYPE ? [command] : []),
    ...strangers.map((key): FormProblem => {
      const message = `"${key}" belongs to a stage with "run", and this one has a type`;
      return { code: 'unknown-key', message, hint: 'the options of a type stand under "with"', pointer: `/${key}` };
    }),
  ];
}

function formMissing(id: string, keys: readonly string[]): readonly FormProblem[] {
  // A mistyped one is told as an unknown key.
  if (keys.some((key) => nearest(key, ['type', 'run']) !== undefined)) return [];
  const message = `"${id}" has neither "type" nor "run"`;
  const hint = 'add a line like "type: load-data", or one like "run: python3 plot.py"';
  return [{ code: 'missing-key', message, hint, pointer: '' }];
}
