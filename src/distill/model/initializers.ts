/** Seeded initial weights, in Keras' formulas and with its names in camel case. */
import type { Generator } from '../../tensor/random.ts';

export interface Fans {
  readonly in: number;
  readonly out: number;
}

interface VarianceScaling {
  readonly variance: (fans: Fans) => number;
  readonly fill: (out: Float32Array, variance: number, random: Generator) => void;
}

/** Glorot and Bengio 2010; He et al. 2015 (arXiv 1502.01852); LeCun et al. 1998. */
const scalings = {
  glorotUniform: { variance: glorot, fill: fillUniform },
  glorotNormal: { variance: glorot, fill: fillTruncatedNormal },
  heUniform: { variance: he, fill: fillUniform },
  heNormal: { variance: he, fill: fillTruncatedNormal },
  lecunUniform: { variance: lecun, fill: fillUniform },
  lecunNormal: { variance: lecun, fill: fillTruncatedNormal },
} satisfies Record<string, VarianceScaling>;

export type InitializerName = keyof typeof scalings | 'zeros' | 'ones';

/**
 * Fills `out` as Keras' VarianceScaling does.
 * @param fans inputs and outputs of one unit, times the kernel's area for a convolution
 */
export function fillInitial(out: Float32Array, initializer: InitializerName, fans: Fans, random: Generator): void {
  if (initializer === 'zeros') out.fill(0);
  else if (initializer === 'ones') out.fill(1);
  else {
    const { variance, fill } = scalings[initializer];
    fill(out, variance(fans), random);
  }
}

function glorot(fans: Fans): number {
  return 2 / (fans.in + fans.out);
}

function he(fans: Fans): number {
  return 2 / fans.in;
}

function lecun(fans: Fans): number {
  return 1 / fans.in;
}

function fillUniform(out: Float32Array, variance: number, random: Generator): void {
  const limit = Math.sqrt(3 * variance);
  random.fillUniform(out, -limit, limit);
}

/** The standard deviation of a standard normal cut off at ±2. */
const CUT_DEVIATION = 0.8796256610342398;

function fillTruncatedNormal(out: Float32Array, variance: number, random: Generator): void {
  const deviation = Math.sqrt(variance) / CUT_DEVIATION;
  for (let index = 0; index < out.length; index++) {
    let value = random.normal();
    while (Math.abs(value) > 2) value = random.normal();
    out[index] = value * deviation;
  }
}
