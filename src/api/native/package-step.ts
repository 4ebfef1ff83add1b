import { existsSync } from 'node:fs';
import { rename, rm, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { success } from '../../base/result.ts';
import { addonIn, tfjsNodeIn } from './layout.ts';
import type { Step, StepContext } from './step.ts';
import { runTool } from './tool.ts';

export interface PackageOptions {
  readonly version: string;
  /** Whether the package may fetch libtensorflow and its addon in its own way. */
  readonly ownWay: boolean;
}

/** `@tensorflow/tfjs-node` by npm, and its own way to its addon, which has been refused since 2026 but may come back. */
export function packageStep(context: StepContext, { version, ownWay }: PackageOptions): Step {
  const { layout } = context;
  const name = `@tensorflow/tfjs-node@${version}`;
  return {
    title: name,
    downloads: [
      `${name} and the packages that it needs, by npm: about 75 MB`,
      ...(ownWay ? ['libtensorflow 2.9.1 and an addon, by the package itself, if it is let: about 100 MB'] : []),
    ],
    disk: 300e6,
    needs: ['npm'],
    isDone: () => existsSync(layout.package),
    async run() {
      const folder = await context.temporaryFolder('package');
      await writeFile(join(folder, 'package.json'), JSON.stringify({ private: true }));
      const installed = await runTool({
        command: 'npm',
        // Its own script runs below, where its failure is no failure of npm's.
        args: ['install', name, '--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund'],
        cwd: folder,
        log: layout.log,
      });
      if (!installed.ok) return installed;
      const refusal = ownWay ? await tryOwnWay(context, folder) : undefined;
      await rename(folder, layout.package);
      return success(refusal === undefined ? undefined : `its own way to libtensorflow failed: ${refusal}`);
    },
  };
}

/** @returns what went wrong; then nothing of it is left */
async function tryOwnWay(context: StepContext, folder: string): Promise<string | undefined> {
  const tfjsNode = tfjsNodeIn(folder);
  const run = await runTool({
    command: process.execPath,
    args: [join('scripts', 'install.js')],
    cwd: tfjsNode,
    // As npm does it for scripts: it calls node-pre-gyp by name.
    env: { PATH: [join(folder, 'node_modules', '.bin'), process.env['PATH'] ?? ''].join(delimiter) },
    log: context.layout.log,
    patienceMs: OWN_WAY_PATIENCE_MS,
  });
  const wrong = run.ok ? await whatIsWrong(context, folder) : run.error;
  if (wrong !== undefined) {
    for (const name of ['deps', 'lib', 'build']) await rm(join(tfjsNode, name), { recursive: true, force: true });
  }
  return wrong;
}

/** It ends well even where it got nothing. */
async function whatIsWrong(context: StepContext, folder: string): Promise<string | undefined> {
  return existsSync(addonIn(folder)) ? context.tryLoading(folder) : 'it made no addon';
}

const OWN_WAY_PATIENCE_MS = 15 * 60_000;
