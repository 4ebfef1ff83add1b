import type { VariantAxes } from '../../core/pipeline-spec.ts';
import type { EpochFigures } from '../../core/stage-runner.ts';
import type { StageRecord } from '../../core/stage-record.ts';
import type { RunRecord, StageRun } from '../../records/run-record.ts';
import { rankOf, roleOf, type Role } from './roles.ts';

/** A training, epoch by epoch. Plain JSON. */
export interface LearningCurve {
  readonly stage: string;
  readonly role: Role;
  readonly axes: VariantAxes;
  /** Each with its number as `epoch`; `loss`, `accuracy`, and `validationLoss`, `validationAccuracy` where there are validation images. */
  readonly epochs: readonly EpochFigures[];
  /** The epoch that the model is of, from 1, where it is not the last one. */
  readonly chosenEpoch?: number;
}

/** What is known of a stage's result: the record of the run, and where the store still has it, what it keeps under the key. */
export type ResultOf = (stage: StageRun) => StageRecord | undefined;

/** Of a training that was reused, the epochs are those of when it ran. */
export function learningCurves({ stages }: Pick<RunRecord, 'stages'>, resultOf: ResultOf): readonly LearningCurve[] {
  const roles = trainedRoles(stages, resultOf);
  const curves = stages.flatMap((stage): LearningCurve[] => {
    const kept = resultOf(stage)?.epochs ?? [];
    const epochs = kept.length > 0 ? kept : (stage.epochs ?? []);
    if (epochs.length === 0) return [];
    const { chosenEpoch } = stage.metrics ?? {};
    const isOther = typeof chosenEpoch === 'number' && chosenEpoch !== epochs.length;
    return [
      {
        stage: stage.id,
        role: roles.get(stage.id) ?? 'other',
        axes: stage.variant?.axes ?? {},
        epochs: epochs.map((figures, index) => ({ epoch: index + 1, ...figures })),
        ...(isOther ? { chosenEpoch } : {}),
      },
    ];
  });
  return curves.sort((a, b) => rankOf(a.role) - rankOf(b.role));
}

/** What the models of stages are to each other: as an evaluation calls them, else by how they are trained. */
export function trainedRoles(stages: readonly StageRun[], resultOf: ResultOf): ReadonlyMap<string, Role> {
  const evaluated = new Map<string, Role>();
  for (const stage of stages.filter(({ artifact }) => artifact?.kind === 'evaluation')) {
    for (const [slot, digest] of Object.entries(resultOf(stage)?.preimage.inputs ?? {})) {
      const role = roleOf(slot);
      if (role !== 'other' || !evaluated.has(digest)) evaluated.set(digest, role);
    }
  }
  return new Map(
    stages.map((stage) => {
      const role = evaluated.get(stage.artifact?.digest ?? '') ?? roleByTraining(stage, stages);
      return [stage.id, role] as const;
    }),
  );
}

function roleByTraining({ id, type, needs }: StageRun, stages: readonly StageRun[]): Role {
  if (type === 'train-teacher') return 'teacher';
  if (type !== 'train-student') return 'other';
  const given = stages.filter((stage) => stage.id !== id && needs.includes(stage.id));
  const isTaught = given.some(({ artifact, type: made }) => made.includes('soft-labels') || artifact?.kind === 'model');
  return isTaught ? 'student' : 'baseline';
}
