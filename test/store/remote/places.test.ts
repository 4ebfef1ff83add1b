import { randomBytes } from 'node:crypto';
import { openLocalStore } from '../../../src/store/local-store.ts';
import type { RemotePlace } from '../../../src/core/remote-place.ts';
import type { Store } from '../../../src/core/store.ts';
import { backedStore } from '../../../src/store/remote/backed-store.ts';
import { folderPlace } from '../../../src/store/remote/folder-place.ts';
import { openRemoteStore } from '../../../src/store/remote/remote-store.ts';
import { s3Place } from '../../../src/store/s3/place.ts';
import { temporaryFolder } from '../../base/temporary-folder.ts';
import { storeContract } from '../contract.ts';
import { checkpointContract } from './checkpoint-contract.ts';
import { describeWithMinio } from './minio.ts';
import { placeContract } from './place-contract.ts';

const inFolder = (): RemotePlace => folderPlace(`${temporaryFolder()}/shared`);

placeContract('a folder', inFolder);
checkpointContract('a folder', inFolder);
storeContract('a local folder, and another one behind it', () => withRemote(inFolder()), { rounds: 0.2 });

describeWithMinio('with a real MinIO', (minio) => {
  const inBucket = (): RemotePlace => {
    const { bucket, endpoint } = minio();
    const settings = { bucket, endpoint, prefix: randomBytes(6).toString('hex'), timeout: 30_000 };
    return s3Place(settings, import.meta.dirname, { pageSize: 10 });
  };
  placeContract('a bucket', inBucket);
  checkpointContract('a bucket', inBucket);
  storeContract('a local folder, and a bucket behind it', () => withRemote(inBucket()), { rounds: 0.2 });
});

async function withRemote(place: RemotePlace): Promise<Store> {
  return backedStore(await openLocalStore(`${temporaryFolder()}/store`), {
    remote: openRemoteStore(place),
    access: 'read-write',
    signal: new AbortController().signal,
    warn: () => undefined,
  });
}
