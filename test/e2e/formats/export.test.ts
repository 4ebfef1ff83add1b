import { expect, test } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import { newProject } from '../project.ts';
import { twoRuns } from './tiny-runs.ts';

test('runs are given in the formats of others; who exports again replaces what was there', async () => {
  const {
    project,
    runs: [first, second],
  } = await twoRuns();

  const markdown = await project.pipeline('export', 'markdown', '--base', first);
  expect(markdown.exitCode).toBe(0);
  expect(markdown.stdout).toContain('### `tiny`: succeeded');
  expect(markdown.stdout).toContain('| `temperature` | `4` | `8` |');
  expect(markdown.stdout).toContain('Other keys than there: `student`, `evaluate`. The same: 3.');
  expect(await project.pipeline('export', 'markdown', '--base', first, '-o', 'out/summary.md')).toMatchObject({
    ...{ exitCode: 0, stdout: '' },
  });
  expect((await project.read('out/summary.md')).trimEnd()).toBe(markdown.stdout);

  const tensorboard = (): ReturnType<typeof project.pipeline> => {
    return project.pipeline('export', 'tensorboard', first, second, '-o', 'tb', '--json');
  };
  const { files } = JSON.parse((await tensorboard()).stdout) as { files: string[] };
  const folders = files.map((file) => file.slice(0, file.lastIndexOf('/')));
  expect(new Set(folders)).toEqual(
    new Set(
      [first, second].flatMap((run) => [
        run,
        ...['load', 'teacher', 'soft', 'student', 'evaluate'].map((stage) => `${run}/${stage}`),
      ]),
    ),
  );
  const teachers = files.filter((file) => file.includes('/teacher/'));
  const [made, reused] = await Promise.all(teachers.map((file) => readFile(project.path(`tb/${file}`))));
  // The second run did not train it, and shows its epochs all the same, at the times of the first one: only the file's own time differs.
  expect(made?.includes('epoch/validationLoss')).toBe(true);
  expect(reused?.length).toBe(made?.length);
  const again = await tensorboard();
  expect(JSON.parse(again.stdout)).toEqual({ folder: 'tb', files });
}, 60_000);

test('what cannot be exported is told', async () => {
  const project = await newProject({ file: '' });
  const unknown = await project.pipeline('export', 'markdown', 'nothing');
  expect(unknown.exitCode).toBe(2);
  expect(unknown.stderr).toContain('error[unknown-run]');
  expect((await project.pipeline('export', 'tensorboard')).stderr).toContain("required option '-o, --output <folder>'");
  expect((await project.pipeline('export', 'excel')).exitCode).toBe(2);
}, 60_000);
