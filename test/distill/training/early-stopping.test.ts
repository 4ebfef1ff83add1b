import { expect, it } from '@jest/globals';
import { nothingSeen, patienceOver, watchEpoch } from '../../../src/distill/training/early-stopping.ts';
import type { EarlyStopping } from '../../../src/distill/training/early-stopping.ts';

const rule: EarlyStopping = { monitor: 'validationLoss', patience: 2, minDelta: 0.1 };

it('waits for an improvement by more than minDelta', () => {
  const { watch, stoppedAt } = follow(rule, [1, 0.95, 0.85, 0.8, 0.8, 0.1]);
  expect(watch).toEqual({ bestEpoch: 3, best: 0.85, wait: 2 });
  expect(stoppedAt).toBe(5);
});

it('wants losses to fall and accuracies to rise', () => {
  expect(follow({ ...rule, minDelta: 0 }, [3, 2, 1]).watch.bestEpoch).toBe(3);
  expect(follow({ ...rule, minDelta: 0, monitor: 'accuracy' }, [3, 2, 1]).watch.bestEpoch).toBe(1);
  expect(follow({ ...rule, minDelta: 0, monitor: 'validationAccuracy' }, [1, 2, 3]).watch.bestEpoch).toBe(3);
});

it('never stops after the first epoch, even without patience', () => {
  expect(follow({ ...rule, patience: 0 }, [1, 0.5, 0.5]).stoppedAt).toBe(3);
});

it('refuses to watch what is not measured', () => {
  expect(() => watchEpoch(nothingSeen, rule, 1, { loss: 1 })).toThrow('validationLoss');
});

function follow(of: EarlyStopping, values: readonly number[]) {
  let watch = nothingSeen;
  for (const [index, value] of values.entries()) {
    watch = watchEpoch(watch, of, index + 1, { [of.monitor]: value });
    if (patienceOver(watch, of)) return { watch, stoppedAt: index + 1 };
  }
  return { watch, stoppedAt: undefined };
}
