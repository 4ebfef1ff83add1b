import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { mkdir } from 'node:fs/promises';
import { readPipeline } from '../../src/config/read-pipeline.ts';
import type { ReadPipeline, ReadRequest } from '../../src/config/read-pipeline.ts';
import type { Problem } from '../../src/diagnostics/problem.ts';
import { renderProblem } from '../../src/diagnostics/frame.ts';
import { checkPipeline } from '../../src/graph/check.ts';
import { builtInStageTypes } from '../../src/stages/registry.ts';

export const types = builtInStageTypes();

/** A folder of its own with these files, for as long as the test takes. */
export async function inFolder<T>(
  files: Readonly<Record<string, string | Uint8Array>>,
  use: (folder: string) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'config-'));
  try {
    for (const [name, content] of Object.entries(files)) {
      await mkdir(dirname(join(folder, name)), { recursive: true });
      await writeFile(join(folder, name), content);
    }
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Reads a pipeline that is the only file of its folder. */
export function read(text: string | Uint8Array, more: Partial<ReadRequest> = {}): Promise<ReadPipeline> {
  return inFolder({ 'p.yaml': text }, (cwd) => readPipeline({ file: 'p.yaml', cwd, types, ...more }));
}

/** Everything wrong with a pipeline, as `pipeline validate` finds it. */
export async function allProblems(request: ReadRequest): Promise<readonly Problem[]> {
  const { spec, problems } = await readPipeline(request);
  return spec === undefined ? problems : [...problems, ...checkPipeline(spec, request.types).problems];
}

export function rendered(problems: readonly Problem[]): string {
  return problems.map((problem) => `${renderProblem(problem, { color: false })}\n`).join('\n');
}
