import type { DagNode } from './layout.ts';

/** A box of the drawing. The words say all that the colour does. */
export interface DagStage extends DagNode {
  readonly title: string;
  /** A sign for the tone, since colours are not seen by everybody: `✓`. */
  readonly sign: string;
  readonly tone: DagTone;
  /** Below the title. */
  readonly more: string;
  /** What a screen reader says in their place. */
  readonly label: string;
  /** How much of it is done, 0 to 1. */
  readonly done?: number;
  /** Where it stands for several. */
  readonly count?: number;
}

export type DagTone = 'plain' | 'good' | 'kept' | 'busy' | 'bad' | 'warn';
