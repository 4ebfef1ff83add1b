import { readFileSync, readdirSync, realpathSync, statSync } from 'node:fs';
import { join, relative, resolve, sep } from 'node:path';
import { openPipeline } from '../api/open-pipeline.ts';
import { writtenId, type ProjectSettings } from '../core/pipeline-spec.ts';
import type { PipelineFile } from './protocol.ts';
import type { SeenRuns } from './seen-runs.ts';

/** Definitions that the page may ask about: YAML files inside of the project's folder. */
export interface PipelineFiles {
  /** Those of earlier runs, and those under pipelines/. */
  list(): Promise<readonly PipelineFile[]>;
  /** @returns as the program is to be told it, or undefined where there is no such file, or it lies elsewhere */
  find(file: string): string | undefined;
}

export function pipelineFiles(
  project: Pick<ProjectSettings, 'folder' | 'file'>,
  seen: () => Promise<SeenRuns>,
): PipelineFiles {
  const folder = realpathSync(project.folder);
  const told = new Map<string, Told>();
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
      const ofRuns = (await seen()).list.flatMap(({ path, file }) => path ?? (file === '' ? [] : file));
      const found = [...inFolder(folder), ...ofRuns].flatMap((file) => find(file) ?? []);
      const files = [...new Set(found)].sort().slice(0, MOST_FILES);
      const all: PipelineFile[] = [];
      for (const file of files) {
        const stamp = `${stampOf(join(folder, file))} ${stampOf(project.file)}`;
        const before = told.get(file);
        const isOld = before?.stamp !== stamp || performance.now() - before.at > LONGEST_MS;
        const now = isOld ? { stamp, at: performance.now(), described: await described(file, folder) } : before;
        told.set(file, now);
        all.push(now.described);
      }
      return all;
    },
  };
}

interface Told {
  readonly stamp: string;
  readonly at: number;
  readonly described: PipelineFile;
}

/** For what else it depends on: plugins. */
const LONGEST_MS = 60_000;

function stampOf(path: string | undefined): string {
  const stat = path === undefined ? undefined : statSync(path, { throwIfNoEntry: false, bigint: true });
  return stat === undefined ? '' : `${stat.ino} ${stat.mtimeNs} ${stat.size}`;
}

const MOST_FILES = 100;

function inFolder(folder: string): readonly string[] {
  return ['pipelines', '.'].flatMap((name) => {
    try {
      const entries = readdirSync(join(folder, name), { withFileTypes: true });
      const files = entries.flatMap((entry) => (entry.isFile() ? join(name, entry.name) : []));
      // Beside a project there is other YAML too.
      return name === '.' ? files.filter((file) => looksLikePipeline(join(folder, file))) : files;
    } catch {
      return [];
    }
  });
}

function looksLikePipeline(path: string): boolean {
  return /\.ya?ml$/.test(path) && statSync(path).size < MOST_BYTES && /^stages:/m.test(readFileSync(path, 'utf8'));
}

const MOST_BYTES = 1_000_000;

async function described(file: string, cwd: string): Promise<PipelineFile> {
  const opened = await openPipeline({ file, cwd });
  if (!opened.ok) return { file };
  const { params, stages } = opened.value.spec;
  return { file, params, stages: [...new Set(stages.map(writtenId))] };
}
