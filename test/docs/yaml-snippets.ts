import { parse } from 'yaml';
import { readProject } from '../../src/config/project.ts';
import type { Problem } from '../../src/diagnostics/problem.ts';
import { allProblems, inFolder, types } from '../config/read-rig.ts';
import { wrongCommands } from './command-lines.ts';
import projectSchema from '../../schemas/project.schema.json' with { type: 'json' };

/** What the excerpts in documents name without showing it. */
const around: Readonly<Record<string, string>> = {
  'load-data': '{ type: load-data, with: { dataset: mnist-10k } }',
  'train-teacher': teacher(
    '[{ conv2d: { filters: 2, kernelSize: 3 } }, { conv2d: { filters: 2, kernelSize: 3 } }, flatten, { dense: 10 }]',
  ),
  'predict-soft-labels': '{ type: predict-soft-labels, needs: { data: load-data, teacher: train-teacher } }',
  'train-student': '{ type: train-student, needs: { data: load-data }, with: { model: [flatten, { dense: 10 }] } }',
  'train-baseline': '{ type: train-student, needs: { data: load-data }, with: { model: [flatten, { dense: 10 }] } }',
  evaluate: '{ type: evaluate, needs: { data: load-data, teacher: train-teacher } }',
  'predict-teacher': '{ type: predict-soft-labels, needs: { data: load-data, teacher: train-teacher } }',
  'train-other': teacher('[flatten, { dense: 10 }]'),
  'predict-other': '{ type: predict-soft-labels, needs: { data: load-data, teacher: train-other } }',
};

function teacher(model: string): string {
  return `{ type: train-teacher, needs: { data: load-data }, with: { model: ${model} } }`;
}

/** Everything wrong with a YAML snippet, read as what it is a part of: a project file, a pipeline, stages, or the options of a student. */
export async function wrongInYaml(text: string): Promise<readonly string[]> {
  // References in flow style are no YAML: the program's own parser says so, with a hint.
  const value = parse(text.replaceAll(/\$\{[^}]*\}/g, 'reference')) as
    Readonly<Record<string, unknown>> | readonly WorkflowStep[];
  if (isSteps(value)) return value.flatMap(({ run = '' }) => wrongCommands(run));
  const keys = Object.keys(value);
  const problems = keys.every((key) => Object.hasOwn(projectSchema.properties, key) && key !== 'resources')
    ? await inFolder({ 'pipeline.config.yaml': text }, async (folder) => (await readProject(folder, folder)).problems)
    : await problemsOf(asPipeline(text, value), text.includes('# …'));
  return problems.map(({ code, message }) => `${code}: ${message}`);
}

/** Of GitHub Actions. */
interface WorkflowStep {
  readonly run?: string;
}

function isSteps(value: unknown): value is readonly WorkflowStep[] {
  return Array.isArray(value);
}

async function problemsOf(pipeline: string, hasLeftOut: boolean): Promise<readonly Problem[]> {
  const found = await inFolder({ 'p.yaml': pipeline }, (cwd) => allProblems({ file: 'p.yaml', cwd, types }));
  // What stands for itself under "# …" is not there.
  return hasLeftOut ? found.filter(({ code }) => code !== 'missing-key' && code !== 'missing-slot') : found;
}

function asPipeline(text: string, value: Readonly<Record<string, unknown>>): string {
  if ('version' in value) return text;
  if ('stages' in value) return withAround(text.trimEnd(), Object.keys(value['stages'] as object));
  const isStage = (each: unknown) => typeof each === 'object' && each !== null && ('type' in each || 'run' in each);
  if (Object.values(value).every(isStage)) {
    return withAround(`stages:\n${indented(text, 2)}`, Object.keys(value));
  }
  const model = 'model' in value ? '' : '\n      model: [flatten, { dense: 10 }]';
  const student = `stages:\n  snippet:\n    type: train-student\n    needs: { data: load-data, softLabels: predict-soft-labels }\n    with:${model}\n${indented(text, 6)}`;
  return withAround(student, ['snippet']);
}

function withAround(text: string, has: readonly string[]): string {
  const others = Object.entries(around).filter(([name]) => !has.includes(name));
  const more = others.map(([name, stage]) => `  ${name}: ${stage}`);
  const replicates = text.includes('gather: [replicate]') && !text.includes('replicates:') ? 'replicates: 2\n' : '';
  const stages = text.replace(/^stages:.*$/m, (line) => [line, ...more].join('\n'));
  return `version: 1\nname: snippet\nparams: { seed: 42 }\n${replicates}${stages}`;
}

function indented(text: string, by: number): string {
  return text.trimEnd().replaceAll(/^(?=.)/gm, ' '.repeat(by));
}
