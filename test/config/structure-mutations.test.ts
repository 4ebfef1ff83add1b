import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseDocument, stringify } from 'yaml';
import { openPipeline } from '../../src/api/open-pipeline.ts';
import { renderProblem } from '../../src/diagnostics/frame.ts';
import { tinyPipeline } from '../e2e/tiny-pipeline.ts';
import { inFolder } from './read-rig.ts';

/** `PIPELINE_TEST_MUTATIONS=20000` for a long look. */
const MUTATIONS = Number(process.env['PIPELINE_TEST_MUTATIONS'] ?? 400);

const pipelines = join(import.meta.dirname, '../../pipelines');
const valid = [
  tinyPipeline,
  // Every word that there is about axes.
  readFileSync(join(import.meta.dirname, '../fixtures/axes.yaml'), 'utf8'),
  ...readdirSync(pipelines)
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => readFileSync(join(pipelines, name), 'utf8')),
];

/** Valid or refused, in words and with a place inside what was read; never thrown. */
async function expectSound(text: string | Uint8Array, more: { set?: string[]; params?: string } = {}): Promise<number> {
  return inFolder({ 'p.yaml': text, 'params.yaml': more.params ?? 'seed: 1\n' }, async (cwd) => {
    const read = await openPipeline({
      file: 'p.yaml',
      cwd,
      set: more.set ?? [],
      paramsFiles: more.params === undefined ? [] : ['params.yaml'],
    });
    if (read.ok) {
      expect(read.value.graph.order).toHaveLength(read.value.spec.stages.length);
      return 0;
    }
    expect(read.error.length).toBeGreaterThan(0);
    // Each of thousands is drawn in the same way.
    for (const problem of read.error.slice(0, 200)) {
      const { code, message, where } = problem;
      expect(code).toMatch(/^[a-z0-9-]+$/);
      expect(message).not.toMatch(/\[object|undefined is|Cannot read|is not a function|^\s*$/);
      if (where === undefined) {
        // Of the whole file, which has no text to point into.
        expect(code).toMatch(/^(empty-file|not-utf8|file-too-large|project-file)$/);
        continue;
      }
      expect(where.start).toBeGreaterThanOrEqual(0);
      expect(where.start).toBeLessThanOrEqual(where.source.text.length);
      expect(where.end).toBeGreaterThan(where.start);
      expect(renderProblem(problem, { color: false })).toContain('^');
    }
    return read.error.length;
  });
}

type Tree = null | boolean | number | string | Tree[] | { [name: string]: Tree };

/** Every place in a tree, as the path to it. */
function places(tree: Tree, path: (string | number)[] = []): (string | number)[][] {
  if (typeof tree !== 'object' || tree === null) return [path];
  const entries = Array.isArray(tree) ? [...tree.entries()] : Object.entries(tree);
  return [path, ...entries.flatMap(([name, child]) => places(child, [...path, name]))];
}

function at(tree: Tree, path: readonly (string | number)[]): Tree {
  return path.reduce<Tree>((node, name) => (node as Record<string | number, Tree>)[name] ?? null, tree);
}

type Mutation =
  | { readonly do: 'replace'; readonly where: number; readonly value: Tree }
  | { readonly do: 'delete'; readonly where: number }
  | { readonly do: 'duplicate' | 'move'; readonly where: number; readonly to: number }
  | { readonly do: 'rename'; readonly where: number; readonly name: string }
  | { readonly do: 'wrap'; readonly where: number; readonly depth: number };

const words = [
  '',
  'load-data',
  'train-teacher',
  '${params.seed}',
  '${params.none}',
  '${',
  '../../etc/passwd',
  '/etc/passwd',
  '😀',
  'a\u0301',
  '\u202e',
  '1e3',
  '<<',
  '*',
  '&a',
  'x'.repeat(3000),
  '\n',
  '\uFEFF',
];
const numbers = [0, -0, -1, 0.5, 1e-320, 1e308, 2 ** 31, 2 ** 53, -(2 ** 63), 1e21];
const anything = fc.oneof(
  fc.constantFrom<Tree>(...words, ...numbers, null, true, false, [], {}),
  fc.jsonValue({ maxDepth: 3 }) as fc.Arbitrary<Tree>,
  fc.string({ unit: 'grapheme', maxLength: 20 }),
);
/** What a schema of any feature may know; more are found in the pipelines themselves. */
const names = [
  'version',
  'name',
  'params',
  'stages',
  'gates',
  'type',
  'needs',
  'with',
  'matrix',
  'replicates',
  'gather',
  'when',
  'retry',
  'timeout',
  'resources',
  'cache',
  'run',
  'inputs',
  'outputs',
  'metrics',
  'env',
  'passEnv',
  'folder',
  'backend',
  'seed',
  '<<',
  '__proto__',
  'constructor',
  'toString',
  'length',
  '',
  '1',
  'null',
];
const mutation: fc.Arbitrary<Mutation> = fc.oneof(
  fc.record({ do: fc.constant('replace' as const), where: fc.nat(), value: anything }),
  fc.record({ do: fc.constant('delete' as const), where: fc.nat() }),
  fc.record({ do: fc.constantFrom('duplicate' as const, 'move' as const), where: fc.nat(), to: fc.nat() }),
  fc.record({
    do: fc.constant('rename' as const),
    where: fc.nat(),
    name: fc.oneof(fc.constantFrom(...names), fc.string({ maxLength: 8 })),
  }),
  fc.record({ do: fc.constant('wrap' as const), where: fc.nat(), depth: fc.constantFrom(1, 2, 99, 120) }),
);

function mutate(tree: Tree, step: Mutation): Tree {
  const all = places(tree).slice(1);
  const path = all[step.where % Math.max(1, all.length)];
  if (path === undefined) return tree;
  const parent = at(tree, path.slice(0, -1)) as Record<string | number, Tree>;
  const name = path.at(-1) ?? '';
  const value = parent[name] ?? null;
  const remove = (): void => {
    if (Array.isArray(parent)) parent.splice(Number(name), 1);
    else Reflect.deleteProperty(parent, name);
  };
  switch (step.do) {
    case 'replace':
      parent[name] = step.value;
      return tree;
    case 'delete':
      remove();
      return tree;
    case 'rename':
      if (Array.isArray(parent)) return tree;
      remove();
      Object.defineProperty(parent, step.name, { value, enumerable: true, configurable: true, writable: true });
      return tree;
    case 'wrap':
      parent[name] = Array.from({ length: step.depth }).reduce<Tree>((inner) => [inner], value);
      return tree;
    case 'duplicate':
    case 'move': {
      const copy = structuredClone(value);
      if (step.do === 'move') remove();
      // After the removal: what was taken out is no place any more.
      const left = places(tree).slice(1);
      const target = left[step.to % Math.max(1, left.length)] ?? [];
      const place = at(tree, target.slice(0, -1));
      if (Array.isArray(place)) place.push(copy);
      else if (typeof place === 'object' && place !== null)
        place[`${String(target.at(-1))}${step.to % 3 === 0 ? '' : '-copy'}`] = copy;
      return tree;
    }
  }
}

test('however the structure of a pipeline is changed, it is valid or has located problems', async () => {
  let refused = 0;
  let accepted = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...valid),
      fc.array(mutation, { minLength: 1, maxLength: 3 }),
      fc.boolean(),
      async (text, steps, flow) => {
        const original: unknown = parseDocument(text).toJS();
        const tree = steps.reduce(mutate, original as Tree);
        const problems = await expectSound(flow ? JSON.stringify(tree) : stringify(tree));
        if (problems === 0) accepted++;
        else refused++;
      },
    ),
    { numRuns: MUTATIONS },
  );
  // Else nothing is tried here.
  expect(refused).toBeGreaterThan(MUTATIONS / 4);
  expect(accepted).toBeGreaterThan(0);
}, 3_600_000);

test('however its bytes are changed, it is valid or has problems', async () => {
  const change = fc.record({ at: fc.nat(), bytes: fc.uint8Array({ maxLength: 4 }), cut: fc.nat(3) });
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...valid),
      fc.array(change, { minLength: 1, maxLength: 5 }),
      async (text, changes) => {
        let bytes = Buffer.from(text);
        for (const { at: place, bytes: piece, cut } of changes) {
          const start = place % bytes.length;
          bytes = Buffer.concat([bytes.subarray(0, start), piece, bytes.subarray(start + cut)]);
        }
        await expectSound(bytes);
      },
    ),
    { numRuns: Math.ceil(MUTATIONS / 2) },
  );
}, 3_600_000);

test('whatever params files and --set hold, it is valid or has located problems', async () => {
  const name = fc.oneof(fc.constantFrom('seed', 'temperature', ...names), fc.string({ maxLength: 8 }));
  await fc.assert(
    fc.asyncProperty(
      fc.dictionary(name, anything, { maxKeys: 4 }),
      fc.array(fc.tuple(name, anything), { maxLength: 2 }),
      async (params, flags) => {
        await expectSound(tinyPipeline, {
          params: stringify(params),
          set: flags.map(([key, value]) => `${key}=${JSON.stringify(value)}`),
        });
      },
    ),
    { numRuns: Math.ceil(MUTATIONS / 2) },
  );
  expect(Object.keys({})).toEqual([]);
}, 3_600_000);

const stage = '  x: { type: evaluate, needs: { data: load-data } }\n';
test.each<[string, string]>([
  ['100,000 open brackets', `a: ${'['.repeat(100_000)}`],
  ['50,000 lists in one another', '- '.repeat(50_000)],
  ['50,000 complex keys', `${'? '.repeat(50_000)}x`],
  ['mappings 3,000 deep', Array.from({ length: 3000 }, (_, depth) => `${' '.repeat(depth)}a:`).join('\n')],
  ['20,000 keys', `version: 1\n${Array.from({ length: 20_000 }, (_, index) => `k${index}: 1`).join('\n')}`],
  ['20,000 equal keys', `version: 1\n${'a: 1\n'.repeat(20_000)}`],
  [
    'a chain of 3,000 stages',
    `${tinyPipeline}${Array.from({ length: 3000 }, (_, index) => `  s${index}: { type: evaluate, needs: { data: s${index + 1} } }\n`).join('')}`,
  ],
  [
    'a circle of 3,000 stages',
    `${tinyPipeline}${Array.from({ length: 3000 }, (_, index) => `  s${index}: { type: evaluate, needs: { data: s${(index + 1) % 3000} } }\n`).join('')}`,
  ],
  ['a line of 5 MB', tinyPipeline.replace('name: tiny', `name: "${'x'.repeat(5_000_000)}"`)],
  ['a key of 1 MB', `version: 1\n${'k'.repeat(1_000_000)}: 1\n`],
  ['100,000 references', tinyPipeline.replace('name: tiny', `name: "${'${params.seed}'.repeat(100_000)}"`)],
  ['100,000 references that are not closed', tinyPipeline.replace('name: tiny', `name: "${'${'.repeat(100_000)}"`)],
  [
    'a billion laughs',
    `a0: &a0 [x, x]\n${Array.from({ length: 30 }, (_, index) => `a${index + 1}: &a${index + 1} [*a${index}, *a${index}]\n`).join('')}`,
  ],
  [
    'merges of merges',
    `a: &b0 { x: 1 }\n${Array.from({ length: 5000 }, (_, index) => `k${index}: &b${index + 1} { <<: [*b${index}, *b0] }\n`).join('')}`,
  ],
  ['an alias of what it stands in', 'a: &a { b: *a }\n'],
  ['10,000 documents', '---\na: 1\n'.repeat(10_000)],
  ['10,000 tags', `a: ${'!x '.repeat(10_000)}`],
  ['10,000 directives', `${'%FOO a\n'.repeat(10_000)}---\na: 1\n`],
  [
    '__proto__ everywhere',
    tinyPipeline
      .replace(
        'params:\n',
        'params:\n  __proto__: { polluted: 1 }\n  a: { constructor: { prototype: { polluted: 1 } } }\n',
      )
      .replace('stages:\n', 'stages:\n  __proto__: { type: evaluate }\n'),
  ],
  ['keys that are numbers, lists and mappings', 'version: 1\n1: 2\n1.5: 2\ntrue: 1\n? [a, b]\n: 3\n? { a: b }\n: 4\n'],
  ['NUL', `version: 1\nname: "a\u0000b"\n${stage}`],
  ['old Mac line breaks', tinyPipeline.replaceAll('\n', '\r')],
  [
    'half a surrogate pair in an escape as a stage',
    tinyPipeline.replace('stages:\n', 'stages:\n  "\\uD800": { type: evaluate }\n'),
  ],
  [
    'a model of 2^53 units',
    tinyPipeline.replace(
      'units: 16, activation: sigmoid } }, { dense: 10 }]\n      dist',
      'units: 9007199254740991 } }, { dense: 10 }]\n      dist',
    ),
  ],
])(
  '%s: refused in words, in bounded time',
  async (_what, text) => {
    expect(await expectSound(text)).toBeGreaterThan(0);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  },
  60_000,
);
