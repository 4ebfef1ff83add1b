import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { canonicalJson } from '../../../src/base/canonical-json.ts';
import type { JsonObject, JsonValue } from '../../../src/base/json.ts';
import { readMatrix } from '../../../src/config/matrix/axes.ts';
import { expand } from '../../../src/config/matrix/expand.ts';
import type { Group, Variant } from '../../../src/config/matrix/group.ts';
import { TooMany, once } from '../../../src/config/matrix/relation.ts';
import type { Relation } from '../../../src/config/matrix/relation.ts';

/** The combinations of a matrix that has nothing wrong with it. */
function relationOf(matrix: JsonObject, most = 10_000): Relation {
  const where = () => ({ source: { name: 'p.yaml', text: '' }, start: 0, end: 1 });
  const refuse = (_: string, { message }: { readonly message: string }) => {
    throw new Error(message);
  };
  return readMatrix(matrix, { where, refuse, most }).relation;
}

function group(id: string, more: Partial<Group> = {}): Group {
  return { id, own: once, references: [], needs: {}, gather: [], exclude: [], ...more };
}

const need = (stage: string, pick: JsonObject = {}) => ({ stage, pick });

function variantsOf(groups: readonly Group[], pipeline: Relation = once): ReadonlyMap<string, readonly Variant[]> {
  const order = [...new Set([pipeline, ...groups.map(({ own }) => own)].flatMap(({ axes }) => axes))];
  const expanded = expand({ groups, pipeline, order, most: 10_000 });
  if (expanded === undefined) throw new Error('a cycle');
  expect(expanded.faults).toEqual([]);
  return new Map([...expanded.groups].map(([id, { variants }]) => [id, variants]));
}

const idsOf = (variants: readonly Variant[] | undefined) => variants?.map(({ id }) => id);

/** Axes a, b, c with values that are all different. */
const axes = fc.dictionary(
  fc.constantFrom('a', 'b', 'c', 'd'),
  fc.uniqueArray(fc.oneof(fc.integer({ min: -5, max: 5 }), fc.constantFrom('x', 'y', 'x y', '', '-')), {
    minLength: 1,
    maxLength: 4,
  }),
  { minKeys: 1, maxKeys: 4 },
);

const rowsOf = ({ rows }: Relation) =>
  rows.map((row) => Object.fromEntries(Object.entries(row).map(([axis, { value }]) => [axis, value])));

describe('the combinations of a matrix', () => {
  test('are all of its lists with one another, each once, under different ids', () => {
    fc.assert(
      fc.property(axes, (lists) => {
        const relation = relationOf(lists);
        const count = Object.values(lists).reduce((product, list) => product * list.length, 1);
        expect(relation.rows).toHaveLength(count);
        expect(new Set(rowsOf(relation).map((row) => canonicalJson(row))).size).toBe(count);
        const ids = idsOf(variantsOf([group('s', { own: relation })]).get('s')) ?? [];
        expect(new Set(ids).size).toBe(count);
        // They can be typed in a shell without quotes.
        for (const id of ids) expect(id).toMatch(/^s@[A-Za-z0-9._+,=-]+$/);
      }),
    );
  });

  test('exclude removes those that match, and no others', () => {
    fc.assert(
      fc.property(axes, fc.array(fc.nat(), { minLength: 1, maxLength: 3 }), (lists, picks) => {
        const all = rowsOf(relationOf(lists));
        // Of some combinations, some of the values.
        const exclude = picks.map((pick) => {
          const entries = Object.entries(all[pick % all.length] ?? {});
          return Object.fromEntries(entries.filter((_, index) => index === 0 || (pick >> index) % 2 === 0));
        });
        const matches = (row: JsonObject) =>
          exclude.some((pattern) => Object.entries(pattern).every(([axis, value]) => row[axis] === value));
        expect(rowsOf(relationOf({ ...lists, exclude }))).toEqual(all.filter((row) => !matches(row)));
      }),
    );
  });

  test('do not depend on the order of axes and values', () => {
    fc.assert(
      fc.property(axes, (lists) => {
        const turned = Object.fromEntries(
          Object.entries(lists)
            .reverse()
            .map(([axis, list]) => [axis, [...list].reverse()]),
        );
        const texts = (matrix: JsonObject) =>
          rowsOf(relationOf(matrix))
            .map((row) => canonicalJson(row))
            .sort();
        expect(texts(turned)).toEqual(texts(lists));
      }),
    );
  });

  test('dependent axes take the values of the value that they depend on', () => {
    const values = { small: [0.1, 0.01], big: [0.001] };
    const model: JsonValue[] = [
      { name: 'small', units: 8 },
      { name: 'big', units: 512 },
    ];
    const relation = relationOf({ rate: { by: 'model', values }, model });
    const labels = relation.rows.map((row) => `${row['model']?.label ?? ''} ${row['rate']?.label ?? ''}`);
    expect(labels.sort()).toEqual(['big 0.001', 'small 0.01', 'small 0.1']);
  });

  test('include adds combinations, with values of their own; exclude leaves them alone', () => {
    const include = [
      { a: 3, b: 'x' },
      { a: 1, b: 'x' },
    ];
    expect(rowsOf(relationOf({ a: [1, 2], b: ['x'], exclude: [{ b: 'x' }], include }))).toEqual(include);
    expect(rowsOf(relationOf({ include }))).toEqual(include);
    expect(rowsOf(relationOf({ a: [1], b: ['x'], include }))).toHaveLength(2);
  });

  test('values are called by their name, or by what stands in them, and told apart', () => {
    const values: JsonValue[] = [
      { name: 'big one' },
      ['flatten', { dense: 10 }],
      '../data',
      'a',
      ['a'],
      null,
      'x'.repeat(99),
    ];
    const labels = relationOf({ a: values }).rows.map((row) => row['a']?.label);
    expect(labels).toEqual(['big-one', 'flatten-10', '..-data', 'a', 'a-2', 'null', 'x'.repeat(40)]);
  });

  test('are refused where they are too many, before they are made', () => {
    const list = Array.from({ length: 100 }, (_, index) => index);
    expect(() => relationOf({ a: list, b: list, c: list, d: list })).toThrow(TooMany);
  });
});

describe('the variants of stages', () => {
  const pipeline = relationOf({ t: [1, 4], s: ['a', 'b'], exclude: [{ t: 4, s: 'b' }] });

  test('a stage has the axes that it refers to, and those of what it needs', () => {
    const variants = variantsOf(
      [
        group('data'),
        group('train', { references: ['t'], needs: { data: need('data') } }),
        group('tune', { own: relationOf({ w: [8, 16] }), references: ['w'], needs: { model: need('train') } }),
        group('test', { needs: { model: need('tune'), data: need('data') } }),
      ],
      pipeline,
    );
    expect(idsOf(variants.get('data'))).toEqual(['data']);
    expect(idsOf(variants.get('train'))).toEqual(['train@t=1', 'train@t=4']);
    const four = ['t=1,w=8', 't=1,w=16', 't=4,w=8', 't=4,w=16'];
    expect(idsOf(variants.get('test'))).toEqual(four.map((axes) => `test@${axes}`));
    expect(variants.get('test')?.map(({ needs }) => needs['model']?.stage)).toEqual(four.map((axes) => `tune@${axes}`));
  });

  test('stages that meet are matched on the axes that they share, as the pipeline combines them', () => {
    const variants = variantsOf(
      [
        group('left', { references: ['t'] }),
        group('right', { references: ['s'] }),
        group('both', { needs: { left: need('left'), right: need('right') } }),
        group('all', { needs: { both: need('both'), left: need('left') } }),
      ],
      pipeline,
    );
    expect(idsOf(variants.get('both'))).toEqual(['both@t=1,s=a', 'both@t=1,s=b', 'both@t=4,s=a']);
    expect(variants.get('all')?.map(({ needs }) => [needs['both']?.stage, needs['left']?.stage])).toEqual([
      ['both@t=1,s=a', 'left@t=1'],
      ['both@t=1,s=b', 'left@t=1'],
      ['both@t=4,s=a', 'left@t=4'],
    ]);
  });

  test('what is gathered is given all at once, what is picked is no axis any more', () => {
    const variants = variantsOf(
      [
        group('train', { own: relationOf({ w: [8, 16] }), references: ['t', 'w'] }),
        group('compare', { gather: ['t'], needs: { student: need('train') } }),
        group('small', { gather: ['t'], needs: { student: need('train', { w: 8 }) } }),
      ],
      pipeline,
    );
    expect(variants.get('compare')?.map(({ id, needs }) => [id, Object.entries(needs)])).toEqual(
      [8, 16].map((w) => [
        `compare@w=${w}`,
        [1, 4].map((t) => [`student@t=${t}`, { slot: 'student', stage: `train@t=${t},w=${w}` }]),
      ]),
    );
    expect(variants.get('small')?.map(({ id, needs }) => [id, Object.keys(needs)])).toEqual([
      ['small', ['student@t=1', 'student@t=4']],
    ]);
  });

  test('everything that a variant needs is there, and agrees with it', () => {
    const names = ['t', 's'];
    const stages = fc.array(
      fc.record({
        references: fc.subarray(names),
        needs: fc.array(fc.nat({ max: 5 }), { maxLength: 3 }),
        width: fc.nat({ max: 2 }),
        gather: fc.subarray(names),
      }),
      { minLength: 1, maxLength: 6 },
    );
    fc.assert(
      fc.property(stages, (written) => {
        const groups = written.map(({ references, needs, width, gather }, index) => {
          const own = width === 0 ? once : relationOf({ [`w${index}`]: Array.from({ length: width }, (_, at) => at) });
          const before = needs.filter((each) => each < index).map((each) => [`slot${each}`, need(`n${each}`)] as const);
          return group(`n${index}`, { own, references, gather, needs: Object.fromEntries(before) });
        });
        const order = [...pipeline.axes, ...groups.flatMap(({ own }) => own.axes)];
        const expanded = expand({ groups, pipeline, order, most: 10_000 });
        const all = new Map(
          [...(expanded?.groups.values() ?? [])].flatMap(({ variants }) => variants.map((each) => [each.id, each])),
        );
        expect(all.size).toBe(
          [...(expanded?.groups.values() ?? [])].reduce((sum, { variants }) => sum + variants.length, 0),
        );
        for (const { axes: own, needs } of all.values()) {
          for (const { stage } of Object.values(needs)) {
            const given = all.get(stage);
            expect(given).toBeDefined();
            for (const [axis, value] of Object.entries(given?.axes ?? {}))
              if (axis in own) expect(value).toBe(own[axis]);
          }
        }
      }),
    );
  });

  test('a stage that needs itself, by a detour, is left to those who tell of cycles', () => {
    const groups = [group('a', { needs: { x: need('b') } }), group('b', { needs: { x: need('a') } })];
    expect(expand({ groups, pipeline: once, order: [], most: 10 })).toBeUndefined();
  });

  test('ten thousand of them take no longer than they have to', () => {
    const hundred = Array.from({ length: 100 }, (_, index) => index);
    const pairs = relationOf({ a: hundred, b: Array.from({ length: 48 }, (_, index) => index) });
    const groups = [
      group('train', { own: pairs, references: ['a', 'b'] }),
      group('test', { needs: { model: need('train') } }),
      group('compare', { gather: ['b'], needs: { model: need('train') } }),
    ];
    const started = performance.now();
    const variants = variantsOf(groups);
    // 0.05 s on the slowest machine that was tried; a quadratic way takes minutes.
    expect(performance.now() - started).toBeLessThan(5000);
    expect([...variants.values()].map(({ length }) => length)).toEqual([4800, 4800, 100]);
  });
});
