import { mkdir } from 'node:fs/promises';
import { messageOf } from '../../base/error-message.ts';
import { failure, success, type Result } from '../../base/result.ts';
import type { StoreLock } from '../../core/store.ts';
import type { Problem } from '../../diagnostics/problem.ts';
import { storeLayout } from '../../store/layout.ts';
import { acquireLock } from '../../store/lock.ts';
import type { NativeLayout } from './layout.ts';

/** One process installs at a time; one that was killed holds nothing. @param waiting is told for whom, in words */
export async function holdInstallation(
  { root, lock }: NativeLayout,
  waiting: (holder: string) => void,
): Promise<Result<StoreLock, Problem>> {
  try {
    await mkdir(root, { recursive: true });
    const { signal } = new AbortController();
    return success(await acquireLock(storeLayout(root), lock, { signal, waiting }));
  } catch (error) {
    return failure({
      code: 'native-install',
      message: `${root} cannot be written to: ${messageOf(error)}`,
      hint: 'PIPELINE_NATIVE_FOLDER=/some/folder names another place',
    });
  }
}
