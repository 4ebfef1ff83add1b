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
 * From beside this program, else from the project. Looked for at once and loaded when first asked for, which takes a tenth of a second.
 * @throws RemoteError with the command that installs it
 */
export function findSdk(projectFolder: string): () => Sdk {
  const load = [import.meta.url, join(projectFolder, 'package.json')].map(createRequire).find(hasSdk);
  if (load === undefined) {
    throw new RemoteError('a remote in S3 needs the packages @aws-sdk/client-s3 and @aws-sdk/lib-storage', {
      hint: 'npm install @aws-sdk/client-s3 @aws-sdk/lib-storage',
      isLasting: true,
    });
  }
  return () => {
    // What it says of old versions of Node would stand in the midst of a run's own lines; docs/remote.md says it.
    process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';
    return {
      s3: load('@aws-sdk/client-s3') as Sdk['s3'],
      storage: load('@aws-sdk/lib-storage') as Sdk['storage'],
    };
  };
}

function hasSdk(load: NodeJS.Require): boolean {
  try {
    return [load.resolve('@aws-sdk/client-s3'), load.resolve('@aws-sdk/lib-storage')].length > 0;
  } catch (error) {
    if (isErrno(error, 'MODULE_NOT_FOUND')) return false;
    throw error;
  }
}
