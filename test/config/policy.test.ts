import { describe, expect, test } from '@jest/globals';
import { read, rendered } from './read-rig.ts';

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
    ['cache: true', undefined],
  ])('%s', async (line, expected) => {
    expect(await policyOf(`    ${line}\n`, 'most: 2m')).toEqual(expected);
  });
});
