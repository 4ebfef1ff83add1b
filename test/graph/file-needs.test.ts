import { describe, expect, test } from '@jest/globals';
import type { PipelineSpec } from '../../src/core/pipeline-spec.ts';
import type { StageType } from '../../src/core/stage-type.ts';
import { checkPipeline } from '../../src/graph/check.ts';
import { specOf, typeOf } from './spec.ts';

interface Files {
  readonly inputs?: readonly string[];
  readonly outputs?: readonly string[];
}

/** A stage type that reads and makes what its options say. */
const command: StageType = typeOf('command', {
  command: (options) => {
    const { inputs = [], outputs = [] } = options as unknown as Files;
    const at = (path: string) => ({ path, pointer: '' });
    const nothing = { metrics: [], env: {}, passEnv: [], usesNode: false };
    return { argv: ['true'], folder: '', inputs: inputs.map(at), outputs: outputs.map(at), ...nothing };
  },
});

const reader: StageType = typeOf('reader', {
  externalFiles: ({ file }) => [{ name: 'file', path: file as string, pointer: '' }],
});

function check(stages: Readonly<Record<string, Files & { readonly file?: string }>>) {
  const needs = Object.fromEntries(Object.keys(stages).map((id) => [id, []]));
  const base = specOf(needs, (id) => (stages[id]?.file === undefined ? 'command' : 'reader'));
  const spec = {
    ...base,
    stages: base.stages.map((stage) => ({ ...stage, options: stages[stage.id] ?? {} })),
  } as unknown as PipelineSpec;
  return checkPipeline(spec, new Map([command, reader].map((type) => [type.name, type])));
}

function dependenciesOf(id: string, stages: Parameters<typeof check>[0]): readonly string[] | undefined {
  const { graph, problems } = check(stages);
  expect(problems).toEqual([]);
  return graph?.dependencies(id as never);
}

describe('who makes what another one reads', () => {
  const makers = {
    file: { outputs: ['out/a.txt'] },
    folder: { outputs: ['out/models'] },
    elsewhere: { outputs: ['other/a.txt'] },
  };
  const rows: readonly [string, string, readonly string[]][] = [
    ['a file', 'out/a.txt', ['file']],
    ['a file in a folder', 'out/models/x/weights.bin', ['folder']],
    ['a folder', 'out/models', ['folder']],
    ['a folder around', 'out', ['file', 'folder']],
    ['a name that begins the same', 'out/a.txt.gz', []],
    ['a glob', 'out/*.txt', ['file']],
    // Whether a path is a folder is not known before it is made.
    ['a glob into folders', 'out/*/weights.bin', ['file', 'folder']],
    ['a glob in a folder', 'out/models/*.bin', ['folder']],
    ['a deep glob', '**/*.txt', ['file', 'folder', 'elsewhere']],
    ['a file of nobody', 'data.csv', []],
  ];
  test.each(rows)('%s', (_, path, expected) => {
    expect(dependenciesOf('it', { ...makers, it: { inputs: [path] } })).toEqual(expected);
  });

  test('a typed stage that reads a file of a command', () => {
    expect(dependenciesOf('it', { ...makers, it: { file: './out/models/a' } })).toEqual(['folder']);
    expect(dependenciesOf('it', { ...makers, it: { file: '/out/a.txt' } })).toEqual(['file']);
    expect(dependenciesOf('it', { ...makers, it: { file: '../out/a.txt' } })).toEqual(['file']);
  });

  test('a stage does not wait for what it makes among what it reads', () => {
    expect(dependenciesOf('it', { it: { inputs: ['out', 'out/*'], outputs: ['out/a'] } })).toEqual([]);
  });
});

test('ten thousand stages are looked through in no time', () => {
  const stages = Object.fromEntries(
    Array.from({ length: 10_000 }, (_, i) => [`s${i}`, { inputs: [`out/f${i - 100}`], outputs: [`out/f${i}`] }]),
  );
  const startedAt = performance.now();
  const { graph } = check(stages);
  // Quadratic, it would take minutes.
  expect(performance.now() - startedAt).toBeLessThan(5000);
  expect(graph?.dependencies('s9999' as never)).toEqual(['s9899']);
});
