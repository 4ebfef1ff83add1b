import type { JsonObject } from '../../../base/json.ts';
import type * as TensorFlow from '../../../tensor/tf.ts';
import type { Shape } from '../../model/layer-type.ts';

/** What every feature loss is written with, beside its own options. */
export interface AnyFeatureSpec {
  readonly method: string;
  readonly weight: number;
  /** Names of layers. */
  readonly student: string;
  readonly teacher: string;
}

export interface FeatureCall<Spec> {
  readonly spec: Spec;
  /** What the student's layer gives: [batch, …shape]. */
  readonly student: TensorFlow.Tensor;
  /** What the teacher's gives for the same images; no gradient goes there. */
  readonly teacher: TensorFlow.Tensor;
  /** The learned regressor of this loss: [rows, from] → [rows, to]. Gives what it is given where there is none. */
  readonly project: (rows: TensorFlow.Tensor2D) => TensorFlow.Tensor2D;
}

export interface Regressor {
  readonly from: number;
  readonly to: number;
}

export interface FeatureFormula {
  readonly text: string;
  /** What the letters in it are. */
  readonly where: readonly string[];
}

/**
 * A loss between what a layer of the student and one of the teacher give, differentiable by the student's. TensorFlow is handed in:
 * planning reads the options without loading it.
 */
export interface FeatureType<Spec extends AnyFeatureSpec> {
  readonly method: Spec['method'];
  readonly defaults: JsonObject;
  /** Where it is from. */
  readonly source: string;
  /** How two layers' shapes have to be alike; any will do where it is not given. */
  readonly alike?: 'rank' | 'images';
  /** What brings the student's features to the size of the teacher's; it is trained with the student, and not part of it. */
  regressor?(student: Shape, teacher: Shape): Regressor | undefined;
  /** The loss in writing, without the weight. @param f, g letters for the student's features and the teacher's */
  formula(f: string, g: string, spec: Spec): FeatureFormula;
  /** @returns a scalar, without the weight */
  loss(tf: typeof TensorFlow, call: FeatureCall<Spec>): TensorFlow.Tensor;
}
