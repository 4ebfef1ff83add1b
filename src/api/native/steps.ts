import { mkdir } from 'node:fs/promises';
import { temporaryPath } from '../../store/temporary.ts';
import { tfjsVersion } from '../../tensor/facts.ts';
import { addonStep } from './addon-step.ts';
import type { NativeLayout } from './layout.ts';
import { libtensorflowSteps } from './libtensorflow-steps.ts';
import { packageStep } from './package-step.ts';
import type { LibtensorflowSource } from './source.ts';
import type { Step, StepContext } from './step.ts';

/** All steps in their order, done or not. */
export function stepsFor(
  layout: NativeLayout,
  source: LibtensorflowSource,
  tryLoading: StepContext['tryLoading'],
): readonly Step[] {
  const context: StepContext = {
    layout,
    tryLoading,
    temporaryFolder: async (purpose) => {
      const folder = await temporaryPath(layout.temporary, purpose);
      await mkdir(folder);
      return folder;
    },
  };
  const first = packageStep(context, { version: tfjsVersion(), ownWay: source.kind === 'network' });
  if (source.kind === 'network' && !hasWheel) return [first];
  return [first, ...libtensorflowSteps(context, source), addonStep(context)];
}

/** What this system lacks in comparison with the one that this is tested on; undefined where it is that one. */
export function untested(source: LibtensorflowSource): string | undefined {
  if (hasWheel) return undefined;
  const rest =
    source.kind === 'network'
      ? 'only the package’s own way is tried; where it fails, --native-from takes a libtensorflow of yours'
      : 'what you gave is linked as it is on Linux, and may not fit';
  return `this is tested on Linux x64 alone. On ${process.platform} ${process.arch}, ${rest}`;
}

const hasWheel = process.platform === 'linux' && process.arch === 'x64';
