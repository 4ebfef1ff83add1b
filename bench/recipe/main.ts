/**
 * `npm run bench:recipe`: pipelines/mnist-distill-full.yaml by the built command on both backends, each in a fresh store, and the same
 * recipe in Keras. Once each, since it takes minutes. Writes its table into docs/benchmarks.md.
 *
 *   npm run build && npm run bench:recipe -- [--epochs 1] [--data ../shared/mnist] [--print]
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { probeNative } from '../../src/tensor/facts.ts';
import { writeSection } from '../document.ts';
import { kerasPython } from '../keras-venv.ts';

const models = ['teacher', 'student', 'baseline', 'student-alone'];

interface Spent {
  readonly seconds: number;
  readonly cpu: number;
  readonly peak: number;
}

/** What is read of evaluation.json. */
interface Evaluation {
  readonly models: Readonly<Record<string, { readonly splits: { readonly test: { readonly accuracy: number } } }>>;
}

interface Plan {
  readonly yaml: string;
  readonly data: string;
  readonly folder: string;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      epochs: { type: 'string' },
      data: { type: 'string', default: '../shared/mnist' },
      print: { type: 'boolean', default: false },
    },
  });
  const data = resolve(values.data);
  if (!existsSync(join(data, 'train-images-idx3-ubyte.gz'))) {
    throw new Error(
      `the recipe needs MNIST's four gzip-compressed files in ${values.data}; --data names another folder`,
    );
  }
  const original = await readFile('pipelines/mnist-distill-full.yaml', 'utf8');
  const yaml = values.epochs === undefined ? original : original.replace(/epochs: \d+/g, `epochs: ${values.epochs}`);
  const folder = await mkdtemp(join(tmpdir(), 'bench-recipe-'));
  try {
    const plan = { yaml, data, folder };
    const rows = [await kerasRow(plan), await ourRow(plan, 'native'), await ourRow(plan, 'wasm')];
    const text = [
      `Once each; ${cpus().length} × ${cpus()[0]?.model ?? 'unknown CPU'}, Node ${process.version}; epochs of teacher, student and ` +
        `baseline, student alone: ${epochsOf(yaml).join(', ')}.`,
      '',
      `| | seconds | of CPU | peak memory | ${models.map((model) => `${model}, test`).join(' | ')} |`,
      '| --- | --- | --- | --- | --- | --- | --- | --- |',
      ...rows,
    ].join('\n');
    console.log(text);
    if (!values.print) await writeSection('bench:recipe', text);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function kerasRow({ yaml, data, folder }: Plan): Promise<string> {
  const found = kerasPython();
  if ('missing' in found) return missing('Keras', found.missing);
  const out = join(folder, 'keras.json');
  const spent = await spend(folder, folder, [found.python, beside('recipe.py'), data, ...epochsOf(yaml), out]);
  return row('Keras', spent, JSON.parse(await readFile(out, 'utf8')) as Readonly<Record<string, number>>);
}

async function ourRow({ yaml, data, folder }: Plan, backend: 'native' | 'wasm'): Promise<string> {
  const name = `pipeline, ${backend}`;
  if (backend === 'native' && !probeNative().addon) {
    return missing(name, 'not installed; `pipeline doctor --install-native` does that');
  }
  const project = join(folder, backend);
  await mkdir(project);
  await writeFile(join(project, 'recipe.yaml'), yaml);
  const pipeline = [process.execPath, resolve('dist/cli.cjs')];
  const run = [...pipeline, 'run', 'recipe.yaml', '--backend', backend, '--set', `data=${data}`];
  const spent = await spend(folder, project, run);
  execute([...pipeline, 'get', 'latest', 'evaluate', '-o', 'out'], project);
  const text = await readFile(join(project, 'out', 'evaluation.json'), 'utf8');
  const { models: evaluated } = JSON.parse(text) as Evaluation;
  const accuracies = Object.entries(evaluated).map(([model, { splits }]) => [model, splits.test.accuracy] as const);
  return row(name, spent, Object.fromEntries(accuracies));
}

/** Of the teacher, the student and the student alone; the baseline has the student's. */
function epochsOf(yaml: string): string[] {
  const [teacher = '', student = '', , alone = ''] = [...yaml.matchAll(/epochs: (\d+)/g)].map(
    (match) => match[1] ?? '',
  );
  return [teacher, student, alone];
}

async function spend(folder: string, cwd: string, command: readonly string[]): Promise<Spent> {
  const file = join(folder, 'spent.json');
  execute(['python3', beside('spent.py'), file, ...command], cwd);
  return JSON.parse(await readFile(file, 'utf8')) as Spent;
}

function execute(command: readonly string[], cwd: string): void {
  const [program = '', ...args] = command;
  const { status, error } = spawnSync(program, args, { cwd, stdio: ['ignore', 2, 2] });
  if (status !== 0) throw error ?? new Error(`${args.slice(0, 3).join(' ')} ended with ${status}`);
}

function row(name: string, { seconds, cpu, peak }: Spent, accuracies: Readonly<Record<string, number>>): string {
  const figures = models.map((model) => `${((accuracies[model] ?? NaN) * 100).toFixed(2)}%`);
  return `| ${[name, seconds.toFixed(0), cpu.toFixed(0), `${peak.toFixed(0)} MB`, ...figures].join(' | ')} |`;
}

function missing(name: string, why: string): string {
  return `| ${name} | not measured: ${why} ${'| '.repeat(6)}|`;
}

function beside(file: string): string {
  return fileURLToPath(new URL(file, import.meta.url));
}

await main();
