/** Means of several teachers' logits, in float64. */

export interface Teachers {
  /** Of each teacher: [count, classes]. */
  readonly logits: readonly Float32Array[];
  /** Of each teacher; they add up to 1. */
  readonly shares: readonly number[];
  readonly classes: number;
}

/** Σ share · logits: at every temperature the geometric mean of the teachers' softmaxes, scaled to 1. */
export function averageLogits({ logits, shares }: Teachers): Float32Array {
  const length = logits[0]?.length ?? 0;
  return Float32Array.from({ length }, (_, index) => {
    return logits.reduce((sum, own, teacher) => sum + (shares[teacher] ?? 0) * (own[index] ?? 0), 0);
  });
}

/**
 * T · log Σ share · softmax(logits / T): logits whose softmax at this temperature is the arithmetic mean of the teachers'. Never by way of the
 * probabilities themselves, of which the small ones would be 0.
 */
export function averageProbabilities({ logits, shares, classes }: Teachers, temperature: number): Float32Array {
  const length = logits[0]?.length ?? 0;
  const mean = new Float32Array(length);
  for (let start = 0; start < length; start += classes) {
    const rows = logits.map((own) => logSoftmax(own.subarray(start, start + classes), temperature));
    for (let index = 0; index < classes; index++) {
      const parts = rows.map((row, teacher) => Math.log(shares[teacher] ?? 0) + (row[index] ?? 0));
      mean[start + index] = temperature * logSumExp(parts);
    }
  }
  return mean;
}

/** The share of samples of which all teachers say the same class. */
export function agreement({ logits, classes }: Teachers): number {
  const [first = new Float32Array(), ...others] = logits;
  const count = first.length / classes;
  let same = 0;
  for (let sample = 0; sample < count; sample++) {
    const told = likeliest(first, sample, classes);
    if (others.every((own) => likeliest(own, sample, classes) === told)) same++;
  }
  return same / count;
}

function likeliest(logits: Float32Array, sample: number, classes: number): number {
  const row = logits.subarray(sample * classes, (sample + 1) * classes);
  return row.indexOf(Math.max(...row));
}

function logSoftmax(row: Float32Array, temperature: number): number[] {
  const softened = Array.from(row, (logit) => logit / temperature);
  const whole = logSumExp(softened);
  return softened.map((logit) => logit - whole);
}

/** The largest is taken out, so that nothing overflows; a share of 0 is a logarithm of −∞. */
function logSumExp(values: readonly number[]): number {
  const largest = Math.max(...values);
  return largest + Math.log(values.reduce((sum, value) => sum + Math.exp(value - largest), 0));
}
