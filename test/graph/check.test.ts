import { describe, expect, test } from '@jest/globals';
import type { JsonObject } from '../../src/base/json.ts';
import type { ArtifactFacts } from '../../src/core/artifact.ts';
import type { StageType } from '../../src/core/stage-type.ts';
import { checkPipeline } from '../../src/graph/check.ts';
import { specOf, typeOf } from './spec.ts';

const dataset = { kind: 'dataset', required: true, description: '' };
const types = new Map<string, StageType>([
  ['data', typeOf('data', { slots: {}, otherSlots: undefined as never, output: 'dataset' })],
  ['train', typeOf('train', { slots: { slot0: dataset }, otherSlots: undefined as never, output: 'model' })],
  ['compare', typeOf('compare', { otherSlots: { kind: 'model', required: false, description: '' } })],
]);

const messages = (needs: Readonly<Record<string, readonly string[]>>, type: (id: string) => string) =>
  checkPipeline(specOf(needs, type), types).problems.map(({ message, hint }) => [message, hint]);

const byName = (name: string) => name.replace(/\d+$/, '');

describe('slots', () => {
  test('filled with the right kinds give a graph', () => {
    const { graph, problems } = checkPipeline(specOf({ data: [], train: ['data'], compare: ['train'] }, byName), types);
    expect(problems).toEqual([]);
    expect(graph?.order).toEqual(['data', 'train', 'compare']);
  });

  test('with the wrong kind name what makes the right one', () => {
    expect(messages({ data: [], train1: ['data'], train2: ['train1'] }, byName)).toEqual([
      ['slot0 wants dataset, but train1 makes model', 'data makes dataset'],
    ]);
  });

  test('with the wrong kind, and nothing of the right one, name the type that would make it', () => {
    expect(messages({ compare1: [], train: ['compare1'] }, byName)).toEqual([
      ['slot0 wants dataset, but compare1 makes thing', 'no stage makes dataset; add one of type data'],
    ]);
  });

  test('that are open are missing', () => {
    expect(messages({ data: [], train: [] }, byName)).toEqual([
      ['train does not say which stage fills its slot "slot0" (dataset)', 'add "slot0: data" to its needs'],
    ]);
  });

  test('that a type does not have are unknown', () => {
    expect(messages({ data: [], train: ['data', 'data'] }, byName)).toEqual([
      ['train has no slot "slot1"', 'did you mean "slot0"?'],
    ]);
    expect(messages({ data1: [], data2: ['data1'] }, byName)).toEqual([
      ['data has no slot "slot0"', 'data needs nothing'],
    ]);
  });

  test('of other names hold their kind too', () => {
    expect(messages({ data: [], compare: ['data'] }, byName)).toEqual([
      ['slot0 wants model, but data makes dataset', 'no stage makes model; add one of type train'],
    ]);
  });
});

describe('what stage types find', () => {
  const counting = new Map<string, StageType>([
    [
      'count',
      typeOf('count', {
        check(_options: JsonObject, inputs: Readonly<Record<string, ArtifactFacts | undefined>>) {
          const before = inputs['slot0']?.['count'];
          const count = (typeof before === 'number' ? before : 0) + 1;
          const problems =
            count > 2 ? [{ code: 'bad-option' as const, message: `count ${count}`, pointer: '/with' }] : [];
          return { problems, facts: { count } };
        },
      }),
    ],
  ]);

  test('is told in the order of the graph, with facts from what a stage needs', () => {
    const { problems } = checkPipeline(
      specOf({ d: ['c'], c: ['b'], b: ['a'], a: [] }, () => 'count'),
      counting,
    );
    expect(problems.map((problem) => problem.message)).toEqual(['count 3', 'count 4']);
  });

  test('is not asked of a stage that has problems already', () => {
    const spec = specOf({ a: [], b: ['a'], c: ['b'] }, () => 'count');
    const faulty = {
      ...spec,
      stages: spec.stages.map((stage) => (stage.id === 'b' ? { ...stage, faulty: true as const } : stage)),
    };
    expect(checkPipeline(faulty, counting).problems).toEqual([]);
  });
});
