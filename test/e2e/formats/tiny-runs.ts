import { tinyLoad, writeTinyFiles } from '../../stages/tiny-data.ts';
import { newProject, type Project } from '../project.ts';

const pipeline = `version: 1
name: tiny
params: { temperature: 4 }
stages:
${tinyLoad}  teacher:
    type: train-teacher
    needs: { data: load }
    with: { model: [flatten, { dense: 8 }, { dense: 3 }], batchSize: 20, epochs: 2 }
  soft:
    type: predict-soft-labels
    needs: { data: load, teacher: teacher }
  student:
    type: train-student
    needs: { data: load, softLabels: soft }
    with:
      model: [flatten, { dense: 3 }]
      distillation: { method: hinton, temperature: '\${params.temperature}', alpha: 0.9 }
      batchSize: 20
      epochs: 3
  evaluate:
    type: evaluate
    needs: { data: load, teacher: teacher, student: student }
gates: { evaluate.student.validation.accuracy: '>= 0' }
`;

/** A project with two runs: of the second one the teacher was reused, and the student has another temperature. */
export async function twoRuns(): Promise<{ readonly project: Project; readonly runs: readonly [string, string] }> {
  const project = await newProject({ 'tiny.yaml': pipeline });
  writeTinyFiles(project.folder);
  await project.pipeline('run', 'tiny.yaml');
  await project.pipeline('run', 'tiny.yaml', '--set', 'temperature=8');
  const listed = JSON.parse((await project.pipeline('runs', '--json')).stdout) as { id: string; status: string }[];
  const [second, first] = listed.filter(({ status }) => status === 'succeeded').map(({ id }) => id);
  if (first === undefined || second === undefined) throw new Error('the runs did not succeed');
  return { project, runs: [first, second] };
}
