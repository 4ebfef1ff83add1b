import { messageOf } from '../../base/error-message.ts';
import { RemoteError } from '../../core/remote-error.ts';

/** What the client threw, in words. Of the client's own error nothing is kept but its name: it may hold the signed request. */
export function remoteError(place: string, error: unknown): RemoteError {
  const { name, status, code } = factsOf(error);
  const known = WORDS.get(name) ?? WORDS.get(code) ?? (status === undefined ? undefined : STATUS.get(status));
  if (known !== undefined) {
    const { message, hint, isLasting = true } = known;
    return new RemoteError(`the remote ${place} ${message}`, { ...(hint === undefined ? {} : { hint }), isLasting });
  }
  if (status !== undefined) return new RemoteError(`the remote ${place} answers ${status} (${name}), again and again`);
  if (NOT_REACHED.has(code) || NOT_REACHED.has(name))
    return new RemoteError(`the remote ${place} cannot be reached (${code === '' ? name : code})`);
  // Before any request was sent, and not by the network: a setting.
  return new RemoteError(`the remote ${place} cannot be used: ${messageOf(error)}`);
}

/** Of an answer. */
export function statusOf(error: unknown): number | undefined {
  return factsOf(error).status;
}

interface Facts {
  readonly name: string;
  readonly status: number | undefined;
  readonly code: string;
}

function factsOf(error: unknown): Facts {
  if (typeof error !== 'object' || error === null) return { name: '', status: undefined, code: '' };
  const { name, code, $metadata } = error as {
    readonly name?: unknown;
    readonly code?: unknown;
    readonly $metadata?: { readonly httpStatusCode?: unknown };
  };
  const status = $metadata?.httpStatusCode;
  return {
    name: typeof name === 'string' ? name : '',
    code: typeof code === 'string' ? code : '',
    status: typeof status === 'number' && status >= 300 ? status : undefined,
  };
}

interface Words {
  readonly message: string;
  readonly hint?: string;
  readonly isLasting?: boolean;
}

const CREDENTIALS =
  'AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE, or the role of the machine: docs/remote.md says where they are looked for';

const REFUSED: Words = { message: 'refuses the credentials', hint: `look at ${CREDENTIALS}` };
const EXPIRED: Words = { message: 'refuses the credentials: they have expired', hint: 'log in again' };
const FORBIDDEN: Words = {
  message: 'does not allow it',
  hint: 'the credentials need s3:GetObject, s3:PutObject, s3:DeleteObject and s3:ListBucket there, or fewer where it is only read: see docs/remote.md',
};
const OTHER_REGION: Words = { message: 'is in another region', hint: 'say which in remote.s3.region' };
const NO_CONDITIONS: Words = {
  message: 'does not know a request that a remote needs, as a conditional write is one',
  hint: 'use a server that knows conditional writes, as AWS S3 and MinIO do',
};

/** By the name or the code of the error. */
const WORDS: ReadonlyMap<string, Words> = new Map([
  ['CredentialsProviderError', { message: 'cannot be used: no credentials were found', hint: `set ${CREDENTIALS}` }],
  ['InvalidAccessKeyId', REFUSED],
  ['SignatureDoesNotMatch', REFUSED],
  ['InvalidToken', REFUSED],
  ['ExpiredToken', EXPIRED],
  ['ExpiredTokenException', EXPIRED],
  ['AccessDenied', FORBIDDEN],
  ['AllAccessDisabled', FORBIDDEN],
  ['NoSuchBucket', { message: 'has no such bucket', hint: 'make the bucket, or name another in remote.s3.bucket' }],
  ['PermanentRedirect', OTHER_REGION],
  ['AuthorizationHeaderMalformed', OTHER_REGION],
  ['NotImplemented', NO_CONDITIONS],
  [
    'RequestTimeTooSkewed',
    { message: 'refuses requests, since the clock of this machine is wrong', hint: "set this machine's clock" },
  ],
]);

const STATUS: ReadonlyMap<number, Words> = new Map([
  [301, OTHER_REGION],
  [401, REFUSED],
  [403, FORBIDDEN],
  [501, NO_CONDITIONS],
]);

/** Of the system, of TLS left out: those say what they are. */
const NOT_REACHED: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'TimeoutError',
]);
