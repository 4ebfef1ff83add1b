import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe } from '@jest/globals';
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { minioProgram } from '../../../scripts/minio.ts';
import { guarded, type Guarded } from '../../base/guarded.ts';
import { freePort } from '../../base/loopback.ts';
import { firstProgram, inPath } from '../../base/programs.ts';
import { temporaryFolder } from '../../base/temporary-folder.ts';

/** A real server on loopback, with a bucket. */
export interface Minio {
  readonly endpoint: string;
  readonly port: number;
  readonly bucket: string;
  /** For a process that is to use it. */
  readonly env: Readonly<Record<string, string>>;
  /** Where it keeps everything. */
  readonly folder: string;
  /** Changes a byte of each object whose name begins so. */
  damage(beginning: string): Promise<void>;
  /** That object, or all whose names begin so. */
  remove(name: string, which?: 'all'): Promise<void>;
}

/** PIPELINE_TEST_MINIO, or one in PATH, or what `npm run install:minio` built. */
const program = firstProgram([process.env['PIPELINE_TEST_MINIO'], ...inPath('minio'), minioProgram()]);

/** Tests against a real MinIO; skipped, with the reason in their name, where there is none. */
export function describeWithMinio(name: string, tests: (minio: () => Minio) => void): void {
  if (program === undefined) {
    describe.skip(`${name} (skipped: no MinIO in PATH or PIPELINE_TEST_MINIO; \`npm run install:minio\` builds one)`, () => {
      tests(() => {
        throw new Error('there is no MinIO');
      });
    });
    return;
  }
  describe(name, () => {
    let started: { readonly minio: Minio; readonly server: Guarded } | undefined;
    beforeAll(async () => {
      started = await start(program);
      // As a user has them: the client in this process looks there too.
      Object.assign(process.env, started.minio.env);
    }, 120_000);
    afterAll(async () => {
      await started?.server.end('TERM');
    });
    tests(() => {
      if (started === undefined) throw new Error('the server has not started');
      return started.minio;
    });
  });
}

async function start(path: string): Promise<{ minio: Minio; server: Guarded }> {
  const port = await freePort();
  const folder = temporaryFolder();
  const [user, password] = ['test-user', 'test-secret-that-must-appear-nowhere'];
  const server = guarded(
    [path, 'server', '--quiet', '--address', `127.0.0.1:${port}`, '--console-address', '127.0.0.1:0', folder],
    { ...process.env, MINIO_ROOT_USER: user, MINIO_ROOT_PASSWORD: password, MINIO_BROWSER: 'off' },
  );
  const endpoint = `http://127.0.0.1:${port}`;
  const env = { AWS_ACCESS_KEY_ID: user, AWS_SECRET_ACCESS_KEY: password };
  const client = new S3Client({
    endpoint,
    region: 'us-east-1',
    forcePathStyle: true,
    credentials: { accessKeyId: user, secretAccessKey: password },
  });
  await untilReady(endpoint, server);
  const bucket = 'artifacts';
  await client.send(new CreateBucketCommand({ Bucket: bucket }));
  const damage = (beginning: string): Promise<void> => damageObjects(client, bucket, beginning);
  const remove = async (name: string, which?: 'all'): Promise<void> => {
    const list = new ListObjectsV2Command({ Bucket: bucket, Prefix: name });
    const all = which === undefined ? [{ Key: name }] : ((await client.send(list)).Contents ?? []);
    for (const { Key } of all) await client.send(new DeleteObjectCommand({ Bucket: bucket, Key }));
  };
  return { minio: { endpoint, port, bucket, env, folder, damage, remove }, server };
}

async function damageObjects(client: S3Client, Bucket: string, Prefix: string): Promise<void> {
  const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket, Prefix }));
  for (const { Key } of Contents) {
    const { Body } = await client.send(new GetObjectCommand({ Bucket, Key }));
    const bytes = (await Body?.transformToByteArray()) ?? new Uint8Array();
    const at = Math.floor(bytes.length / 2);
    bytes[at] = (bytes[at] ?? 0) ^ 1;
    await client.send(new PutObjectCommand({ Bucket, Key, Body: bytes }));
  }
}

async function untilReady(endpoint: string, server: Guarded): Promise<void> {
  for (const end = Date.now() + 100_000; ;) {
    if (server.hasEnded()) throw new Error(`MinIO ended: ${server.said()}`);
    const answer = await fetch(`${endpoint}/minio/health/ready`).catch(() => undefined);
    if (answer?.ok === true) return;
    if (Date.now() > end) throw new Error('MinIO did not get ready');
    await sleep(50);
  }
}
