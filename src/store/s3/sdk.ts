import { createRequire } from 'node:module';
import { join } from 'node:path';
import { isErrno } from '../../base/errno.ts';
import { RemoteError } from '../../core/remote-error.ts';

/** The official client, which is no dependency of this package: whoever keeps everything on one machine never has it. */
export interface Sdk {
  readonly s3: typeof import('@aws-sdk/client-s3');
  readonly storage: typeof import('@aws-sdk/lib-storage');
}

/**
 * From beside this program, else from the project.
 * @throws RemoteError with the command that installs it
 */
export function loadSdk(projectFolder: string): Sdk {
  const places = [import.meta.url, join(projectFolder, 'package.json')];
  for (const place of places) {
    const load = createRequire(place);
    try {
      return {
        s3: load('@aws-sdk/client-s3') as Sdk['s3'],
        storage: load('@aws-sdk/lib-storage') as Sdk['storage'],
      };
    } catch (error) {
      if (!isErrno(error, 'MODULE_NOT_FOUND')) throw error;
    }
  }
  throw new RemoteError('a remote in S3 needs the packages @aws-sdk/client-s3 and @aws-sdk/lib-storage', {
    hint: 'npm install @aws-sdk/client-s3 @aws-sdk/lib-storage',
    isLasting: true,
  });
}
