/**
 * One optimiser step for one variable, in Keras' formulas:
 *
 *   adamUpdate(w, grad, { m, v }, { learningRate, beta1, beta2, epsilon, step })
 *   sgdUpdate(w, grad, { momentum? }, { learningRate, momentum, nesterov })
 *   rmspropUpdate(w, grad, { meanSquare, momentum?, meanGrad? }, { learningRate, rho, momentum, epsilon, centered })
 *
 * The variable and its slots are assigned new values; all have the shape of `grad`. Nothing of the caller's is
 * disposed of, and no tensor is left behind. Of the numbers, only the learning rate (Adam's with its bias correction, {@link adamRate})
 * may be another one from step to step: it is the scalar 'rate' of {@link ./changing.ts}.
 */
import { changing } from './changing.ts';
import { hasKernel } from './has-kernel.ts';
import { ADAM_UPDATE, MOMENTUM_UPDATE } from './kernels/optimizers.ts';
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
  const alpha = adamRate(h);
  assertSameShape(w, grad);
  tf.tidy(() => {
    const { m, v } = slots;
    const state = { w, m, v, grad };
    const { beta1, beta2, epsilon } = h;
    const next = hasKernel(ADAM_UPDATE)
      ? run(ADAM_UPDATE, state, { alpha, beta1, beta2, epsilon })
      : composedAdam(state, alpha, h);
    assign([w, m, v], next);
  });
}

/** The learning rate with the bias correction in it: α of {@link adamUpdate}. */
export function adamRate({ learningRate, beta1, beta2, step }: Omit<AdamHyperparameters, 'epsilon'>): number {
  return (learningRate * Math.sqrt(1 - beta2 ** step)) / (1 - beta1 ** step);
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
  const m = slots.momentum;
  assertSameShape(w, grad);
  tf.tidy(() => {
    if (m === undefined) {
      w.assign(tf.sub(w, tf.mul(grad, changing('rate', h.learningRate))));
      return;
    }
    const state = { w, m, grad };
    const next = hasKernel(MOMENTUM_UPDATE) ? run(MOMENTUM_UPDATE, state, { ...h }) : composedMomentum(state, h);
    assign([w, m], next);
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
  assertSameShape(w, grad);
  tf.tidy(() => {
    const meanSquare = tf.add(tf.mul(slots.meanSquare, h.rho), tf.mul(tf.square(grad), 1 - h.rho));
    slots.meanSquare.assign(meanSquare);
    let denominator: tf.Tensor = tf.add(meanSquare, h.epsilon);
    if (slots.meanGrad !== undefined && h.centered) {
      const meanGrad = tf.add(tf.mul(slots.meanGrad, h.rho), tf.mul(grad, 1 - h.rho));
      slots.meanGrad.assign(meanGrad);
      denominator = tf.sub(denominator, tf.square(meanGrad));
    }
    let increment: tf.Tensor = tf.div(tf.mul(grad, changing('rate', h.learningRate)), tf.sqrt(denominator));
    if (slots.momentum !== undefined) {
      increment = tf.add(tf.mul(slots.momentum, h.momentum), increment);
      slots.momentum.assign(increment);
    }
    w.assign(tf.sub(w, increment));
  });
}

type Tensors<Names extends string> = Record<Names, tf.Tensor>;

function composedAdam({ w, m, v, grad }: Tensors<'w' | 'm' | 'v' | 'grad'>, alpha: number, h: AdamHyperparameters) {
  const nextM = tf.add(m, tf.mul(tf.sub(grad, m), 1 - h.beta1));
  const nextV = tf.add(v, tf.mul(tf.sub(tf.square(grad), v), 1 - h.beta2));
  return [tf.sub(w, tf.div(tf.mul(nextM, changing('rate', alpha)), tf.add(tf.sqrt(nextV), h.epsilon))), nextM, nextV];
}

function composedMomentum({ w, m, grad }: Tensors<'w' | 'm' | 'grad'>, h: SgdHyperparameters) {
  const descent = tf.mul(grad, changing('rate', h.learningRate));
  const next = tf.sub(tf.mul(m, h.momentum), descent);
  return [tf.add(w, h.nesterov ? tf.sub(tf.mul(next, h.momentum), descent) : next), next];
}

function assign(variables: tf.Variable[], next: readonly tf.Tensor[]): void {
  next.forEach((value, index) => variables[index]?.assign(value));
}

/** Our kernels trust the shapes: they work on plain memory. */
function assertSameShape(w: tf.Variable, grad: tf.Tensor): void {
  tf.util.assertShapesMatch(w.shape, grad.shape, `The gradient of ${w.name} does not fit it: `);
}

function run(kernel: string, inputs: Record<string, tf.Tensor>, attrs: Record<string, number | boolean>): tf.Tensor[] {
  return tf.engine().runKernel(kernel, inputs, attrs);
}
