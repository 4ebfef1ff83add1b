import { existsSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { isErrno } from '../../base/errno.ts';
import { failure, success, type Result } from '../../base/result.ts';
import type { Problem } from '../../diagnostics/problem.ts';
import { sweepTemporary, temporaryPath } from '../../store/temporary.ts';
import { nativeLayout } from './layout.ts';
import { holdInstallation } from './lock.ts';

/** Takes away what `installNative` made. @returns the folder that is gone; undefined where there was none */
export async function removeNative(waiting: (holder: string) => void): Promise<Result<string | undefined, Problem>> {
  const layout = nativeLayout();
  const parent = dirname(layout.root);
  if (!existsSync(layout.root)) return success(undefined);
  const lock = await holdInstallation(layout, waiting);
  if (!lock.ok) return lock;
  try {
    // At once for whoever looks, however long it then takes.
    const gone = await temporaryPath(parent, 'removed');
    await rename(layout.root, gone);
    await rm(gone, { recursive: true });
    await sweepTemporary(parent);
    return success(layout.root);
  } catch (error) {
    if (!isErrno(error)) throw error;
    const message = `the native backend cannot be removed: ${error.message}`;
    return failure({ code: 'native-install', message, hint: `remove ${layout.root} by hand` });
  }
}
