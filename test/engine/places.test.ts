import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type Demand, Places } from '../../src/engine/places.ts';

/** Asks in order, and tells who got what so far. */
function asking(places: Places, demands: readonly Demand[]): { granted: () => Promise<readonly number[]> } {
  const granted: number[] = [];
  demands.forEach((demand, index) => void places.take(demand).then(() => granted.push(index)));
  return {
    async granted() {
      await new Promise((resolve) => setImmediate(resolve));
      return [...granted];
    },
  };
}

describe('places', () => {
  it('are given first come, first served', async () => {
    const places = new Places(1);
    const { granted } = asking(places, [{}, {}, {}]);
    expect(await granted()).toEqual([0]);
    places.give();
    expect(await granted()).toEqual([0, 1]);
  });

  it('come with all that is asked of the pools, or not at all', async () => {
    const places = new Places(3, { gpu: 1, memory: 8 });
    const demands = [{ gpu: 1, memory: 2 }, { gpu: 1, memory: 6 }, { memory: 6 }, {}];
    const { granted } = asking(places, demands);
    // The second waits for the GPU, and keeps its memory from the third; who asks for a place alone goes past both.
    expect(await granted()).toEqual([0, 3]);
    places.give(demands[0]);
    expect(await granted()).toEqual([0, 3, 1]);
    places.give(demands[1]);
    expect(await granted()).toEqual([0, 3, 1, 2]);
  });

  it('do not let small ones starve a large one', async () => {
    const places = new Places(4, { memory: 4 });
    const small = { memory: 2 };
    const { granted } = asking(places, [small, small, { memory: 4 }, small, small]);
    expect(await granted()).toEqual([0, 1]);
    places.give(small);
    expect(await granted()).toEqual([0, 1]);
    places.give(small);
    expect(await granted()).toEqual([0, 1, 2]);
  });

  it('never run over, and serve everybody', async () => {
    const pools = { gpu: 2, memory: 10 };
    const demand = fc.record({ gpu: fc.nat(2), memory: fc.nat(10) }, { requiredKeys: [] });
    await fc.assert(
      fc.asyncProperty(fc.array(demand, { maxLength: 30 }), fc.integer({ min: 1, max: 4 }), async (demands, count) => {
        const places = new Places(count, pools);
        const held = { places: 0, gpu: 0, memory: 0 };
        const hold = ({ gpu = 0, memory = 0 }: Demand, sign: 1 | -1): void => {
          held.places += sign;
          held.gpu += sign * gpu;
          held.memory += sign * memory;
          expect(held.places <= count && held.gpu <= pools.gpu && held.memory <= pools.memory).toBe(true);
        };
        await Promise.all(
          demands.map(async (each, index) => {
            await places.take(each);
            hold(each, 1);
            for (let tick = 0; tick < index % 3; tick++) await new Promise((resolve) => setImmediate(resolve));
            hold(each, -1);
            places.give(each);
          }),
        );
        expect(held).toEqual({ places: 0, gpu: 0, memory: 0 });
      }),
      { numRuns: 100 },
    );
  });

  it('are given to many thousands that wait in a moment', async () => {
    const places = new Places(2, { gpu: 1 });
    const demands = Array.from({ length: 20_000 }, (_, index): Demand => (index % 2 === 0 ? { gpu: 1 } : {}));
    let done = 0;
    await Promise.all(
      demands.map(async (each) => {
        await places.take(each);
        done++;
        places.give(each);
      }),
    );
    expect(done).toBe(20_000);
  });
});
