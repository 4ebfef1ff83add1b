import { describe, expect, test } from '@jest/globals';
import { readPipeline } from '../../src/config/read-pipeline.ts';
import { inFolder, read, rendered, types } from './read-rig.ts';

const pipeline = (lines: string, params = 'seed: 1'): string => `version: 1
name: fixture
params: { ${params} }
stages:
  load-data:
    type: load-data
    with: { dataset: mnist-10k }
${lines}`;

async function policyOf(lines: string, params?: string): Promise<unknown> {
  const { spec, problems } = await read(pipeline(lines, params));
  expect(rendered(problems)).toBe('');
  return spec?.stages[0]?.policy;
}

describe('how a stage is run', () => {
  test('is nothing where nothing is said of it', async () => {
    expect(await policyOf('')).toBeUndefined();
  });

  test.each([
    ['timeout: 30m', { timeout: 1800 }],
    ['timeout: 1.5 h', { timeout: 5400 }],
    ['timeout: 90', { timeout: 90 }],
    ['timeout: "90"', { timeout: 90 }],
    ['timeout: ${params.most}', { timeout: 120 }],
    ['retry: 3', { retry: { attempts: 3, delay: 1, factor: 2 } }],
    ['retry: { attempts: 2, delay: 10s, factor: 1.5 }', { retry: { attempts: 2, delay: 10, factor: 1.5 } }],
    ['retry: { attempts: 2, delay: 0 }', { retry: { attempts: 2, delay: 0, factor: 2 } }],
    ['cache: false', { cache: false }],
    ['when: true', undefined],
    ['when: false', { when: false }],
    ['when: ${params.wanted}', { when: false }],
    ['cache: true', undefined],
  ])('%s', async (line, expected) => {
    expect(await policyOf(`    ${line}\n`, 'most: 2m, wanted: false')).toEqual(expected);
  });
});

describe('a condition on a metric', () => {
  const evaluated = (when: string, more = ''): string => `version: 1
name: fixture
stages:
  load-data:
    type: load-data
    with: { dataset: mnist-10k }
  student:
    type: train-student
    needs: { data: load-data }
    when: ${when}
    with: { model: [flatten, { dense: 10 }]${more} }
  teacher:
    type: train-teacher
    needs: { data: load-data }
    with: { model: [flatten, { dense: 10 }]${more} }
${more === '' ? '' : 'matrix: { rate: [1, 2] }\n'}`;

  async function conditionsOf(text: string): Promise<readonly (readonly [string, readonly string[]])[]> {
    const { spec, problems } = await read(text);
    expect(rendered(problems)).toBe('');
    return (spec?.stages ?? []).flatMap(({ id, policy }) => {
      const when = policy?.when === undefined || policy.when === false ? [] : policy.when;
      return when.length === 0
        ? []
        : [[id, when.map(({ metric, operator, bound }) => `${metric} ${operator} ${bound}`)] as const];
    });
  }

  test.each([
    ['teacher.validation.accuracy > 0.9', 'teacher.validation.accuracy > 0.9'],
    ['"teacher.validation.accuracy>=.5"', 'teacher.validation.accuracy >= 0.5'],
    ['teacher.epochs==3', 'teacher.epochs == 3'],
    ['teacher.validation.loss < 1e-1', 'teacher.validation.loss < 0.1'],
  ])('%s', async (written, expected) => {
    expect(await conditionsOf(evaluated(written))).toEqual([['student', [expected]]]);
  });

  test('of a stage with variants is on those that agree with its own', async () => {
    const rate = ', optimizer: { adam: { learningRate: "${matrix.rate}" } }';
    expect(await conditionsOf(evaluated('teacher.validation.accuracy > 0.9', rate))).toEqual([
      ['student@rate=1', ['teacher@rate=1.validation.accuracy > 0.9']],
      ['student@rate=2', ['teacher@rate=2.validation.accuracy > 0.9']],
    ]);
    expect(await conditionsOf(evaluated('teacher@rate=2.validation.accuracy > 0.9', rate))).toEqual([
      ['student@rate=1', ['teacher@rate=2.validation.accuracy > 0.9']],
      ['student@rate=2', ['teacher@rate=2.validation.accuracy > 0.9']],
    ]);
  });
});

describe('what a stage takes of the pools', () => {
  const project = 'resources: { gpu: 2, memory: 16GiB }\n';
  const readIn = (line: string) =>
    inFolder({ '.git': '', 'pipeline.config.yaml': project, 'p.yaml': pipeline(`    resources: ${line}\n`) }, (cwd) =>
      readPipeline({ file: 'p.yaml', cwd, types }),
    );

  test('is read with its sizes', async () => {
    const { spec, project: settings, problems } = await readIn('{ gpu: 1, memory: 4 GiB }');
    expect(rendered(problems)).toBe('');
    expect(settings?.resources).toEqual({ gpu: 2, memory: 2 ** 34 });
    expect(spec?.stages[0]?.policy).toEqual({ resources: { gpu: 1, memory: 2 ** 32 } });
  });

  test('is refused where there is no such pool, or never so much in it', async () => {
    const { problems } = await readIn('{ gpus: 1, memory: 17GiB }');
    expect(problems.map(({ code, message, hint }) => [code, message, hint])).toEqual([
      ['resource-lacking', 'the project has no resource "gpus", which load-data asks for', 'did you mean "gpu"?'],
      [
        'resource-lacking',
        `load-data asks for ${17 * 2 ** 30} of "memory", and the project has ${2 ** 34}`,
        'ask for less, or raise it in the project file',
      ],
    ]);
    for (const { where } of problems) expect(where?.source.name).toBe('p.yaml');
  });

  test('is told what to write where the project has no pools', async () => {
    const { problems } = await read(pipeline('    resources: { gpu: 1 }\n'));
    expect(problems.map(({ hint }) => hint)).toEqual(['the project file says what there is: resources: { gpu: 1 }']);
  });
});
