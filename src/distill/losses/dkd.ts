import type * as TensorFlow from '../../tensor/tf.ts';
import { product, softened, squared, unsoftened } from './formula.ts';
import { teacherOf } from './loss-type.ts';
import type { LossTerm, LossType } from './loss-type.ts';
import { crossEntropy, softening, weighted } from './terms.ts';

/** Decoupled distillation: how sure the teacher is of the label, and how it ranks the other classes, each with its own weight. */
export interface DkdSpec {
  readonly method: 'dkd';
  readonly temperature: number;
  /** Of how sure it is of the label. */
  readonly alpha: number;
  /** Of the other classes among themselves. */
  readonly beta: number;
  /** Of the cross-entropy with the labels. */
  readonly labelWeight: number;
  /** The teacher's weights rise over them; none if absent. */
  readonly warmupEpochs?: number;
}

/**
 * w·CE(y, p) + T²·[α·KL(b_t ‖ b_s) + β·KL(q_t ‖ q_s)], with b = (p_y, 1 − p_y) and q = the softmax over the classes other than y, both
 * at T. Gradients of the two by z: α·T·(b_s − b_t)·(y − q_s) and β·T·(q_s − q_t), where q_y = 0.
 * Zhao et al. 2022 (arXiv 2203.08679).
 */
export const dkd: LossType<DkdSpec, Factors> = {
  method: 'dkd',
  defaults: { temperature: 4, alpha: 1, beta: 8, labelWeight: 1, warmupEpochs: 0 },
  needsTeacher: true,
  source: 'arXiv 2203.08679',
  factors: ({ temperature, alpha, beta, labelWeight }, ramp) => {
    const [label, others] = [softening(temperature, ramp * alpha), softening(temperature, ramp * beta)];
    return {
      temperature,
      labels: labelWeight,
      ...{ label: label.weight, labelSlope: label.slope },
      ...{ others: others.weight, othersSlope: others.slope },
    };
  },
  terms: (tf, { factors, logits, targets }) => {
    const { labels } = targets;
    const teacher = split(tf, tf.div(teacherOf(targets), factors.temperature), labels);
    const student = split(tf, tf.div(logits, factors.temperature), labels);
    return {
      labels: weighted(tf, crossEntropy(tf, logits, labels), factors.labels),
      targetClass: weighted(tf, ofTargetClass(tf, teacher, student, labels), factors.label, factors.labelSlope),
      otherClasses: weighted(tf, ofOtherClasses(tf, teacher, student), factors.others, factors.othersSlope),
    };
  },
  formula: ({ temperature, alpha, beta, labelWeight }, ramp) => ({
    terms: {
      labels: product([labelWeight], 'CE(y, p)'),
      targetClass: product([ramp, alpha, squared(temperature)], 'KL(b(t) ‖ b(s))'),
      otherClasses: product([ramp, beta, squared(temperature)], 'KL(q(t) ‖ q(s))'),
    },
    where: [
      unsoftened,
      ...softened(temperature),
      "b(x) = (the label's x, the others' together)",
      "q(x) = the others' x, adding up to 1",
    ],
  }),
};

type Factors = 'temperature' | 'labels' | 'label' | 'labelSlope' | 'others' | 'othersSlope';

/** A softmax in two parts. */
interface Split {
  /** [batch, 1]: log p_y and log (1 − p_y). */
  readonly logLabel: TensorFlow.Tensor;
  readonly logRest: TensorFlow.Tensor;
  /** [batch, classes]: q, and its logarithm, each with 0 for the label. */
  readonly q: TensorFlow.Tensor;
  readonly logQ: TensorFlow.Tensor;
}

/** Far below any logit, so that nothing is left of the label in a softmax; its own logit is not read from there. */
const NOTHING = -1e9;

function split(tf: typeof TensorFlow, softened: TensorFlow.Tensor, labels: TensorFlow.Tensor2D): Split {
  const others = tf.sub(1, labels);
  const withoutLabel = tf.add(tf.mul(softened, others), tf.mul(labels, NOTHING));
  const all = tf.logSumExp(softened, -1, true);
  const rest = tf.logSumExp(withoutLabel, -1, true);
  const logQ = tf.mul(tf.sub(softened, rest), others);
  return {
    logLabel: tf.sub(tf.sum(tf.mul(softened, labels), -1, true), all),
    logRest: tf.sub(rest, all),
    q: tf.mul(tf.exp(logQ), others),
    logQ,
  };
}

/** KL of (p_y, 1 − p_y). */
function ofTargetClass(tf: typeof TensorFlow, teacher: Split, student: Split, labels: TensorFlow.Tensor2D): LossTerm {
  const part = (t: TensorFlow.Tensor, s: TensorFlow.Tensor) => tf.mul(tf.exp(t), tf.sub(t, s));
  const losses = tf.add(part(teacher.logLabel, student.logLabel), part(teacher.logRest, student.logRest));
  const surer = tf.sub(tf.exp(student.logLabel), tf.exp(teacher.logLabel));
  return { losses: tf.squeeze(losses, [-1]), gradient: tf.mul(surer, tf.sub(labels, student.q)) };
}

/** KL of the softmax over the other classes. */
function ofOtherClasses(tf: typeof TensorFlow, teacher: Split, student: Split): LossTerm {
  return {
    losses: tf.sum(tf.mul(teacher.q, tf.sub(teacher.logQ, student.logQ)), -1),
    gradient: tf.sub(student.q, teacher.q),
  };
}
