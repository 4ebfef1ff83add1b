import type { VariantAxes } from '../../core/pipeline-spec.ts';
import type { Combination, Pattern, Relation } from './relation.ts';

/** Where an axis of the whole pipeline is declared. No stage has such a name. */
export const pipelinePlace = '';

export const replicateAxis = 'replicate';

/** A stage as written, as far as its axes go. */
export interface Group {
  readonly id: string;
  /** Its own matrix and replicates. */
  readonly own: Relation;
  /** The axes that it has besides: those that its values refer to, and the pipeline's replicates where it takes part in them. */
  readonly references: readonly string[];
  /** By slot. */
  readonly needs: Readonly<Record<string, GroupNeed>>;
  readonly gather: readonly string[];
  /** Exclusions that name axes which are not its own. */
  readonly exclude: readonly Pattern[];
}

export interface GroupNeed {
  readonly stage: string;
  /** Only the variants with these values; all of them if empty. */
  readonly pick: Pattern;
}

/** One of the stages that a group becomes. */
export interface Variant {
  readonly id: string;
  readonly combination: Combination;
  readonly axes: VariantAxes;
  /** By input: `student`, or `student@temperature=4` where several are gathered. */
  readonly needs: Readonly<Record<string, VariantNeed>>;
}

export interface VariantNeed {
  /** As written. */
  readonly slot: string;
  readonly stage: string;
}

export interface ExpandedGroup {
  /** In the order of ids. */
  readonly axes: readonly string[];
  /** Where each axis was declared: a stage, or `pipelinePlace`. */
  readonly places: ReadonlyMap<string, string>;
  readonly variants: readonly Variant[];
}

/** What of a group's axes is wrong. */
export type Fault = { readonly group: string } & (
  | { readonly kind: 'unknown-reference'; readonly axis: string; readonly known: readonly string[] }
  | { readonly kind: 'gathered-reference'; readonly axis: string }
  | { readonly kind: 'unknown-gather'; readonly axis: string; readonly known: readonly string[] }
  | {
      readonly kind: 'unknown-exclude';
      readonly index: number;
      readonly axis: string;
      readonly known: readonly string[];
    }
  | { readonly kind: 'unknown-pick'; readonly slot: string; readonly axis: string; readonly known: readonly string[] }
  | { readonly kind: 'nothing-picked'; readonly slot: string }
  /** `slot` brings an axis of a name that the stage has from another place. */
  | {
      readonly kind: 'two-axes';
      readonly slot: string;
      readonly axis: string;
      readonly places: readonly [string, string];
    }
  | { readonly kind: 'nothing-left' }
  | { readonly kind: 'too-many' }
);
