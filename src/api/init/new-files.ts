import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Result } from '../../base/result.ts';
import type { Problem } from '../../diagnostics/problem.ts';
import { packageFolder } from '../package-folder.ts';
import { readSchema } from '../schemas.ts';

/** An example of this package, with the schema that lies beside it in a project. */
export async function firstPipeline(): Promise<string> {
  const text = await readFile(join(packageFolder(), 'pipelines', 'digits.yaml'), 'utf8');
  return text.replace(/(?<=^# yaml-language-server: \$schema=).*/, 'pipeline.schema.json');
}

/** Of the stage types that the folder's project has. */
export function pipelineSchema(folder: string): Promise<Result<string, readonly Problem[]>> {
  return readSchema('editor/pipeline', folder);
}

export function projectSchema(): Promise<string> {
  return readFile(join(packageFolder(), 'schemas', 'project.schema.json'), 'utf8');
}

export const projectFileText = `# yaml-language-server: $schema=pipelines/project.schema.json
# Settings of every pipeline in this folder and below it.
store: artifacts # results and runs; not for git
backend: wasm # built in; native is faster and has to be set up: pipeline doctor
# plugins: # stage types of your own
#   - ./stages/my-stage.ts
`;

export const editorSettings = `{
  "yaml.schemas": {
    "pipelines/pipeline.schema.json": "pipelines/*.yaml",
    "pipelines/project.schema.json": "pipeline.config.yaml"
  }
}
`;

export const recommendations = `{
  "recommendations": ["redhat.vscode-yaml"]
}
`;
