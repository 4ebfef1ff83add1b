import type { Digest } from '../base/hash.ts';
import type { JsonObject } from '../base/json.ts';
import type { ProblemCode } from '../diagnostics/problem.ts';
import type { ArtifactFacts, ArtifactKind } from './artifact.ts';
import type { Command } from './command.ts';
import type { BackendName } from './pipeline-spec.ts';

/** What a stage type promises about running twice with the same key. */
export type Determinism = 'bitwise' | 'tolerance' | 'stochastic';

export interface Slot {
  /** `any` for whatever another stage makes. */
  readonly kind: ArtifactKind;
  readonly required: boolean;
  readonly description: string;
  /** Takes any number of artifacts: where a stage gathers, each is an input of its own, `student@temperature=4`. One if absent. */
  readonly many?: true;
}

/** The slot that an input belongs to, by the input's name; undefined where the type has none. */
export function slotOf(
  { slots, otherSlots }: Pick<StageType, 'slots' | 'otherSlots'>,
  input: string,
): Slot | undefined {
  const name = slotName(input);
  return Object.hasOwn(slots, name) ? slots[name] : otherSlots;
}

/** `student` of `student@temperature=4`. */
export function slotName(input: string): string {
  const end = input.indexOf('@');
  return end === -1 ? input : input.slice(0, end);
}

/** `temperature` and `4` of `student@temperature=4`: the axes that were gathered, with the labels of their values. */
export function inputAxes(input: string): readonly (readonly [axis: string, label: string])[] {
  const at = input.indexOf('@');
  if (at === -1) return [];
  const axes = input.slice(at + 1).split(',');
  return axes.map((axis) => [axis.slice(0, axis.indexOf('=')), axis.slice(axis.indexOf('=') + 1)]);
}

/**
 * The declaration of a stage type: all that planning needs, and cheap to load. What it does is a `StageRunner`, which only the
 * child process loads.
 */
export interface StageType {
  readonly name: string;
  /** One sentence for `pipeline stages`. */
  readonly description: string;
  /** Raised when the same options begin to mean something else. */
  readonly version: number;
  /** JSON Schema of `with`, as in schemas/stages/<name>.schema.json. */
  readonly schema: JsonObject;
  readonly slots: Readonly<Record<string, Slot>>;
  /** Where slots of any other name are welcome (evaluate takes models under names of the person's choice). */
  readonly otherSlots?: Slot;
  readonly output: ArtifactKind;
  readonly determinism: Determinism;
  /** `tensors`: backend, versions and architecture enter the key. `seed`: the seed does. `backend`: runs on no other. */
  readonly uses: { readonly tensors: boolean; readonly seed: boolean; readonly backend?: BackendName };
  /** Digest of the code that runs: its import closure, taken when the program was built. */
  readonly code: Digest;
  /** Where it comes from, if it is a plugin's: its functions are then somebody else's code, which may throw. */
  readonly plugin?: StagePlugin;

  /** Writes shorthands out (`dense: 10` -> `dense: { units: 10 }`); defaults of the schema are added by the caller afterwards. */
  normalize?(options: JsonObject): JsonObject;

  /** What of the options enters the key; drops what cannot change the result (where to look for files). All of them if absent. */
  keyOptions?(options: JsonObject): JsonObject;

  /** Files of the person that the stage reads: their content enters the key. Paths are relative to the project folder, or absolute. */
  externalFiles?(options: JsonObject): readonly ExternalFile[];

  /**
   * Key options without what only says how far to go (`epochs`), where going on from a checkpoint of less gives the same
   * result as starting afresh; undefined where it would not.
   */
  resumableOptions?(options: JsonObject): JsonObject | undefined;

  /**
   * How much work the options ask for, in a unit of the type's own: twice as much takes about twice as long, all else being equal.
   * For predictions alone. Given what enters the key of the options.
   */
  effort?(options: JsonObject): number;

  /** For a type that trains: what is made small, as a formula with its numbers in it. */
  loss?(options: JsonObject): LossFormula;

  /**
   * For a type whose stages run a command in the project folder, with files there as inputs and outputs. The engine does all of it:
   * such a type has no runner.
   */
  command?(options: JsonObject): Command;

  /** What the schema cannot say, as far as it can be told before anything runs; and facts about the output. */
  check?(options: JsonObject, inputs: Readonly<Record<string, ArtifactFacts | undefined>>): StageCheck;
}

/** A sum of terms, in writing. */
export interface LossFormula {
  readonly method: string;
  /** Where the method is from. */
  readonly source?: string;
  /** Their names are those in the stage's metrics. */
  readonly terms: readonly { readonly name: string; readonly formula: string }[];
  /** What the letters in them are. */
  readonly where: readonly string[];
}

export interface StagePlugin {
  /** As the project file names it. */
  readonly name: string;
  /** Absolute path of its built code, which the child process loads. */
  readonly entry: string;
  /** A file of its packages that is not as it was when its code was taken into the key: these run where they lie. */
  readonly changedFile?: () => string | undefined;
}

export interface ExternalFile {
  /** Its name in the key; stable while the path may change. */
  readonly name: string;
  readonly path: string;
  /** Where the path was written, relative to the stage: `/with/images`. */
  readonly pointer: string;
  /** A folder with all the files in it, each under its path inside. */
  readonly isFolder?: true;
}

export interface StageCheck {
  readonly problems: readonly OptionProblem[];
  readonly facts?: ArtifactFacts;
}

export interface OptionProblem {
  readonly code: ProblemCode;
  readonly message: string;
  readonly hint?: string;
  /** Relative to the stage, in the shape that the person wrote: `/with/model/3/conv2d`. */
  readonly pointer: string;
  readonly part?: 'key' | 'value';
}

/** Every stage type by name. */
export type StageTypes = ReadonlyMap<string, StageType>;
