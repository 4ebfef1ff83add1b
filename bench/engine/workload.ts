/**
 * The generated work that every tool does: stage i copies one small file, and reads the output of the stage 100 places before it.
 * The same graph in each tool's own language, each as its documentation would have it written.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

export interface Workload {
  readonly stages: number;
}

interface Copy {
  readonly name: string;
  readonly source: string;
  readonly output: string;
  /** The stage whose output is the source. */
  readonly producer?: string;
}

const distance = 100;

function copies(workload: Workload): Copy[] {
  return Array.from({ length: workload.stages }, (_, i) => ({
    name: `s${i}`,
    output: `out/f${i}`,
    ...(i < distance ? { source: `in/f${i}` } : { source: `out/f${i - distance}`, producer: `s${i - distance}` }),
  }));
}

/** Files of a project folder, path -> text. */
type Project = Record<string, string>;

function sources(workload: Workload): Project {
  const files: Project = {};
  for (let i = 0; i < Math.min(distance, workload.stages); i++) files[`in/f${i}`] = `source ${i}\n`;
  files['out/.keep'] = '';
  return files;
}

const definitions: Record<string, (stages: readonly Copy[]) => Project> = {
  pipeline: (stages) => ({
    'pipeline.yaml': [
      'version: 1',
      'name: copies',
      'stages:',
      ...stages.map(
        (s) =>
          `  ${s.name}:\n    run: [cp, ${s.source}, ${s.output}]\n    inputs: [${s.source}]\n    outputs: [${s.output}]`,
      ),
      '',
    ].join('\n'),
  }),
  ninja: (stages) => ({
    'build.ninja': [
      'rule cp',
      '  command = cp $in $out',
      ...stages.map((s) => `build ${s.output}: cp ${s.source}`),
      '',
    ].join('\n'),
  }),
  make: (stages) => ({
    Makefile: [
      `all: ${stages.map((s) => s.output).join(' ')}`,
      ...stages.map((s) => `${s.output}: ${s.source}\n\tcp $< $@`),
      '',
    ].join('\n'),
  }),
  turbo: (stages) => ({
    'package.json': JSON.stringify({
      name: 'copies',
      version: '1.0.0',
      private: true,
      packageManager: 'npm@10.0.0',
      scripts: Object.fromEntries(stages.map((s) => [s.name, `cp ${s.source} ${s.output}`])),
    }),
    'package-lock.json': JSON.stringify({
      name: 'copies',
      version: '1.0.0',
      lockfileVersion: 3,
      packages: { '': { name: 'copies', version: '1.0.0' } },
    }),
    'turbo.json': JSON.stringify({
      tasks: Object.fromEntries(
        stages.map((s) => [
          s.name,
          { inputs: [s.source], outputs: [s.output], dependsOn: s.producer === undefined ? [] : [s.producer] },
        ]),
      ),
    }),
    '.gitignore': '.turbo\nout\n',
  }),
  wireit: (stages) => ({
    'package.json': JSON.stringify({
      name: 'copies',
      version: '1.0.0',
      scripts: { all: 'wireit', ...Object.fromEntries(stages.map((s) => [s.name, 'wireit'])) },
      wireit: {
        all: { dependencies: stages.map((s) => s.name) },
        ...Object.fromEntries(
          stages.map((s) => [
            s.name,
            {
              command: `cp ${s.source} ${s.output}`,
              files: [s.source],
              output: [s.output],
              dependencies: s.producer === undefined ? [] : [s.producer],
            },
          ]),
        ),
      },
    }),
  }),
  dvc: (stages) => ({
    'dvc.yaml': [
      'stages:',
      ...stages.map(
        (s) => `  ${s.name}:\n    cmd: cp ${s.source} ${s.output}\n    deps: [${s.source}]\n    outs: [${s.output}]`,
      ),
      '',
    ].join('\n'),
  }),
  snakemake: (stages) => ({
    Snakefile: [
      `rule all:\n    input: ${JSON.stringify(stages.map((s) => s.output))}`,
      ...stages.map(
        (s) =>
          `rule ${s.name}:\n    input: ${JSON.stringify(s.source)}\n    output: ${JSON.stringify(s.output)}\n    shell: "cp {input} {output}"`,
      ),
      '',
    ].join('\n'),
  }),
};

export async function writeProject(folder: string, tool: string, workload: Workload): Promise<void> {
  const define = definitions[tool];
  if (define === undefined) throw new Error(`no workload for ${tool}`);
  const files = { ...sources(workload), ...define(copies(workload)) };
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
}
