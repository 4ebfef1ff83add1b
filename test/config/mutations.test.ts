import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { interpret } from '../../src/config/interpret.ts';
import { defaultSettings } from '../../src/config/project.ts';
import { parseYaml } from '../../src/config/yaml/parse.ts';
import { renderProblem } from '../../src/diagnostics/frame.ts';
import type { Problem } from '../../src/diagnostics/problem.ts';
import { checkPipeline } from '../../src/graph/check.ts';
import { types } from './read-rig.ts';

const valid = await readFile(join(import.meta.dirname, '../../pipelines/mnist-distill.yaml'), 'utf8');
const project = defaultSettings('/project');

async function problemsOf(text: string, set: readonly string[] = []): Promise<readonly Problem[]> {
  const { document, problems } = parseYaml({ name: 'p.yaml', text });
  if (document === undefined) return problems;
  const read = await interpret({ document, types, project, cwd: '/', paramsFiles: [], set });
  if (read.spec === undefined) return read.problems;
  const checked = checkPipeline(read.spec, types);
  if (read.problems.length + checked.problems.length === 0)
    expect(checked.graph?.order).toHaveLength(read.spec.stages.length);
  return [...read.problems, ...checked.problems];
}

/** Each has its place in what was read, and can be drawn. */
function expectLocated(problems: readonly Problem[]): void {
  for (const problem of problems) {
    const { where } = problem;
    expect(where).toBeDefined();
    if (where === undefined) continue;
    expect(where.start).toBeGreaterThanOrEqual(0);
    expect(where.start).toBeLessThanOrEqual(where.source.text.length);
    expect(where.end).toBeGreaterThan(where.start);
    expect(renderProblem(problem, { color: false })).toContain('^');
  }
}

/** What people and their editors do to a file, and what only an enemy would. */
const pieces = [
  ...[
    '{',
    '}',
    '[',
    ']',
    ':',
    '- ',
    '#',
    '"',
    "'",
    '|',
    '>',
    '&a ',
    '*a',
    '!!str ',
    '? ',
    '---\n',
    '%',
    '@',
    '`',
    ',',
    '\t',
  ],
  ...[
    '\n',
    '\n  ',
    '<<: ',
    '${',
    '${params.epochs}',
    '$${',
    '${params.',
    '}',
    '\u0000',
    '\uD800',
    '😀',
    '~',
    'null',
    '.nan',
  ],
  ...['__proto__: 1\n', 'constructor', 'toString: 1\n', '1e999', '-1', '99999999999999999999', 'true', '{}', '[]'],
];

const edit = fc.record({
  at: fc.nat(valid.length),
  length: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, fc.nat(30)),
  piece: fc.oneof(fc.constantFrom(...pieces), fc.string({ maxLength: 5 }), fc.constant('')),
});

test('however the text of a pipeline is changed, it is valid or has located problems', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(edit, { minLength: 1, maxLength: 4 }), async (edits) => {
      let text = valid;
      for (const { at, length, piece } of edits) text = text.slice(0, at) + piece + text.slice(at + length);
      expectLocated(await problemsOf(text));
    }),
    { numRuns: 400 },
  );
});

test('however lines are moved, repeated and left out, it is valid or has located problems', async () => {
  const lines = valid.split('\n');
  const moved = fc.array(fc.nat(lines.length - 1), { minLength: 1, maxLength: lines.length });
  await fc.assert(
    fc.asyncProperty(moved, fc.nat(lines.length), async (order, kept) => {
      const text = [...lines.slice(0, kept), ...order.map((index) => lines[index] ?? '')].join('\n');
      expectLocated(await problemsOf(text));
    }),
    { numRuns: 200 },
  );
});

test('whatever stands in the place of a value, it is valid or has located problems', async () => {
  const places = [...valid.matchAll(/(?<=: )[^\s{}[\],#]+/g)].map(({ index, 0: value }) => ({
    index,
    length: value.length,
  }));
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...places), fc.json({ maxDepth: 3 }), async ({ index, length }, value) => {
      expectLocated(await problemsOf(valid.slice(0, index) + value + valid.slice(index + length)));
    }),
    { numRuns: 300 },
  );
});

test('whatever is set, it is valid or has problems located in the flag or the file', async () => {
  const flag = fc.oneof(
    fc.string({ maxLength: 20 }),
    fc
      .tuple(fc.constantFrom('seed', 'temperature', 'epochs', 'a.b', 'seed.x', '__proto__', 'toString'), fc.json())
      .map((pair) => pair.join('=')),
    fc
      .tuple(fc.constantFrom('seed', 'temperature', 'epochs'), fc.constantFrom(...pieces))
      .map((pair) => pair.join('=')),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(flag, { minLength: 1, maxLength: 3 }), async (set) => {
      expectLocated(await problemsOf(valid, set));
    }),
    { numRuns: 200 },
  );
  expect(({} as Record<string, unknown>)['x']).toBeUndefined();
});
