import { expect, test } from '@jest/globals';
import type { Digest } from '../../src/base/hash.ts';
import type { ExplainedKey } from '../../src/core/explained-plan.ts';
import type { RunId, StageId, StageKey } from '../../src/core/ids.ts';
import { makeStyle } from '../../src/report/style.ts';
import { renderWhy } from '../../src/report/why-text.ts';

const digest = (letter: string) => letter.repeat(64) as Digest;

const explained: ExplainedKey = {
  stage: 'train-student' as StageId,
  type: 'train-student',
  status: 'miss',
  key: digest('a') as StageKey,
  preimage: {
    format: 1,
    type: { name: 'train-student', version: 1 },
    code: digest('c'),
    options: { epochs: 5, distillation: { temperature: 8 }, model: ['flatten'], schedule: {} },
    inputs: { data: digest('d'), softLabels: digest('e') },
    seed: 42,
    environment: { backend: 'wasm', tfjs: '4.22.0', arch: 'x64', threads: 1, node: 20 },
  },
  nearest: {
    key: digest('b') as StageKey,
    createdAt: '2026-11-24T14:22:33.000Z',
    madeBy: { run: '20261124-142233-k3f9' as RunId, stage: 'train-student' as StageId, pipeline: 'mnist-distill' },
    changes: [
      { component: 'options', pointer: '/with/distillation/temperature', before: 4, after: 8, where: 'x.yaml:31:22' },
    ],
  },
};

test('why tells the key part by part, and the difference', () => {
  expect(renderWhy(explained, makeStyle(false)).split('\n')).toEqual([
    'train-student (train-student): a miss, it would run',
    '',
    'Its key',
    `  key           ${digest('a')}`,
    '  type          train-student, version 1',
    '  code          cccccccccccccccc',
    '  options       epochs: 5',
    '                distillation.temperature: 8',
    '                model: ["flatten"]',
    '                schedule: {}',
    '  inputs        data: dddddddddddddddd',
    '                softLabels: eeeeeeeeeeeeeeee',
    '  seed          42',
    '  environment   backend: "wasm"',
    '                tfjs: "4.22.0"',
    '                arch: "x64"',
    '                threads: 1',
    '                node: 20',
    '',
    'Against the nearest other result (run 20261124-142233-k3f9, 2026-11-24T14:22:33.000Z)',
    '  distillation.temperature: 4 -> 8 (x.yaml:31:22)',
    '',
  ]);
});

test('why says what a key waits for', () => {
  const { stage, type } = explained;
  expect(renderWhy({ stage, type, status: 'unknown', waitsFor: [stage] }, makeStyle(false))).toBe(
    'train-student (train-student)\nIts key is known after these have run: train-student\n',
  );
});
