import { expect, test } from '@jest/globals';
import { tinyLoad, writeTinyFiles } from '../stages/tiny-data.ts';
import { newProject } from './project.ts';

const pipeline = `version: 1
name: compared
params: { seed: 1 }
replicates: { count: 2, draw: [student, baseline] }
stages:
${tinyLoad}  student:
    type: train-student
    needs: { data: load }
    with: { model: [flatten, { dense: 8 }, { dense: 3 }], batchSize: 20, epochs: 2 }
  baseline:
    type: train-student
    needs: { data: load }
    with: { model: [flatten, { dense: 3 }], batchSize: 20, epochs: 1 }
  soft:
    type: predict-soft-labels
    needs: { data: load, teacher: { stage: baseline, matrix: { replicate: 0 } } }
  permuted:
    type: permute-soft-labels
    needs: { data: load, softLabels: soft }
    with: {} # of permuted
  compare:
    type: compare
    gather: [replicate]
    needs: { data: load, student: student, baseline: baseline }
    with: { resamples: 200 }
gates:
  compare.groups.student.test.accuracy: '>= 0'
`;

/** Each row is an edit of the pipeline above, and what is no longer found after it. */
const edits: readonly { edit: string; before: string; after: string; stale: readonly string[] }[] = [
  { edit: 'more draws', before: 'resamples: 200', after: 'resamples: 300', stale: ['compare'] },
  { edit: 'other draws', before: 'resamples: 200', after: 'resamples: 200, seed: 1', stale: ['compare'] },
  { edit: 'a seed, written out', before: 'resamples: 200', after: 'resamples: 200, seed: 0', stale: [] },
  { edit: 'against another', before: 'resamples: 200', after: 'resamples: 200, against: student', stale: ['compare'] },
  { edit: 'a confidence', before: 'resamples: 200', after: 'resamples: 200, confidence: 0.99', stale: ['compare'] },
  { edit: 'all of test', before: 'resamples: 200', after: 'resamples: 200, test: all', stale: ['compare'] },
  { edit: 'other shuffles', before: '{} # of permuted', after: '{ seed: 2 }', stale: ['permuted'] },
  { edit: 'the seed of shuffles, written out', before: '{} # of permuted', after: '{ seed: 1 }', stale: [] },
  { edit: 'the order of needs', before: 'student: student, baseline: baseline', after: 'baseline: baseline, student: student', stale: [] }, // prettier-ignore
  { edit: 'one more', before: 'count: 2', after: 'count: 3', stale: ['student@replicate=2', 'baseline@replicate=2', 'compare'] }, // prettier-ignore
];

test('a comparison is told at the end of a run, and an edit of it runs nothing else', async () => {
  const project = await newProject({ 'compared.yaml': pipeline });
  writeTinyFiles(project.folder);
  const first = await project.pipeline('run', 'compared.yaml');
  expect(first.exitCode).toBe(0);
  const verdict = /^student and baseline are not comparable: they were given 6 and 3 steps \(.* of test accuracy\)$/m;
  expect(first.stdout).toMatch(verdict);
  expect(first.stdout).toContain('note: student and baseline differ in epochs, model\n');
  expect((await project.pipeline('metrics')).stdout).toMatch(verdict);
  // From the store, and from the snapshot of a run with nothing to do, it is told again.
  expect((await project.pipeline('run', 'compared.yaml')).stdout).toMatch(verdict);

  const seen = [];
  for (const { edit, before, after } of edits) {
    await project.edit('compared.yaml', before, after);
    const { stdout } = await project.pipeline('plan', 'compared.yaml', '--json');
    const { stages } = JSON.parse(stdout) as { stages: { stage: string; status: string }[] };
    seen.push({ edit, stale: stages.filter(({ status }) => status !== 'hit').map(({ stage }) => stage) });
    await project.write('compared.yaml', pipeline);
  }
  expect(seen).toEqual(edits.map(({ edit, stale }) => ({ edit, stale })));
}, 60_000);
