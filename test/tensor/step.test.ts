/** On the native backend a step runs as a graph; what it computes is what its operations compute one by one. */
import { afterAll, beforeAll, describe, expect, it, test } from '@jest/globals';
import { createOptimizer } from '../../src/distill/optimizers/optimizer.ts';
import { normalizeOptimizer, parseOptimizer } from '../../src/distill/optimizers/optimizer-spec.ts';
import { loadBackend } from '../../src/tensor/backend.ts';
import { drawn } from '../../src/tensor/changing.ts';
import { generator } from '../../src/tensor/random.ts';
import { openStep, type StepSpec } from '../../src/tensor/step.ts';
import * as tf from '../../src/tensor/tf.ts';
import { testedBackend } from '../tested-backend.ts';

interface Moment {
  readonly step: number;
  readonly learningRate: number;
}

const STEPS = 6;

/** What a graph computes in another order differs in the last bits. */
const CLOSE = 1e-5;

beforeAll(async () => {
  await loadBackend(testedBackend);
});

describe('a step', () => {
  const optimizers = [
    'adam',
    'sgd',
    'rmsprop',
    { sgd: { momentum: 0.9 } },
    { sgd: { momentum: 0.9, nesterov: true } },
    { rmsprop: { momentum: 0.9, centered: true } },
  ];
  it.each(optimizers)('learns what its operations learn one by one, with %j', (optimizer) => {
    expect(difference(trained({ optimizer, graphs: 1 }), byOperations({ optimizer }))).toBeLessThan(CLOSE);
  });

  it('is handed a new learning rate each time', () => {
    const rates = (step: number) => 0.1 / (step + 1);
    const steady = byOperations({ optimizer: 'sgd' });
    const decaying = byOperations({ optimizer: 'sgd', rates });
    expect(difference(decaying, steady)).toBeGreaterThan(100 * CLOSE);
    expect(difference(trained({ optimizer: 'sgd', rates, graphs: 1 }), decaying)).toBeLessThan(CLOSE);
  });

  it('takes batches of other sizes in between', () => {
    const sizes = [8, 3, 8, 8, 5, 8];
    expect(difference(trained({ sizes, graphs: 1 }), byOperations({ sizes }))).toBeLessThan(CLOSE);
  });

  it('goes on from what was assigned to its state after it was settled', () => {
    const halved = { between: halve };
    expect(difference(byOperations(halved), byOperations({}))).toBeGreaterThan(100 * CLOSE);
    expect(difference(trained({ ...halved, graphs: 1 }), byOperations(halved))).toBeLessThan(CLOSE);
  });

  it('is handed what is drawn anew each time', () => {
    const own = (x: tf.Tensor, at: Moment) =>
      tf.mul(
        x,
        drawn('mask', x.shape, at, ({ step }) => {
          const values = new Float32Array(x.size);
          generator(step, 'mask').fillBernoulli(values, 0.5, 2);
          return values;
        }),
      );
    const masked = byOperations({ own });
    expect(difference(masked, byOperations({}))).toBeGreaterThan(100 * CLOSE);
    expect(difference(trained({ own, graphs: 1 }), masked)).toBeLessThan(CLOSE);
  });

  it('gives back what it computes, from the state as it was assigned last', () => {
    tf.tidy(() => {
      const weight = tf.variable(tf.tensor1d([1, 2, 3]));
      const step = openStep<undefined>({
        state: [weight],
        work: ({ x }) => [tf.mul(weight, x as tf.Tensor), tf.sum(weight)],
        numbers: () => ({}),
        another: () => undefined,
      });
      const run = () => step.run({ x: tf.scalar(10) }, undefined).map((tensor) => [...tensor.dataSync()]);
      expect([run(), run()]).toEqual([
        [[10, 20, 30], [6]],
        [[10, 20, 30], [6]],
      ]);
      step.settle();
      weight.assign(tf.tensor1d([4, 5, 6]));
      expect(run()).toEqual([[40, 50, 60], [15]]);
      if (testedBackend === 'native') expect(openGraphs()).toBe(1);
      step.close();
      weight.dispose();
    });
  });

  it('lets one variable be read without settling the others', () => {
    tf.tidy(() => {
      const counts = [tf.variable(tf.scalar(0)), tf.variable(tf.scalar(0))] as const;
      const step = openStep<undefined>({
        state: counts,
        work: ({ x }) => {
          for (const count of counts) count.assign(tf.add(count, x as tf.Tensor));
          return [];
        },
        numbers: () => ({}),
        another: () => undefined,
      });
      for (let index = 0; index < 3; index++) step.run({ x: tf.scalar(1) }, undefined);
      expect(step.read(counts[1]).dataSync()[0]).toBe(3);
      step.run({ x: tf.scalar(1) }, undefined);
      step.settle();
      expect(counts.map((count) => count.dataSync()[0])).toEqual([4, 4]);
      step.close();
      for (const count of counts) count.dispose();
    });
  });

  it('is no graph where a number changes that was not said to', () => {
    const own = (x: tf.Tensor, { step }: Moment) => tf.mul(x, 1 + step);
    expect(trained({ own, graphs: 0 })).toEqual(byOperations({ own }));
  });

  it('is no graph where it reads a tensor from outside', () => {
    const outside = tf.randomUniform([1, 4], 0.5, 1, 'float32', 3);
    const own = (x: tf.Tensor) => tf.mul(x, outside);
    expect(trained({ own, graphs: 0 })).toEqual(byOperations({ own }));
    outside.dispose();
  });

  it('leaves no tensor and no graph behind', () => {
    const before = [tf.memory().numTensors, openGraphs()];
    for (let index = 0; index < 3; index++) trained({});
    expect([tf.memory().numTensors, openGraphs()]).toEqual(before);
  });
});

test('2,000 steps with inputs and results of 256 KiB, half of them drawn, keep none of them in memory', () => {
  const shape = [256, 256];
  const sum = tf.variable(tf.zeros(shape));
  const step = openStep<number>({
    state: [sum],
    work: ({ x }, at) => {
      const random = drawn('random', shape, at, (index) => new Float32Array(65_536).fill(index));
      sum.assign(tf.add(sum, tf.mul(x as tf.Tensor, random)));
      return [tf.mul(sum, 2)];
    },
    numbers: () => ({}),
    another: (at) => at + 1,
  });
  const run = (from: number, to: number) => {
    for (let index = from; index < to; index++) {
      tf.tidy(() => {
        step.run({ x: tf.ones(shape) }, index);
      });
    }
    return process.memoryUsage().rss;
  };
  const before = run(0, 300);
  const after = run(300, 2300);
  step.settle();
  expect(sum.dataSync()[0]).toBe((2300 * 2299) / 2);
  // One kept tensor a step would be 500 MiB.
  expect((after - before) / 2 ** 20).toBeLessThan(100);
  step.close();
  sum.dispose();
});

afterAll(() => {
  expect(openGraphs()).toBe(0);
});

interface Course {
  readonly optimizer?: unknown;
  readonly rates?: (step: number) => number;
  readonly sizes?: readonly number[];
  /** After the third step. */
  readonly between?: (weights: readonly tf.Variable[]) => void;
  /** Applied to the input, inside the step. */
  readonly own?: (x: tf.Tensor, at: Moment) => tf.Tensor;
  /** That are open while it runs, where the backend has any. */
  readonly graphs?: number;
}

/** The weights after some steps. */
function trained(course: Course): number[] {
  return walk(course, (spec) => openStep(spec));
}

function byOperations(course: Course): number[] {
  return walk(course, ({ work }) => ({
    run: (inputs, at) => tf.tidy(() => [...work(inputs, at)]),
    settle: () => undefined,
    read: (variable) => tf.clone(variable),
    close: () => undefined,
  }));
}

function walk(course: Course, open: (spec: StepSpec<Moment>) => ReturnType<typeof openStep<Moment>>): number[] {
  const {
    sizes = new Array<number>(STEPS).fill(8),
    rates = () => 0.01,
    own = (x: tf.Tensor) => x,
    graphs,
    between,
  } = course;
  const weights = [randomVariable([4, 16]), randomVariable([16]), randomVariable([16, 3]), randomVariable([3])];
  const [k1, b1, k2, b2] = weights as [tf.Tensor2D, tf.Tensor1D, tf.Tensor2D, tf.Tensor1D] & tf.Variable[];
  const optimizer = createOptimizer(
    parseOptimizer(normalizeOptimizer((course.optimizer ?? 'adam') as string)),
    weights,
  );
  const step = open({
    state: [...weights, ...optimizer.slots],
    work: ({ x, labels }, at) => {
      const { grads } = tf.variableGrads(() => {
        const hidden = tf.relu(tf.add(tf.matMul(own(x as tf.Tensor2D, at) as tf.Tensor2D, k1), b1));
        const logits = tf.add(tf.matMul(hidden as tf.Tensor2D, k2), b2);
        return tf.neg(tf.mean(tf.sum(tf.mul(labels as tf.Tensor, tf.logSoftmax(logits)), -1))) as tf.Scalar;
      }, weights);
      optimizer.apply(grads, at);
      return [tf.mul(k1, 2)];
    },
    numbers: (at) => ({ rate: optimizer.rate(at) }),
    another: ({ step: index, learningRate }) => ({ step: index + 1, learningRate: learningRate / 2 }),
  });
  for (const [index, size] of sizes.entries()) {
    tf.tidy(() => {
      const labels = tf.tensor2d(
        Array.from({ length: size }, (_, row) => [0, 1, 2].map((label) => Number(row % 3 === label))),
      );
      const at = { step: index, learningRate: rates(index) };
      const [doubled] = step.run({ x: random([size, 4], index), labels }, at);
      if (index !== sizes.length - 1) return;
      step.settle();
      expect(difference([...(doubled?.dataSync() ?? [])], [...tf.mul(k1, 2).dataSync()])).toBeLessThan(CLOSE);
    });
    if (index === 2 && between !== undefined) {
      step.settle();
      between(weights);
    }
  }
  if (graphs !== undefined && testedBackend === 'native') expect(openGraphs()).toBe(graphs);
  step.settle();
  step.close();
  const values = weights.flatMap((weight) => [...weight.dataSync<'float32'>()]);
  for (const variable of weights) variable.dispose();
  optimizer.dispose();
  return values;
}

function halve(weights: readonly tf.Variable[]): void {
  tf.tidy(() => {
    for (const weight of weights) weight.assign(tf.mul(weight, 0.5));
  });
}

function openGraphs(): number {
  const { binding } = tf.backend() as unknown as { binding?: { getNumOfSavedModels(): number } };
  return binding?.getNumOfSavedModels() ?? 0;
}

function randomVariable(shape: number[]): tf.Variable {
  return tf.tidy(() => tf.variable(random(shape, 0)));
}

function random(shape: number[], seed: number): tf.Tensor {
  const values = new Float32Array(shape.reduce((product, size) => product * size, 1));
  generator(seed, 'step-test', ...shape).fillUniform(values, -1, 1);
  return tf.tensor(values, shape);
}

function difference(first: readonly number[], second: readonly number[]): number {
  return Math.max(...first.map((value, index) => Math.abs(value - (second[index] ?? NaN))));
}
