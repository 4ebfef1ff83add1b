import { chmod, lstat, mkdir, readFile, readdir, readlink, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { Ajv } from 'ajv';
import { execa } from 'execa';
import { parse } from 'yaml';
import { annotations } from '../../src/config/schema/compile.ts';
import { newProject } from './project.ts';

const everyFile = [
  '.gitignore',
  '.vscode/extensions.json',
  '.vscode/settings.json',
  'pipeline.config.yaml',
  'pipelines/digits.yaml',
  'pipelines/pipeline.schema.json',
  'pipelines/project.schema.json',
];

async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => !entry.isDirectory());
  return files.map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1)).sort();
}

describe('pipeline init', () => {
  test('makes a folder a project whose pipeline is whole, and says what to do next', async () => {
    const project = await newProject();
    const { exitCode, stdout, stderr } = await project.pipeline('init', 'my experiment');
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(await filesIn(project.path('my experiment'))).toEqual(everyFile);
    expect(stdout).toMatch(/^created {3}pipelines\/digits\.yaml +a first pipeline/);
    expect(stdout).toContain(`Next:\n  cd 'my experiment'\n  pipeline run pipelines/digits.yaml\n`);
    const validated = await project.pipeline('validate', 'my experiment/pipelines/digits.yaml');
    expect(validated.stdout).toBe('my experiment/pipelines/digits.yaml: 6 stages, no problems');
  });

  test('what an editor reads is there, and finds nothing wrong with what was made', async () => {
    const project = await newProject();
    await project.pipeline('init');
    const ajv = new Ajv({ allErrors: true, strict: false });
    ajv.addVocabulary(annotations);
    const named = async (file: string) => {
      const text = await project.read(file);
      const schema = /^# yaml-language-server: \$schema=(\S+)\n/.exec(text)?.[1] ?? 'no comment';
      const at = join(file, '..', schema);
      const validate = ajv.compile(JSON.parse(await project.read(at)) as object);
      return { at, valid: validate(parse(text)), validate };
    };
    const pipeline = await named('pipelines/digits.yaml');
    expect(pipeline).toMatchObject({ at: 'pipelines/pipeline.schema.json', valid: true });
    expect(pipeline.validate({ version: 1, name: 'x', stages: { s: { type: 'load-data', wiht: {} } } })).toBe(false);
    const settings = await named('pipeline.config.yaml');
    expect(settings).toMatchObject({ at: 'pipelines/project.schema.json', valid: true });
    const editor = JSON.parse(await project.read('.vscode/settings.json')) as { 'yaml.schemas': object };
    expect(Object.keys(editor['yaml.schemas'])).toEqual([pipeline.at, settings.at]);
  });

  test('the store is one for the whole folder, and git ignores it', async () => {
    const project = await newProject();
    await project.pipeline('init');
    await execa('git', ['init', '-q'], { cwd: project.folder });
    // A run that ends at its first stage: what matters is where it keeps it.
    const below = project.path('pipelines');
    const run = await project.pipeline('run', 'pipelines/digits.yaml', 'load-data');
    expect(run.exitCode).toBe(0);
    expect(await readdir(below)).not.toContain('artifacts');
    const { stdout } = await execa('git', ['status', '--porcelain', '-uall'], { cwd: project.folder });
    expect(stdout.split('\n').map((line) => line.slice(3))).toEqual(everyFile);
  }, 60_000);

  test('overwrites nothing, and the second time changes nothing', async () => {
    const own = {
      '.gitignore': 'dist',
      'pipeline.config.yaml': 'store: kept\njobs: 3\n',
      'package.json': '{\n\t"name": "mine",\n\t"devDependencies": { "distill-pipeline": "*" }\n}\n',
    };
    const project = await newProject(own);
    for (const folder of ['pipelines', '.vscode']) await mkdir(project.path(folder));
    await project.write('.vscode/settings.json', '{ "editor.tabSize": 3, } // mine\n');
    await project.write('pipelines/digits.yaml', 'mine\n');
    await symlink('nowhere', project.path('.vscode/extensions.json'));

    const first = await project.pipeline('init', '--json');
    const { files } = JSON.parse(first.stdout) as { files: { path: string; result: string; note?: string }[] };
    expect(Object.fromEntries(files.map(({ path, result }) => [path, result]))).toEqual({
      'pipelines/digits.yaml': 'kept',
      'pipeline.config.yaml': 'kept',
      'pipelines/pipeline.schema.json': 'created',
      'pipelines/project.schema.json': 'created',
      '.vscode/settings.json': 'kept',
      '.vscode/extensions.json': 'kept',
      '.gitignore': 'extended',
      'package.json': 'extended',
    });
    expect(files.find(({ path }) => path === '.vscode/settings.json')?.note).toContain('"yaml.schemas":');
    expect(await project.read('.gitignore')).toBe('dist\n# results and runs of pipelines\n/kept/\n');
    expect(await project.read('package.json')).toBe(
      '{\n\t"name": "mine",\n\t"devDependencies": {\n\t\t"distill-pipeline": "*"\n\t},\n' +
        '\t"scripts": {\n\t\t"distill": "pipeline run pipelines/digits.yaml"\n\t}\n}\n',
    );
    expect(await project.read('pipeline.config.yaml')).toBe(own['pipeline.config.yaml']);
    expect(await project.read('.vscode/settings.json')).toBe('{ "editor.tabSize": 3, } // mine\n');
    expect(await project.read('pipelines/digits.yaml')).toBe('mine\n');
    expect(await readlink(project.path('.vscode/extensions.json'))).toBe('nowhere');

    const before = await contents(project.folder);
    const second = await project.pipeline('init');
    expect(second.exitCode).toBe(0);
    expect(second.stdout).not.toMatch(/created|extended/);
    expect(await contents(project.folder)).toEqual(before);
  });

  test('a folder of a project stays in it: no second project file, and its store is not this folder’s to ignore', async () => {
    const project = await newProject({ 'pipeline.config.yaml': 'store: artifacts\n', 'package.json': '{}' });
    const { stdout } = await project.pipeline('init', 'sub');
    expect(stdout).toMatch(/^kept {6}\.\.\/pipeline\.config\.yaml +the project file$/m);
    expect(await filesIn(project.path('sub'))).toEqual(
      everyFile.filter((file) => file !== 'pipeline.config.yaml' && file !== '.gitignore'),
    );
  });

  test('the schema knows the stage types of the project’s plugins', async () => {
    const project = await newProject({
      'pipeline.config.yaml': 'plugins: [./own.ts]\n',
      'own.ts': `import { defineStageType } from 'distill-pipeline';
        export default defineStageType({ name: 'mine', description: 'Mine.', output: 'mine', determinism: 'bitwise', slots: {},
        schema: { properties: { depth: { type: 'integer' } } }, run: async () => ({ metrics: {} }) });`,
    });
    expect((await project.pipeline('init')).stderr).toBe('');
    expect(await project.read('pipelines/pipeline.schema.json')).toContain('"depth"');
  });

  test('where nothing can be made, it says so, and has written nothing', async () => {
    const project = await newProject({ file: '' });
    const intoFile = await project.pipeline('init', 'file');
    expect(intoFile.exitCode).toBe(2);
    expect(intoFile.stderr).toMatch(/^error\[file-unreadable\]: file cannot be made a project: /);
    await project.write('pipelines', 'a file where a folder should be');
    const inTheWay = await project.pipeline('init', '--json');
    expect(inTheWay.exitCode).toBe(2);
    expect(JSON.parse(inTheWay.stdout)).toMatchObject({ problems: [{ code: 'file-unreadable' }] });
    expect(await filesIn(project.folder)).toEqual(['file', 'pipelines']);
    await writeFile(project.path('pipeline.config.yaml'), 'jobs: none\n');
    const broken = await project.pipeline('init', 'sub');
    expect(broken.exitCode).toBe(2);
    expect(broken.stderr).toContain('pipeline.config.yaml:1:7');
    await expect(lstat(project.path('sub'))).rejects.toMatchObject({ code: 'ENOENT' });
  });

  test('a package.json that is no JSON is left alone, and a link to .gitignore stays a link', async () => {
    const project = await newProject({ 'package.json': '{ "dependencies": { "distill-pipeline": ', rules: 'dist\n' });
    await symlink('rules', project.path('.gitignore'));
    await chmod(project.path('rules'), 0o600);
    expect((await project.pipeline('init')).exitCode).toBe(0);
    expect(await project.read('package.json')).toBe('{ "dependencies": { "distill-pipeline": ');
    expect(await readlink(project.path('.gitignore'))).toBe('rules');
    expect(await project.read('rules')).toContain('/artifacts/');
  });
});

/** Of every file, links as where they lead. */
async function contents(folder: string): Promise<Record<string, string>> {
  const files = await filesIn(folder);
  const read = async (file: string) => {
    const path = join(folder, file);
    return (await lstat(path)).isSymbolicLink() ? `-> ${await readlink(path)}` : readFile(path, 'utf8');
  };
  return Object.fromEntries(await Promise.all(files.map(async (file) => [file, await read(file)] as const)));
}
