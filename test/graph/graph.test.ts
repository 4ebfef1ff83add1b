import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { buildGraph } from '../../src/graph/graph.ts';
import type { Graph } from '../../src/graph/graph.ts';
import { selectTargets } from '../../src/graph/targets.ts';
import { id, specOf } from './spec.ts';

function graphOf(needs: Readonly<Record<string, readonly string[]>>): Graph {
  const { graph, problems } = buildGraph(specOf(needs));
  expect(problems).toEqual([]);
  if (graph === undefined) throw new Error('neither a graph nor a problem');
  return graph;
}

describe('conditions', () => {
  const conditioned = (needs: Readonly<Record<string, readonly string[]>>, on: Readonly<Record<string, string>>) => {
    const spec = specOf(needs);
    const bound = { path: ['value'], operator: '>' as const, bound: 0 };
    const stages = spec.stages.map((stage) => {
      const name = on[stage.id];
      if (name === undefined) return stage;
      const when = [{ ...bound, metric: `${name}.value`, stage: id(name), where: stage.where }];
      return { ...stage, policy: { when } };
    });
    return buildGraph({ ...spec, stages });
  };

  test('order stages, and are no needs', () => {
    const { graph } = conditioned({ student: ['data'], data: [], evaluate: ['data'] }, { student: 'evaluate' });
    expect(graph?.order).toEqual(['data', 'evaluate', 'student']);
    expect(graph?.dependencies(id('student'))).toEqual(['data']);
    expect(graph?.conditions(id('student'))).toEqual(['evaluate']);
    expect(graph?.dependents(id('evaluate'))).toEqual([]);
    if (graph === undefined) throw new Error('no graph');
    expect([...selectTargets(graph, [id('student')])].sort()).toEqual(['data', 'evaluate', 'student']);
  });

  test('close circles', () => {
    const { problems } = conditioned({ evaluate: ['student'], student: [] }, { student: 'evaluate' });
    expect(problems.map(({ code, message }) => [code, message])).toEqual([
      ['cycle', 'stages need one another in a circle: evaluate -> student -> evaluate'],
    ]);
    expect(conditioned({ a: [] }, { a: 'a' }).problems.map(({ message }) => message)).toEqual(['a needs itself']);
  });
});

describe('the order', () => {
  test('is the order of the file where that is one', () => {
    expect(graphOf({ c: [], a: ['c'], b: ['c'], d: ['a', 'b'] }).order).toEqual(['c', 'a', 'b', 'd']);
  });

  test('puts what is needed first, wherever it is written', () => {
    expect(graphOf({ d: ['b'], c: [], b: ['a'], a: [] }).order).toEqual(['c', 'a', 'b', 'd']);
  });

  test('has every stage once, after what it needs, and the first ready one in the file next', () => {
    // Edges lead from a higher rank to a lower one, and ranks are shuffled over the file.
    const graphs = fc
      .integer({ min: 1, max: 12 })
      .chain((count) =>
        fc.tuple(
          fc.shuffledSubarray([...Array(count).keys()], { minLength: count }),
          fc.array(fc.tuple(fc.nat(count - 1), fc.nat(count - 1)), { maxLength: 30 }),
        ),
      );
    fc.assert(
      fc.property(graphs, ([ranks, pairs]) => {
        const needs: Record<string, string[]> = Object.fromEntries(ranks.map((rank) => [`s${rank}`, []]));
        for (const [a, b] of pairs) if (a !== b) needs[`s${Math.max(a, b)}`]?.push(`s${Math.min(a, b)}`);
        const file = Object.keys(needs);
        const { order } = graphOf(needs);
        const expected: string[] = [];
        while (expected.length < file.length) {
          const next = file.find(
            (name) => !expected.includes(name) && (needs[name] ?? []).every((needed) => expected.includes(needed)),
          );
          if (next === undefined) throw new Error('a cycle');
          expected.push(next);
        }
        expect(order).toEqual(expected);
      }),
    );
  });
});

test('edges are told both ways, each once', () => {
  const graph = graphOf({ a: [], b: ['a', 'a'], c: ['b', 'a'] });
  expect(graph.dependencies(id('c'))).toEqual(['b', 'a']);
  expect(graph.dependencies(id('b'))).toEqual(['a']);
  expect(graph.dependents(id('a'))).toEqual(['b', 'c']);
  expect(() => graph.dependents(id('nobody'))).toThrow('no stage nobody');
});

test('targets bring what they need, and nothing else', () => {
  const graph = graphOf({ a: [], b: ['a'], c: ['b'], d: ['b'], e: [] });
  expect([...selectTargets(graph, [id('c')])].sort()).toEqual(['a', 'b', 'c']);
  expect([...selectTargets(graph, [id('c'), id('e')])].sort()).toEqual(['a', 'b', 'c', 'e']);
  expect([...selectTargets(graph, [])]).toEqual([]);
});

describe('cycles', () => {
  const told = (needs: Readonly<Record<string, readonly string[]>>) => buildGraph(specOf(needs)).problems;

  test('are told as a path from the first stage of the file, with each place', () => {
    const problems = told({ x: [], a: ['x', 'c'], b: ['a'], c: ['b'] });
    expect(problems.map((problem) => problem.message)).toEqual([
      'stages need one another in a circle: a -> c -> b -> a',
    ]);
    expect(problems[0]?.related?.map((place) => place.message)).toEqual(['c needs b', 'b needs a']);
    const { where } = problems[0] ?? {};
    expect(where?.source.text.slice(where.start, where.end)).toBe('c');
  });

  test('are each told once; what only follows one is not told of', () => {
    const problems = told({ a: ['b'], b: ['a'], after: ['b'], c: ['d'], d: ['c'], self: ['self'] });
    expect(problems.map((problem) => problem.message)).toEqual([
      'stages need one another in a circle: a -> b -> a',
      'stages need one another in a circle: c -> d -> c',
      'self needs itself',
    ]);
  });

  test('stand beside unknown stages', () => {
    expect(told({ a: ['b'], b: ['a', 'ax'] }).map((problem) => problem.code)).toEqual(['unknown-stage', 'cycle']);
  });

  test('of a thousand stages are shortened', () => {
    const needs = Object.fromEntries(
      Array.from({ length: 1000 }, (_, index) => [`s${index}`, [`s${(index + 1) % 1000}`]]),
    );
    const [problem] = told(needs);
    expect(problem?.message).toMatch(/^stages need one another in a circle: s0 -> s1 -> .* -> … -> s0$/);
    expect(problem?.related?.length).toBeLessThan(20);
  });
});

test('twice as many stages, thousands of them, take about twice as long', () => {
  const chain = (count: number) =>
    specOf(
      Object.fromEntries(
        Array.from({ length: count }, (_, index) => [`s${index}`, index < 100 ? [] : [`s${index - 100}`]]),
      ),
    );
  // Of this process, so that a busy machine makes no difference; what is quadratic takes four times as long.
  const milliseconds = (count: number) => {
    const spec = chain(count);
    const times = Array.from({ length: 7 }, () => {
      const start = process.cpuUsage();
      buildGraph(spec);
      return process.cpuUsage(start).user / 1000;
    });
    return Math.min(...times);
  };
  milliseconds(1000);
  const [half, whole] = [milliseconds(5_000), milliseconds(10_000)];
  expect(whole).toBeLessThan(half * 3.5 + 20);
});
