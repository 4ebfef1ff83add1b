import type { JsonObject } from '../base/json.ts';
import type { ArtifactKind } from './artifact.ts';
import type { StageRunner } from './stage-runner.ts';
import type { Slot, StageType } from './stage-type.ts';

/** A stage type as a plugin declares it: what `StageType` has, with defaults, and what it does. */
export type StageDeclaration = DeclaredData & DeclaredFunctions & DeclaredRunner;

interface DeclaredData {
  /** As `type` names it in a pipeline: `[a-z][a-z0-9-]*`. */
  readonly name: string;
  /** One sentence for `pipeline stages`. */
  readonly description: string;
  /** Raised when the same options begin to mean something else. 1 if absent. */
  readonly version?: number;
  /** JSON Schema of `with`; the type has no options if absent. Keys that it does not name are refused, unless it allows them. */
  readonly schema?: JsonObject;
  /** Each is required, unless it says otherwise. */
  readonly slots?: Readonly<Record<string, DeclaredSlot>>;
  /** Where slots of any other name are welcome. */
  readonly otherSlots?: DeclaredSlot;
  /** The kind of artifact that it makes: one of the program's, or one of its own. */
  readonly output: ArtifactKind;
  /** What it promises about running twice with the same key. */
  readonly determinism: StageType['determinism'];
  /** `seed`: it draws at random from `context.seed`. `tensors`: backend, versions and architecture enter its key. Neither if absent. */
  readonly uses?: { readonly tensors?: boolean; readonly seed?: boolean };
}

export interface DeclaredSlot extends Partial<Omit<Slot, 'kind'>> {
  readonly kind: ArtifactKind;
}

export type DeclaredFunctions = Pick<
  StageType,
  'normalize' | 'keyOptions' | 'externalFiles' | 'resumableOptions' | 'check'
>;

/** Either what the stage does, or how to load it: then planning never loads the packages that only running needs. */
export type DeclaredRunner =
  | { readonly run: StageRunner; readonly load?: undefined }
  | { readonly run?: undefined; readonly load: () => Promise<LoadedRunner> };

/** `load: () => import('./run.ts')`, where run.ts exports `run`, or its runner by default. */
export type LoadedRunner = StageRunner | { readonly run: StageRunner } | { readonly default: StageRunner };

/**
 * Declares a stage type; a plugin exports one or several.
 * @returns the declaration, marked as one
 * @throws nothing: nothing is checked here, and problems are told when the plugin is loaded
 */
export function defineStageType(declaration: StageDeclaration): StageDeclaration {
  return Object.freeze(Object.defineProperty({ ...declaration }, mark, { value: true }));
}

const mark = Symbol.for('distill-pipeline stage type');

/** By its mark: what else a module exports is its own affair. */
export function isStageDeclaration(value: unknown): value is StageDeclaration {
  return typeof value === 'object' && value !== null && mark in value;
}
