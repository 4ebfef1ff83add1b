import { join } from 'node:path';
import { failure, success, type Result } from '../base/result.ts';
import type { Damage, VerifyReport } from '../core/verify.ts';
import type { Problem } from '../diagnostics/problem.ts';
import { stageKey } from '../fingerprint/key.ts';
import { labelFile, readLabels, removeLabels } from '../records/labels.ts';
import { readPins, removePin } from '../records/pins.ts';
import { type RecordFolders, recordFolders } from '../records/record-folders.ts';
import { listRuns } from '../records/runs.ts';
import { verifyRuns } from '../records/verify-runs.ts';
import { verifyStore } from '../store/verify/verify.ts';
import { openProject } from './open-project.ts';
import { orStoreProblem } from './store-problem.ts';

/** Which store, and whether to mend it. */
export interface VerifyOptions {
  /** A folder of the project. The process's own, if absent. */
  readonly cwd?: string;
  /** Takes damaged things away, so that what needs them is made again. */
  readonly repair?: boolean;
  /** @param total both in bytes */
  readonly onProgress?: (done: number, total: number) => void;
}

/**
 * Reads all of the project's store.
 * @returns what is damaged, and whose it was; or why the store cannot be read
 * @throws what nobody foresaw: a mistake in the program, or of the system; what a person can cause is in the result
 */
export async function verifyProjectStore(
  options: VerifyOptions = {},
): Promise<Result<VerifyReport, readonly Problem[]>> {
  const { cwd = process.cwd(), repair = false } = options;
  const project = await openProject(cwd);
  if (!project.ok) return project;
  const { store } = project.value;
  const folders = recordFolders(store);
  const startedAt = performance.now();
  const verified = await orStoreProblem(
    (async () => ({
      store: await verifyStore(store, {
        repair,
        keyOf: stageKey,
        progress: (done, total) => options.onProgress?.(done, total),
      }),
      runs: await verifyRuns(folders.runs),
      pins: await verifyPins(folders, repair),
      labels: await verifyLabels(folders, repair),
    }))(),
  );
  if (!verified.ok) return failure([verified.error]);
  const { store: content, runs, pins, labels } = verified.value;
  return success({
    ...content,
    store,
    runs: runs.runs,
    damages: [...content.damages, ...runs.damages, ...pins, ...labels],
    seconds: (performance.now() - startedAt) / 1000,
  });
}

async function verifyPins(folders: RecordFolders, repair: boolean): Promise<readonly Damage[]> {
  const runs = new Set((await listRuns(folders.runs)).map(({ id }) => id));
  const lost = readPins(folders.pins).filter(({ run }) => !runs.has(run));
  for (const { run } of lost) if (repair) await removePin(folders.pins, run);
  return lost.map(({ run }) => ({
    what: 'pin',
    path: join(folders.pins, `${run}.json`),
    message: 'the run that it pins is not there',
    owners: [{ run }],
    repaired: repair,
  }));
}

async function verifyLabels(folders: RecordFolders, repair: boolean): Promise<readonly Damage[]> {
  const runs = new Set((await listRuns(folders.runs)).map(({ id }) => id));
  const lost = readLabels(folders.labels).filter(({ run }) => !runs.has(run));
  if (repair) await removeLabels(folders.labels, lost);
  return lost.map((label) => ({
    what: 'label',
    path: labelFile(folders.labels, label),
    message: `the run that has the ${label.kind} "${label.label}" is not there`,
    owners: [{ run: label.run }],
    repaired: repair,
  }));
}
