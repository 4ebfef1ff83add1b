import { parseByteSize } from '../base/byte-size.ts';
import { isJsonObject } from '../base/json.ts';
import type { JsonValue } from '../base/json.ts';
import type { StageSpec } from '../core/pipeline-spec.ts';
import { writtenId } from '../core/pipeline-spec.ts';
import { didYouMean } from '../diagnostics/nearest.ts';
import { originOf } from '../diagnostics/origin.ts';
import type { Problem } from '../diagnostics/problem.ts';
import { toldOnce } from '../diagnostics/variant-problems.ts';

/** By name: counts as they stand, sizes as bytes. What is neither is left out: the schema tells of it. */
export type Resources = Readonly<Record<string, number>>;

/** Undefined where there are none. */
export function readResources(written: JsonValue | undefined): Resources | undefined {
  if (!isJsonObject(written)) return undefined;
  const amounts = Object.entries(written).flatMap(([name, amount]) => {
    const number = typeof amount === 'string' ? parseByteSize(amount) : amount;
    return typeof number === 'number' ? [[name, number] as const] : [];
  });
  return amounts.length === 0 ? undefined : Object.fromEntries(amounts);
}

/** What a stage asks of a pool that the project does not have, or of which it never has so much: it would wait for ever. */
export function resourceProblems(stages: readonly StageSpec[], pools: Resources = {}): readonly Problem[] {
  // Of what is wrong otherwise, enough was told.
  const sound = stages.filter(({ faulty }) => faulty !== true);
  const found = sound.flatMap((stage) =>
    Object.entries(stage.policy?.resources ?? {}).flatMap(([pool, amount]) => {
      const there = Object.hasOwn(pools, pool) ? pools[pool] : undefined;
      if (there !== undefined && amount <= there) return [];
      const where = stage.locate(`/resources/${pool}`, there === undefined ? 'key' : 'value');
      return [
        {
          code: 'resource-lacking',
          ...lacking({ stage, pool, amount, there, pools }),
          where,
          ...originOf(where),
        } as const,
      ];
    }),
  );
  return toldOnce(
    found.map((problem) => ({ problem, variant: '' })),
    1,
  );
}

interface Lacking {
  readonly stage: StageSpec;
  readonly pool: string;
  readonly amount: number;
  readonly there: number | undefined;
  readonly pools: Resources;
}

function lacking({ stage, pool, amount, there, pools }: Lacking): Pick<Problem, 'message' | 'hint'> {
  if (there === undefined) {
    const hint =
      didYouMean(pool, Object.keys(pools), 'resources') ??
      `the project file says what there is: resources: { ${pool}: ${amount} }`;
    return { message: `the project has no resource "${pool}", which ${writtenId(stage)} asks for`, hint };
  }
  const message = `${writtenId(stage)} asks for ${amount} of "${pool}", and the project has ${there}`;
  return { message, hint: 'ask for less, or raise it in the project file' };
}
