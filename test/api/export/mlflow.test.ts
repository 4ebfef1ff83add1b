import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from '@jest/globals';
import { exportToMlflow, mlflowServer } from '../../../src/api/export/mlflow.ts';
import { exportedRun } from '../../../src/report/formats/exported-run.ts';
import { goodRun } from '../../report/recorded-run.ts';
import { recordOf } from '../../report/formats/recorded-runs.ts';

const run = exportedRun({ record: recordOf(goodRun), events: goodRun, resultOf: () => undefined, eventsOf: () => [] });
const open: Server[] = [];

afterEach(() => Promise.all(open.splice(0).map(close)));

async function close(server: Server): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await closed;
}

/** One that gives every request the same answer, and tells of the requests. */
async function answering(status: number, body: string): Promise<{ url: string; seen: IncomingHttpHeaders[] }> {
  const seen: IncomingHttpHeaders[] = [];
  const server = createServer((request, response) => {
    seen.push(request.headers);
    response.writeHead(status, { location: 'http://127.0.0.1:9/' }).end(body);
  }).listen(0, '127.0.0.1');
  open.push(server);
  await once(server, 'listening');
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen };
}

async function outcome(url: string, env = {}): Promise<unknown> {
  const server = mlflowServer(url, env);
  const sent = server.ok ? await exportToMlflow(run, { server: server.value }) : server;
  return sent.ok ? sent.value : sent.error;
}

test('what a server refuses is told in its words, and names and passwords are not', async () => {
  const { url, seen } = await answering(401, '{"error_code":"UNAUTHENTICATED","message":"no\\nentry"}');
  const withSecret = url.replace('//', '//anna:s%40cret@');
  expect(await outcome(withSecret)).toEqual({
    code: 'export-failed',
    message: `${url}/api/2.0/mlflow/experiments/get-by-name answered 401: UNAUTHENTICATED: no entry`,
  });
  await outcome(url, { MLFLOW_TRACKING_TOKEN: 't0ken' });
  await outcome(url, { MLFLOW_TRACKING_USERNAME: 'anna', MLFLOW_TRACKING_PASSWORD: 's@cret' });
  const basic = `Basic ${Buffer.from('anna:s@cret').toString('base64')}`;
  expect(seen.map(({ authorization }) => authorization)).toEqual([basic, 'Bearer t0ken', basic]);
});

test('a server that sends elsewhere, one that is none of MLflow, and one that is not there', async () => {
  const elsewhere = await answering(302, '');
  expect(await outcome(elsewhere.url)).toMatchObject({ message: expect.stringContaining('answered 302') as unknown });
  const other = await answering(404, '<html>');
  expect(await outcome(other.url)).toMatchObject({ message: expect.stringContaining('answered 404') as unknown });
  const gone = await answering(200, '');
  await Promise.all(open.splice(0).map(close));
  expect(await outcome(gone.url)).toMatchObject({
    message: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+ does not answer: .*ECONNREFUSED/) as unknown,
  });
  expect(await outcome('127.0.0.1:5000')).toMatchObject({ code: 'bad-flag' });
  expect(await outcome('file:///tmp')).toMatchObject({ code: 'bad-flag' });
});
