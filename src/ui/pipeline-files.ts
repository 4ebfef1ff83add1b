import { readdirSync, realpathSync } from 'node:fs';
import { join, relative, resolve, sep } from 'node:path';
import { openPipeline } from '../api/open-pipeline.ts';
import type { Runs } from '../api/runs.ts';
import { writtenId, type ProjectSettings } from '../core/pipeline-spec.ts';
import type { PipelineFile } from './protocol.ts';

/** Definitions that the page may ask about: YAML files inside of the project's folder. */
export interface PipelineFiles {
  /** Those of earlier runs, and those under pipelines/. */
  list(): Promise<readonly PipelineFile[]>;
  /** @returns as the program is to be told it, or undefined where there is no such file, or it lies elsewhere */
  find(file: string): string | undefined;
}

export function pipelineFiles(project: Pick<ProjectSettings, 'folder'>, runs: Runs): PipelineFiles {
  const folder = realpathSync(project.folder);
  const find = (file: string): string | undefined => {
    if (!/\.ya?ml$/.test(file) || file.includes('\0')) return undefined;
    try {
      // Where it really lies: a link may lead out.
      const real = realpathSync(resolve(folder, file));
      return real.startsWith(folder + sep) ? relative(folder, real) : undefined;
    } catch {
      return undefined;
    }
  };
  return {
    find,
    async list() {
      const ofRuns = (await runs.list()).flatMap(({ path, file }) => path ?? (file === '' ? [] : file));
      const found = [...inFolder(folder), ...ofRuns].flatMap((file) => find(file) ?? []);
      const files = [...new Set(found)].sort().slice(0, MOST_FILES);
      const told: PipelineFile[] = [];
      for (const file of files) told.push(await described(file, folder));
      return told;
    },
  };
}

const MOST_FILES = 100;

function inFolder(folder: string): readonly string[] {
  return ['pipelines', '.'].flatMap((name) => {
    try {
      const entries = readdirSync(join(folder, name), { withFileTypes: true });
      return entries.flatMap((entry) => (entry.isFile() ? join(name, entry.name) : []));
    } catch {
      return [];
    }
  });
}

async function described(file: string, cwd: string): Promise<PipelineFile> {
  const opened = await openPipeline({ file, cwd });
  if (!opened.ok) return { file };
  const { params, stages } = opened.value.spec;
  return { file, params, stages: [...new Set(stages.map(writtenId))] };
}
