/**
 * One optimiser step for one variable, in Keras' formulas:
 *
 *   adamUpdate(w, grad, { m, v }, { learningRate, beta1, beta2, epsilon, step })
 *   sgdUpdate(w, grad, { momentum? }, { learningRate, momentum, nesterov })
 *   rmspropUpdate(w, grad, { meanSquare, momentum?, meanGrad? }, { learningRate, rho, momentum, epsilon, centered })
 *
 * The variable and its slots are assigned new values; all have the shape of `grad`. Nothing of the caller's is
 * disposed of, and no tensor is left behind.
 */
import * as tf from './tf.ts';

export interface AdamHyperparameters {
  learningRate: number;
  beta1: number;
  beta2: number;
  epsilon: number;
  /** 1 for the first update: it is the exponent of the bias correction. */
  step: number;
}

export interface SgdHyperparameters {
  learningRate: number;
  momentum: number;
  nesterov: boolean;
}

export interface RmspropHyperparameters {
  learningRate: number;
  rho: number;
  momentum: number;
  epsilon: number;
  centered: boolean;
}

/**
 * Adam (Kingma and Ba 2014) as Keras 3 writes it:
 * m += (g − m)(1 − β₁), v += (g² − v)(1 − β₂), w −= m · α / (√v + ε) with α = learningRate · √(1 − β₂ᵗ) / (1 − β₁ᵗ).
 */
export function adamUpdate(
  w: tf.Variable,
  grad: tf.Tensor,
  slots: { m: tf.Variable; v: tf.Variable },
  h: AdamHyperparameters,
): void {
  const alpha = (h.learningRate * Math.sqrt(1 - h.beta2 ** h.step)) / (1 - h.beta1 ** h.step);
  tf.tidy(() => {
    const m = tf.add(slots.m, tf.mul(tf.sub(grad, slots.m), 1 - h.beta1));
    const v = tf.add(slots.v, tf.mul(tf.sub(tf.square(grad), slots.v), 1 - h.beta2));
    slots.m.assign(m);
    slots.v.assign(v);
    w.assign(tf.sub(w, tf.div(tf.mul(m, alpha), tf.add(tf.sqrt(v), h.epsilon))));
  });
}

/**
 * Gradient descent. With momentum: m = momentum · m − learningRate · g, and w += m, or with Nesterov's look-ahead
 * w += momentum · m − learningRate · g.
 */
export function sgdUpdate(
  w: tf.Variable,
  grad: tf.Tensor,
  slots: { momentum?: tf.Variable },
  h: SgdHyperparameters,
): void {
  const slot = slots.momentum;
  tf.tidy(() => {
    const descent = tf.mul(grad, -h.learningRate);
    if (slot === undefined) {
      w.assign(tf.add(w, descent));
      return;
    }
    const m = tf.add(tf.mul(slot, h.momentum), descent);
    slot.assign(m);
    w.assign(tf.add(w, h.nesterov ? tf.add(tf.mul(m, h.momentum), descent) : m));
  });
}

/**
 * RMSprop: v = ρv + (1 − ρ)g²; the denominator is v + ε, less the square of the mean gradient when centered;
 * the increment learningRate · g / √denominator is taken at once, or through a momentum slot.
 */
export function rmspropUpdate(
  w: tf.Variable,
  grad: tf.Tensor,
  slots: { meanSquare: tf.Variable; momentum?: tf.Variable; meanGrad?: tf.Variable },
  h: RmspropHyperparameters,
): void {
  tf.tidy(() => {
    const meanSquare = tf.add(tf.mul(slots.meanSquare, h.rho), tf.mul(tf.square(grad), 1 - h.rho));
    slots.meanSquare.assign(meanSquare);
    let denominator: tf.Tensor = tf.add(meanSquare, h.epsilon);
    if (slots.meanGrad !== undefined && h.centered) {
      const meanGrad = tf.add(tf.mul(slots.meanGrad, h.rho), tf.mul(grad, 1 - h.rho));
      slots.meanGrad.assign(meanGrad);
      denominator = tf.sub(denominator, tf.square(meanGrad));
    }
    let increment: tf.Tensor = tf.div(tf.mul(grad, h.learningRate), tf.sqrt(denominator));
    if (slots.momentum !== undefined) {
      increment = tf.add(tf.mul(slots.momentum, h.momentum), increment);
      slots.momentum.assign(increment);
    }
    w.assign(tf.sub(w, increment));
  });
}
