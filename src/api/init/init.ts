import { appendFile, lstat, mkdir, readFile, realpath, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { replaceFile } from '../../base/atomic-file.ts';
import { isErrno } from '../../base/errno.ts';
import { failure, success, type Result } from '../../base/result.ts';
import { readProject } from '../../config/project.ts';
import type { Problem } from '../../diagnostics/problem.ts';
import { addScript, ignoringFile, ignoringLines, type Change } from './additions.ts';
import {
  editorSettings,
  firstPipeline,
  pipelineSchema,
  projectFileText,
  projectSchema,
  recommendations,
} from './new-files.ts';

/** What became of one file. Paths are relative to the folder. */
export interface InitiatedFile {
  readonly path: string;
  /** `created`: was not there; `extended`: got lines more; `kept`: is as it was. */
  readonly result: 'created' | 'extended' | 'kept';
  readonly note?: string;
}

export interface Initiated {
  readonly folder: string;
  readonly files: readonly InitiatedFile[];
  /** The pipeline to begin with. */
  readonly pipeline: string;
}

/**
 * Makes a folder a project with a pipeline that runs. Nothing that is there is overwritten: a file is made where there is none, and
 * .gitignore and package.json get what they lack. Done twice, the second time changes nothing.
 * @param folder is made where it is not there
 */
export async function initiate(
  folder: string,
  cwd: string = process.cwd(),
): Promise<Result<Initiated, readonly Problem[]>> {
  const root = resolve(cwd, folder);
  try {
    const steps = await planned(root, cwd);
    if (!steps.ok) return steps;
    const files: InitiatedFile[] = [];
    for (const step of steps.value) files.push(await carryOut(step, root));
    return success({ folder, files, pipeline: PIPELINE });
  } catch (error) {
    if (!isErrno(error)) throw error;
    return failure([{ code: 'file-unreadable', message: `${folder} cannot be made a project: ${error.message}` }]);
  }
}

const PIPELINE = 'pipelines/digits.yaml';

type Step =
  | { readonly path: string; readonly create: string; readonly note?: string }
  | { readonly path: string; readonly change: Change }
  | { readonly path: string; readonly keep: string | undefined };

/** Everything is looked at before anything is written. */
async function planned(root: string, cwd: string): Promise<Result<readonly Step[], readonly Problem[]>> {
  // A folder that is not there yet belongs to the project that it will lie in.
  const { project, problems } = await readProject(root, cwd);
  if (project === undefined || problems.length > 0) return failure(problems);
  const schema = await pipelineSchema(root);
  if (!schema.ok) return schema;
  const store = project.file === undefined ? join(root, 'artifacts') : project.store;
  const steps: Step[] = [
    await newFile(root, PIPELINE, await firstPipeline(), 'a first pipeline: teacher, student, baseline'),
    project.file === undefined
      ? await newFile(root, 'pipeline.config.yaml', projectFileText, 'settings of all pipelines here')
      : { path: relative(root, project.file), keep: 'the project file' },
    await newFile(root, 'pipelines/pipeline.schema.json', schema.value, 'by it an editor completes and explains'),
    await newFile(root, 'pipelines/project.schema.json', await projectSchema(), 'the same for pipeline.config.yaml'),
    await newFile(root, '.vscode/settings.json', editorSettings, 'which schema is for which files'),
    await newFile(root, '.vscode/extensions.json', recommendations, 'recommends redhat.vscode-yaml'),
  ];
  const ignored = relative(root, store);
  if (ignored !== '' && !ignored.startsWith('..')) {
    const text = await textOf(join(root, '.gitignore'));
    const lines = ignoringLines(ignored);
    steps.push(
      text === undefined
        ? { path: '.gitignore', create: lines, note: 'the store stays out of git' }
        : changed('.gitignore', ignoringFile(text, ignored)),
    );
  }
  const manifest = await textOf(join(root, 'package.json'));
  const script = manifest === undefined ? undefined : addScript(manifest, PIPELINE);
  if (script !== undefined) steps.push(changed('package.json', script));
  return success(steps);
}

/** What is there stays: a link that leads nowhere as well. */
async function newFile(root: string, path: string, text: string, note: string): Promise<Step> {
  try {
    await lstat(join(root, path));
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return { path, create: text, note };
    throw error;
  }
  const same = (await textOf(join(root, path))) === text;
  return { path, keep: same ? undefined : differs(path) };
}

/** What to do about a file that has other content than it would get. */
function differs(path: string): string | undefined {
  switch (path) {
    case 'pipelines/pipeline.schema.json':
      return `of other stage types; anew by: pipeline schema editor/pipeline > ${path}`;
    case 'pipelines/project.schema.json':
      return `of another version; anew by: pipeline schema project > ${path}`;
    case '.vscode/settings.json':
      return `add to it: ${JSON.stringify(JSON.parse(editorSettings)).slice(1, -1)}`;
    case '.vscode/extensions.json':
      return 'the extension for YAML is redhat.vscode-yaml';
    default:
      return undefined;
  }
}

function changed(path: string, change: Change | undefined): Step {
  return change === undefined ? { path, keep: undefined } : { path, change };
}

async function textOf(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return undefined;
    throw error;
  }
}

async function carryOut(step: Step, root: string): Promise<InitiatedFile> {
  const path = join(root, step.path);
  if ('keep' in step) return { path: step.path, result: 'kept', ...noted(step.keep) };
  if ('create' in step) {
    await mkdir(dirname(path), { recursive: true });
    // What came there meanwhile is not overwritten either.
    await writeFile(path, step.create, { flag: 'wx' });
    return { path: step.path, result: 'created', ...noted(step.note) };
  }
  const { change } = step;
  if ('append' in change) await appendFile(path, change.append);
  // Through a link, so that it stays one.
  else await replaceFile(await realpath(path), change.replace);
  return { path: step.path, result: 'extended', note: change.note };
}

function noted(note: string | undefined): { readonly note?: string } {
  return note === undefined ? {} : { note };
}
