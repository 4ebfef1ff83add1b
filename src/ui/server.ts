import { randomBytes } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import { Hono, type Context, type MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { secureHeaders } from 'hono/secure-headers';
import { openProject } from '../api/open-project.ts';
import { openRunPages } from '../api/report/run-pages.ts';
import { openRuns } from '../api/runs.ts';
import { failure, success, type Result } from '../base/result.ts';
import { StoreError } from '../core/store-error.ts';
import type { Problem } from '../diagnostics/problem.ts';
import { recordFolders } from '../records/record-folders.ts';
import { addAssets } from './assets.ts';
import { eventStreams } from './event-streams.ts';
import { guard } from './guard.ts';
import { type OpeningPage, openingPage } from './opening-page.ts';
import { pipelineFiles } from './pipeline-files.ts';
import type { Refusal } from './protocol.ts';
import { refusalOf } from './refusal.ts';
import { addChanges } from './routes/changes.ts';
import { addEvents } from './routes/events.ts';
import { addLogs } from './routes/logs.ts';
import { addModels } from './routes/models.ts';
import { addPipelines } from './routes/pipelines.ts';
import { addRuns } from './routes/runs.ts';
import { addSamples } from './routes/samples.ts';
import { addStop } from './routes/stop.ts';
import { seenRuns } from './seen-runs.ts';

export interface UiOptions {
  /** A folder of the project. */
  readonly cwd: string;
  /** 0 for one that is free. */
  readonly port: number;
  /** Where the page's files are. */
  readonly assets: string;
  /** Told of what is a mistake of this program, while the server goes on. */
  readonly onBug: (error: Error) => void;
}

export interface UiServer {
  /** `http://127.0.0.1:8642/` */
  readonly address: string;
  /** With what lets a page start and stop runs, in the fragment, which browsers send to nobody. */
  readonly addressWithToken: string;
  /** A file that leads a browser there. */
  openingPage(): Promise<OpeningPage>;
  close(): Promise<void>;
}

/** Serves the live page on the loopback address. */
export async function openUiServer(options: UiOptions): Promise<Result<UiServer, readonly Problem[]>> {
  const token = randomBytes(24).toString('base64url');
  let port = options.port;
  const app = await openApp(options, { token, port: () => port });
  if (!app.ok) return app;
  const server = createAdaptorServer({ fetch: app.value.app.fetch, serverOptions });
  if ('maxConnections' in server) server.maxConnections = MOST_CONNECTIONS;
  const failed = await new Promise<NodeJS.ErrnoException | undefined>((resolve) => {
    server.once('error', resolve);
    server.listen(options.port, '127.0.0.1', () => {
      resolve(undefined);
    });
  });
  if (failed !== undefined) return failure([notListening(failed, options.port)]);
  ({ port } = server.address() as AddressInfo);
  const address = `http://127.0.0.1:${port}/`;
  const addressWithToken = `${address}#token=${token}`;
  return success({
    address,
    addressWithToken,
    openingPage: () => openingPage(app.value.store, addressWithToken),
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        // Streams of events never end by themselves.
        if ('closeAllConnections' in server) server.closeAllConnections();
      }),
  });
}

/** Who sends a request slowly is no browser. */
const serverOptions = { headersTimeout: 10_000, requestTimeout: 30_000, connectionsCheckingInterval: 5000 };
const MOST_CONNECTIONS = 256;
const MOST_STREAMS = 64;
/** Of a request. */
const MOST_BYTES = 64 * 1024;

async function openApp(
  { cwd, assets, onBug }: UiOptions,
  own: { readonly token: string; readonly port: () => number },
): Promise<Result<{ readonly app: Hono; readonly store: string }, readonly Problem[]>> {
  const [project, runs, pages] = [await openProject(cwd), await openRuns(cwd), await openRunPages(cwd)];
  if (!project.ok) return project;
  if (!runs.ok) return runs;
  if (!pages.ok) return pages;
  const app = new Hono();
  app.use(headers, neverKept, guard(own), bodyLimit({ maxSize: MOST_BYTES, onError: tooLarge }));
  const folders = recordFolders(project.value.store);
  const seen = seenRuns(runs.value, folders);
  const files = pipelineFiles(project.value, seen);
  const streams = eventStreams({ most: MOST_STREAMS, onBug });
  const opened = { runs: runs.value, pages: pages.value, project: project.value };
  const parts = { ...opened, seen, files, folder: folders.runs, streams };
  // The changes first: `changes` is no run's name.
  for (const add of [addChanges, addRuns, addEvents, addLogs, addSamples, addModels, addPipelines, addStop]) {
    add(app, parts);
  }
  await addAssets(app, assets);
  app.notFound((context) => context.json<Refusal>({ message: 'there is nothing here' }, 404));
  app.onError((error, context) => {
    if (error instanceof StoreError) return context.json<Refusal>(refusalOf([error.problem]), 503);
    onBug(error);
    return context.json<Refusal>({ message: `a mistake of the server: ${error.message}` }, 500);
  });
  return success({ app, store: project.value.store });
}

const headers = secureHeaders({
  contentSecurityPolicy: {
    defaultSrc: ["'self'"],
    // Charts place their marks by style attributes; no script but the page's own file runs.
    styleSrc: ["'self'", "'unsafe-inline'"],
    imgSrc: ["'self'", 'data:', 'blob:'],
    objectSrc: ["'none'"],
    baseUri: ["'none'"],
    formAction: ["'none'"],
    frameAncestors: ["'none'"],
  },
  xFrameOptions: 'DENY',
  referrerPolicy: 'no-referrer',
  crossOriginResourcePolicy: 'same-origin',
  // There is no TLS on the loopback address.
  strictTransportSecurity: false,
});

function tooLarge(context: Context): Response {
  return context.json<Refusal>({ message: `more than ${MOST_BYTES} bytes are asked at once` }, 413);
}

const neverKept: MiddlewareHandler = async (context, next) => {
  await next();
  context.header('cache-control', 'no-store');
};

function notListening({ code, message }: NodeJS.ErrnoException, port: number): Problem {
  if (code === 'EADDRINUSE') {
    return {
      code: 'bad-flag',
      message: `port ${port} is taken`,
      hint: 'name another one with --port, or 0 for any that is free',
    };
  }
  return { code: 'bad-flag', message: `port ${port} cannot be listened on: ${message}` };
}
