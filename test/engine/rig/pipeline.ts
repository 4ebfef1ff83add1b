import type { StageId } from '../../../src/core/ids.ts';
import type { MetricBound } from '../../../src/core/metric-bound.ts';
import type { GateSpec, PipelineSpec, StageSpec } from '../../../src/core/pipeline-spec.ts';
import type { StagePolicy } from '../../../src/core/stage-policy.ts';
import { type Steering, optionsOf } from './steered-type.ts';

/** A stage as a test writes it; the slots of `needs` bear the names of the stages. */
export interface TestStage extends Steering {
  readonly type?: string;
  readonly needs?: readonly string[];
  readonly policy?: StagePolicy;
}

export type TestStages = Readonly<Record<string, TestStage>>;

export interface TestGate {
  readonly stage: string;
  readonly path: readonly string[];
  readonly operator: GateSpec['operator'];
  readonly bound: number;
}

/** But for its operator and its bound. */
export function conditionOn(stage: string, ...path: readonly string[]): Omit<MetricBound, 'operator' | 'bound'> {
  const where = { source: { name: 'test.yaml/when', text: '' }, start: 0, end: 0 };
  return { stage: stage as StageId, path, metric: [stage, ...path].join('.'), where };
}

export function pipelineOf(folder: string, stages: TestStages, gates: readonly TestGate[] = []): PipelineSpec {
  const source = { name: 'test.yaml', text: Object.keys(stages).join('\n') };
  const place = (id: string): StageSpec['where'] => ({
    source,
    start: source.text.indexOf(id),
    end: source.text.length,
  });
  return {
    name: 'test',
    source,
    folder,
    params: {},
    backend: 'wasm',
    stages: Object.entries(stages).map(([id, { type = 'steered', needs = [], policy, ...steering }]) => ({
      id: id as StageId,
      type,
      where: place(id),
      needs: Object.fromEntries(needs.map((need) => [need, { stage: need as StageId, where: place(need) }])),
      options: optionsOf(steering),
      ...(policy === undefined ? {} : { policy }),
      locate: (pointer) => ({ source: { name: `test.yaml${pointer}`, text: '' }, start: 0, end: 0 }),
    })),
    gates: gates.map((gate) => ({
      ...gate,
      stage: gate.stage as StageId,
      metric: [gate.stage, ...gate.path].join('.'),
      where: place(gate.stage),
    })),
  };
}
