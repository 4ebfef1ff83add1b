import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import {
  type ClientHttp2Session,
  type Http2SecureServer,
  type IncomingHttpHeaders,
  type ServerHttp2Stream,
  connect,
  constants,
  createSecureServer,
} from 'node:http2';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll } from '@jest/globals';
import { listenOnLoopback } from '../../base/loopback.ts';
import { inPath, firstProgram } from '../../base/programs.ts';
import { temporaryFolder } from '../../base/temporary-folder.ts';

/** Undefined where no certificates can be made. */
export const openssl = firstProgram(inPath('openssl'));

/** Files: an authority of our own, and what it has signed. */
export interface Certificates {
  readonly authority: string;
  readonly server: KeyPair;
  readonly client: KeyPair;
}

export interface KeyPair {
  readonly certificate: string;
  readonly key: string;
}

/** For `localhost`, and for a client. */
export async function newCertificates(): Promise<Certificates> {
  const folder = temporaryFolder();
  const of = (name: string): KeyPair => ({
    certificate: join(folder, `${name}.pem`),
    key: join(folder, `${name}.key`),
  });
  const make = async (name: string, ...how: readonly string[]): Promise<KeyPair> => {
    const pair = of(name);
    const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', pair.key];
    const args = ['req', '-x509', ...key, '-out', pair.certificate, '-days', '2', '-subj', `/CN=${name}`, ...how];
    await promisify(execFile)(openssl ?? '', args);
    return pair;
  };
  const authority = await make('authority', '-addext', 'keyUsage=critical,keyCertSign');
  const signed = [
    '-CA',
    authority.certificate,
    '-CAkey',
    authority.key,
    '-addext',
    'basicConstraints=critical,CA:FALSE',
  ];
  const server = await make('server', ...signed, '-addext', 'subjectAltName=DNS:localhost');
  return { authority: authority.certificate, server, client: await make('client', ...signed) };
}

export interface Front {
  /** `localhost:…` */
  readonly address: string;
  /** How many requests came, by their method. */
  readonly served: ReadonlyMap<string, number>;
}

export interface Demands {
  readonly certificates: Certificates;
  /** Of every request. */
  readonly apiKey?: string;
  /** One that the authority has signed. */
  readonly clientCertificate?: boolean;
}

/** What stands before a server that is reached over networks: TLS, and who asks is asked who they are. */
export async function secureFront(port: number, demands: Demands): Promise<Front> {
  const { certificates, apiKey, clientCertificate = false } = demands;
  const { authority, server: own } = certificates;
  const server = createSecureServer({
    cert: readFileSync(own.certificate),
    key: readFileSync(own.key),
    ca: readFileSync(authority),
    requestCert: clientCertificate,
    rejectUnauthorized: clientCertificate,
  });
  const behind = connect(`http://127.0.0.1:${port}`);
  const served = new Map<string, number>();
  server.on('sessionError', ignore);
  server.on('connection', (socket: Socket) => socket.on('error', ignore));
  server.on('secureConnection', (socket: Socket) => socket.on('error', ignore));
  server.on('session', (session) => session.on('error', ignore));
  server.on('stream', (stream, headers) => {
    stream.on('error', ignore);
    const asked = String(headers[':path']);
    if (apiKey !== undefined && headers.authorization !== `Bearer ${apiKey}`) {
      refuse(stream);
      return;
    }
    served.set(asked, (served.get(asked) ?? 0) + 1);
    pass(stream, headers, behind);
  });
  open.push({ server, behind });
  return { address: `localhost:${await listenOnLoopback(server)}`, served };
}

const open: { readonly server: Http2SecureServer; readonly behind: ClientHttp2Session }[] = [];

afterAll(() => {
  for (const { server, behind } of open.splice(0)) {
    behind.destroy();
    server.close();
  }
});

/** As gRPC says that it does not know who asks. */
function refuse(stream: ServerHttp2Stream): void {
  const answer = { ':status': 200, 'content-type': 'application/grpc', 'grpc-status': '16' };
  stream.respond({ ...answer, 'grpc-message': 'Request unauthorized.' }, { endStream: true });
}

function pass(
  stream: ServerHttp2Stream,
  { ':authority': _, ...headers }: IncomingHttpHeaders,
  behind: ClientHttp2Session,
): void {
  const onward = behind.request(headers);
  let trailers: IncomingHttpHeaders = {};
  onward.on('error', ignore);
  onward.on('response', (answer, flags) => {
    if (stream.destroyed) return;
    const endStream = (flags & constants.NGHTTP2_FLAG_END_STREAM) !== 0;
    stream.respond(answer, endStream ? { endStream } : { waitForTrailers: true });
    if (!endStream) onward.pipe(stream);
  });
  onward.on('trailers', (last: IncomingHttpHeaders) => {
    trailers = last;
  });
  stream.on('wantTrailers', () => {
    stream.sendTrailers(trailers);
  });
  stream.on('aborted', () => {
    onward.close(constants.NGHTTP2_CANCEL);
  });
  stream.pipe(onward);
}

function ignore(): void {
  // The other side says the same.
}
