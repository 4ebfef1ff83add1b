import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Digest } from '../../../src/base/hash.ts';
import type { GcRules, Needed, NeedReason } from '../../../src/core/gc.ts';
import { chooseVictims } from '../../../src/store/gc/choose.ts';
import type { Inventory, StoredCheckpoint, StoredFile, StoredRecord } from '../../../src/store/gc/inventory.ts';
import { digest, key, recordOf } from '../records.ts';

const NOW = 1_000_000_000;
const OLD = 0;
const rules = (limit: number): GcRules => ({ limit, grace: 1000, now: NOW });
const nothing: Needed = { keys: new Map(), objects: new Map() };

function needed(...names: readonly (readonly [string, NeedReason])[]): Needed {
  return { keys: new Map(names.map(([name, why]) => [key(name), why])), objects: new Map() };
}

function file(path: string, bytes: number, changedAt = OLD): StoredFile {
  return { path, bytes, changedAt, identity: path };
}

interface Result {
  readonly name: string;
  readonly seconds: number;
  /** Objects by name, with their sizes. */
  readonly objects: Readonly<Record<string, number>>;
  readonly changedAt?: number;
}

/** Each record takes 10 bytes. */
function record({ name, seconds, objects, changedAt = OLD }: Result): StoredRecord {
  const files = Object.entries(objects).map(([path, bytes]) => ({ path, digest: digest(path), bytes }));
  const artifact = { kind: 'files', digest: digest(name), files };
  return { ...file(name, 10, changedAt), key: key(name), record: { ...recordOf(name, artifact), seconds } };
}

function inventory(results: readonly Result[], more: Partial<Inventory> = {}): Inventory {
  const objects = new Map<Digest, StoredFile>();
  for (const result of results)
    for (const [name, bytes] of Object.entries(result.objects))
      objects.set(digest(name), file(name, bytes, result.changedAt));
  return {
    objects,
    records: results.map(record),
    checkpoints: [],
    abandoned: [],
    replaced: [],
    deadLocks: [],
    ...more,
  };
}

function checkpoint(name: string, of: string | undefined, more: Partial<StoredCheckpoint> = {}): StoredCheckpoint {
  const owner = of === undefined ? {} : { owner: { key: key(of), madeBy: recordOf(of, NO_FILES).madeBy } };
  return {
    ...file(name, 100),
    epoch: 3,
    folder: 'folder',
    manifest: { epoch: 3, files: {}, seconds: 50, ...owner },
    ...more,
  };
}

const NO_FILES = { kind: 'files', digest: digest(''), files: [] };

const pathsOf = (choice: ReturnType<typeof chooseVictims>): readonly string[] => choice.victims.map(({ path }) => path);

describe('what goes', () => {
  const results: readonly Result[] = [
    { name: 'teacher', seconds: 1000, objects: { weights: 1000 } },
    { name: 'labels', seconds: 5, objects: { logits: 2000 } },
    { name: 'evaluation', seconds: 1, objects: { scores: 10 } },
  ];

  test('is nothing within the limit', () => {
    const choice = chooseVictims(inventory(results), nothing, rules(3040));
    expect(choice).toMatchObject({ victims: [], bytesBefore: 3040, bytesAfter: 3040 });
    expect(choice.kept).toEqual([{ why: 'fits', results: 3, checkpoints: 0, bytes: 3040 }]);
  });

  test('is what is cheapest to make again for its bytes, and no more than has to', () => {
    const choice = chooseVictims(inventory(results), nothing, rules(3000));
    expect(pathsOf(choice)).toEqual(['labels']);
    expect(choice.bytesAfter).toBe(1030);
    expect(choice.victims[0]).toMatchObject({
      what: 'result',
      why: 'over-limit',
      bytes: 2010,
      seconds: 5,
      madeBy: { stage: 'labels', pipeline: 'test' },
    });
    expect(pathsOf(chooseVictims(inventory(results), nothing, rules(0)))).toEqual(['labels', 'evaluation', 'teacher']);
  });

  test('among equals is the older', () => {
    const equal = [2, 1, 3].map((changedAt) => ({
      name: `n${changedAt}`,
      seconds: 1,
      objects: { [`o${changedAt}`]: 90 },
      changedAt,
    }));
    expect(pathsOf(chooseVictims(inventory(equal), nothing, rules(250)))).toEqual(['n1']);
  });

  test('counts an object of several results when the last of them goes', () => {
    const shared = [
      { name: 'a', seconds: 1, objects: { shared: 1000, own: 1 } },
      { name: 'b', seconds: 2, objects: { shared: 1000 } },
    ];
    const choice = chooseVictims(inventory(shared), nothing, rules(0));
    expect(choice.victims.map(({ path, bytes }) => [path, bytes])).toEqual([
      ['a', 11],
      ['b', 1010],
    ]);
    expect(choice.bytesAfter).toBe(0);
  });

  test('is nothing that is needed or young, however little room there is, and the rest is told', () => {
    const mixed = inventory([...results, { name: 'new', seconds: 0, objects: { fresh: 50 }, changedAt: NOW - 500 }]);
    const choice = chooseVictims(mixed, needed(['teacher', 'pinned'], ['labels', 'current']), rules(0));
    expect(pathsOf(choice)).toEqual(['evaluation']);
    expect(choice.kept).toEqual([
      { why: 'pinned', results: 1, checkpoints: 0, bytes: 1010 },
      { why: 'current', results: 1, checkpoints: 0, bytes: 2010 },
      { why: 'young', results: 1, checkpoints: 0, bytes: 60 },
    ]);
  });

  test('is nothing from the future either, where the clock stepped back', () => {
    const future = inventory([{ name: 'a', seconds: 0, objects: { o: 5 }, changedAt: NOW + 1e9 }]);
    expect(pathsOf(chooseVictims(future, nothing, rules(0)))).toEqual([]);
  });

  test('is no object of a needed run whose record is gone', () => {
    const orphan = inventory([], { objects: new Map([[digest('o'), file('o', 5)]]) });
    expect(pathsOf(chooseVictims(orphan, nothing, rules(Infinity)))).toEqual(['o']);
    const wanted: Needed = { keys: new Map(), objects: new Map([[digest('o'), 'live']]) };
    expect(pathsOf(chooseVictims(orphan, wanted, rules(0)))).toEqual([]);
  });

  test('is what nobody has a use for, whatever the limit: but not while it is young', () => {
    const { record: _, ...incomplete } = record({ name: 'incomplete', seconds: 1, objects: {} });
    const { manifest: __, ...damaged } = checkpoint('damaged', 'a');
    const garbage: Partial<Inventory> = {
      objects: new Map([
        [digest('orphan'), file('orphan', 7)],
        [digest('young'), file('young', 7, NOW)],
      ]),
      records: [incomplete, { ...incomplete, path: 'being written', changedAt: NOW }],
      checkpoints: [damaged],
      abandoned: [{ path: 'half', bytes: 3 }],
      deadLocks: [{ path: 'lock', bytes: 0 }],
    };
    const choice = chooseVictims(inventory([], garbage), nothing, rules(Infinity));
    expect(choice.victims.map(({ path, what, why }) => `${path}: ${what} ${why}`)).toEqual([
      'half: half-made abandoned',
      'lock: lock abandoned',
      'incomplete: record damaged',
      'damaged: checkpoint damaged',
      'orphan: object unnamed',
    ]);
    expect(choice.bytesBefore - choice.bytesAfter).toBe(3 + 10 + 100 + 7);
  });
});

describe('checkpoints', () => {
  test('of what is needed serve to go on from it, and go last', () => {
    const things = inventory(
      [
        { name: 'kept', seconds: 1, objects: { a: 10 } },
        { name: 'other', seconds: 1e6, objects: { b: 10 } },
      ],
      {
        checkpoints: [checkpoint('spare', 'kept'), checkpoint('of other', 'other'), checkpoint('of nobody', undefined)],
      },
    );
    const choice = chooseVictims(things, needed(['kept', 'pinned']), rules(0));
    expect(pathsOf(choice)).toEqual(['of other', 'of nobody', 'other', 'spare']);
    expect(pathsOf(chooseVictims(things, needed(['kept', 'pinned']), rules(120)))).toEqual([
      'of other',
      'of nobody',
      'other',
    ]);
  });

  test('of an interrupted stage of a current run stay, and so do those in use', () => {
    const things = inventory([{ name: 'done', seconds: 1, objects: { a: 10 } }], {
      checkpoints: [
        checkpoint('interrupted', 'not done'),
        checkpoint('running', 'done'),
        checkpoint('just used', 'else', { changedAt: NOW - 10 }),
      ],
    });
    const choice = chooseVictims(things, needed(['not done', 'current'], ['done', 'live']), rules(0));
    expect(pathsOf(choice)).toEqual([]);
    expect(choice.kept).toEqual([
      { why: 'current', results: 0, checkpoints: 1, bytes: 100 },
      { why: 'live', results: 1, checkpoints: 1, bytes: 120 },
      { why: 'young', results: 0, checkpoints: 1, bytes: 100 },
    ]);
  });
});

const NAMES = 'a b c d e f g h'.split(' ');

test('whatever a store holds: the sums are right, the limit is kept where it can be, and no less goes than has to', () => {
  const names = fc.constantFrom(...NAMES);
  const drawn = fc.record({
    results: fc.uniqueArray(
      fc.record({
        name: fc.integer({ min: 0, max: 30 }).map((n) => `r${n}`),
        seconds: fc.nat(100),
        objects: fc.uniqueArray(names, { maxLength: 4 }),
        changedAt: fc.constantFrom(OLD, OLD, NOW),
      }),
      { selector: ({ name }) => name, maxLength: 12 },
    ),
    reasons: fc.dictionary(
      fc.integer({ min: 0, max: 30 }).map((n) => `r${n}`),
      fc.constantFrom<NeedReason>('pinned', 'current', 'live'),
    ),
    limit: fc.nat(4000),
  });
  fc.assert(
    fc.property(drawn, ({ results, reasons, limit }) => {
      const size = (name: string): number => name.charCodeAt(0) * 2;
      const things = inventory(
        results.map(({ objects, ...rest }) => ({
          ...rest,
          objects: Object.fromEntries(objects.map((name) => [name, size(name)])),
        })),
        { objects: new Map(NAMES.map((name) => [digest(name), file(name, size(name))])) },
      );
      const why = needed(...Object.entries(reasons));
      const choice = chooseVictims(things, why, rules(limit));
      const gone = new Set(pathsOf(choice));
      const left = results.filter(({ name }) => !gone.has(name));
      const objectsLeft = new Set(left.flatMap(({ objects }) => objects));
      const bytesLeft = left.length * 10 + [...objectsLeft].reduce((sum, name) => sum + size(name), 0);
      expect(choice.bytesAfter).toBe(bytesLeft);
      expect(choice.kept.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(bytesLeft);
      for (const { name, changedAt } of results)
        if (reasons[name] !== undefined || changedAt === NOW) expect(gone.has(name)).toBe(false);
      const mayGo = left.filter(({ name, changedAt }) => reasons[name] === undefined && changedAt !== NOW);
      if (choice.bytesAfter > limit) expect(mayGo).toEqual([]);
      const last = choice.victims.filter(({ why: because }) => because === 'over-limit').at(-1);
      if (last !== undefined) expect(choice.bytesAfter + last.bytes).toBeGreaterThan(limit);
    }),
  );
});
