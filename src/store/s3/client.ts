import type { S3Client } from '@aws-sdk/client-s3';
import type { S3Settings } from '../../core/remote-settings.ts';
import type { Sdk } from './sdk.ts';

export function s3Client({ s3 }: Sdk, { region, endpoint, forcePathStyle, timeout }: S3Settings): S3Client {
  const { AWS_REGION, AWS_DEFAULT_REGION, AWS_MAX_ATTEMPTS, AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_S3 } = process.env;
  const isElsewhere = endpoint !== undefined || AWS_ENDPOINT_URL !== undefined || AWS_ENDPOINT_URL_S3 !== undefined;
  const isRegionSet = AWS_REGION !== undefined || AWS_DEFAULT_REGION !== undefined;
  const chosenRegion = region ?? (isElsewhere && !isRegionSet ? ANY_REGION : undefined);
  return new s3.S3Client({
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(chosenRegion === undefined ? {} : { region: chosenRegion }),
    forcePathStyle: forcePathStyle ?? isElsewhere,
    ...(AWS_MAX_ATTEMPTS === undefined ? { maxAttempts: MOST_ATTEMPTS } : {}),
    // Other servers may not know checksums that nobody asked for. Ours is SHA-256, on the way up and on the way down.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestHandler: { connectionTimeout: Math.min(timeout, CONNECT_MS), socketTimeout: timeout },
    // It would print what it finds odd.
    logger: SILENT,
  });
}

/** Other servers have none, and the signature needs one. */
const ANY_REGION = 'us-east-1';

/** With growing pauses between them, which the client chooses. */
const MOST_ATTEMPTS = 5;

const CONNECT_MS = 10_000;

const nothing = (): void => undefined;
const SILENT = { trace: nothing, debug: nothing, info: nothing, warn: nothing, error: nothing };
