import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { processIdentity } from '../../src/base/process-identity.ts';
import type { RunRecord } from '../../src/records/run-record.ts';
import { temporaryFolder } from '../base/temporary-folder.ts';
import { newProject, type Project } from './project.ts';
import { startUi, waitUntil, type Followed, type Ui } from './ui-client.ts';

const quick = `version: 1
name: quick
params: { word: hello }
stages:
  say:
    run: "echo said \${params.word}"
`;

async function withRun(): Promise<{ project: Project; ui: Ui; run: string; folder: string }> {
  const project = await newProject({ 'quick.yaml': quick, 'package.json': '{}' });
  const { exitCode, stderr } = await project.pipeline('run', 'quick.yaml');
  if (exitCode !== 0) throw new Error(stderr);
  const run = readdirSync(project.path('artifacts/runs'))[0] ?? '';
  return { project, ui: await startUi(project), run, folder: project.path(`artifacts/runs/${run}`) };
}

/** A record that somebody else may have put into a store. */
function forge(project: Project, from: string, id: string, change: (record: RunRecord) => object): void {
  const record = JSON.parse(readFileSync(project.path(`artifacts/runs/${from}/run.json`), 'utf8')) as RunRecord;
  mkdirSync(project.path(`artifacts/runs/${id}`));
  const forged = { ...record, id, ...change({ ...record, id: id as RunRecord['id'] }) };
  writeFileSync(project.path(`artifacts/runs/${id}/run.json`), JSON.stringify(forged));
}

describe('who is no page of the server', () => {
  it('is refused by its name, its origin, its lack of the token, its method', async () => {
    const { ui, run } = await withRun();
    const { port, token } = ui;
    const json = { 'content-type': 'application/json', 'x-pipeline-token': token };
    const status = async (headers: Record<string, string | null>, path = '/api/runs', method = 'GET') =>
      (await ui.ask(path, { method, headers, ...(method === 'GET' ? {} : { body: '{}' }) })).status;

    expect(await status({})).toBe(200);
    expect(await status({ host: `localhost:${port}` })).toBe(200);
    // A name of somebody else's that leads to the loopback address.
    for (const host of [
      'evil.example',
      `evil.example:${port}`,
      `127.0.0.1.evil.example:${port}`,
      '127.0.0.1',
      `[::1]:${port}`,
    ]) {
      expect([host, await status({ host })]).toEqual([host, 421]);
      expect([host, await status({ host }, '/')]).toEqual([host, 421]);
    }
    expect(await ui.raw('GET /api/runs HTTP/1.0\r\n\r\n')).toMatch(/^HTTP\/1\.1 4(21|00) /);
    expect(await ui.raw(`GET http://evil.example/api/runs HTTP/1.1\r\nHost: evil.example\r\n\r\n`)).toMatch(/ 421 /);

    for (const origin of [
      'http://evil.example',
      `http://127.0.0.1:${port + 1}`,
      `https://127.0.0.1:${port}`,
      'null',
      'file://',
    ]) {
      expect([origin, await status({ origin })]).toEqual([origin, 403]);
      expect([origin, await status({ origin, ...json }, '/api/plan', 'POST')]).toEqual([origin, 403]);
    }
    expect(await status({ 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' })).toBe(403);
    expect(await status({ 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'cors' })).toBe(403);
    const link = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' };
    expect(await status(link, '/')).toBe(200);
    expect(await status(link, '/api/runs')).toBe(403);

    for (const path of ['/api/plan', '/api/why', '/api/runs', `/api/runs/${run}/stop`]) {
      expect([path, await status({ ...json, 'x-pipeline-token': null }, path, 'POST')]).toEqual([path, 403]);
      expect([path, await status({ ...json, 'x-pipeline-token': `${token}x` }, path, 'POST')]).toEqual([path, 403]);
      expect([path, await status({ ...json, 'x-pipeline-token': null }, `${path}?token=${token}`, 'POST')]).toEqual([
        path,
        403,
      ]);
      // What a form of another page can send without asking first.
      expect([path, await status({ ...json, 'content-type': 'text/plain' }, path, 'POST')]).toEqual([path, 415]);
    }
    for (const method of ['PUT', 'DELETE', 'PATCH', 'OPTIONS', 'HEAD', 'TRACE']) {
      const { status: refused, headers } = await ui.ask('/api/runs', { method });
      expect([method, refused, headers['access-control-allow-origin']]).toEqual([method, 405, undefined]);
    }
    // Each start has another token, and no answer tells it.
    expect(token).toHaveLength(32);
    for (const path of ['/', '/api/project', '/api/runs']) expect((await ui.ask(path)).text).not.toContain(token);
  }, 120_000);

  it('reads no file that the page does not have', async () => {
    const { ui, run } = await withRun();
    const secret = /root:|"name": "distill-pipeline"|echo said/;
    const paths = [
      '/../../../../../../etc/passwd',
      '/..%2f..%2f..%2f..%2f..%2fetc%2fpasswd',
      '/%2e%2e/%2e%2e/package.json',
      '//etc/passwd',
      '/main.js/../../../package.json',
      '/main.js%00.html',
      '/cli.cjs',
      '/index.html',
      '/api/runs/..%2f..%2fquick.yaml',
      '/api/runs/%2e%2e',
      '/api/runs/.',
      `/api/runs/${run}/../../../quick.yaml`,
      `/api/runs/${run}/logs/..%2f..%2f..%2f..%2fquick.yaml`,
      `/api/runs/${run}/logs/%00`,
      `/api/runs/${run}/samples/..%2f..`,
      `/api/runs/${run}/models/..%2f..%2frun.json/weights`,
      `/api/runs/%E0%A4%A/page`,
    ];
    for (const path of paths) {
      const { status, text } = await ui.ask(path);
      expect([path, status >= 400 && status < 500, secret.test(text)]).toEqual([path, true, false]);
    }
    expect(ui.said()).not.toContain('mistake');
  }, 60_000);
});

describe('what is asked', () => {
  it('is not taken beyond a size, nor as anything but what it should be', async () => {
    const { ui } = await withRun();
    expect((await ui.post('/api/plan', { file: 'x'.repeat(10_000_000) }).catch(() => ({ status: 413 }))).status).toBe(
      413,
    );
    const headers = {
      'content-type': 'application/json',
      'x-pipeline-token': ui.token,
      'transfer-encoding': 'chunked',
    };
    const body = Buffer.alloc(10_000_000, ' ');
    const chunked = await ui.ask('/api/plan', { method: 'POST', headers, body }).catch(() => ({ status: 413 }));
    expect(chunked.status).toBe(413);
    for (const wrong of [
      null,
      [],
      'text',
      {},
      { file: 1 },
      { file: 'quick.yaml', set: 'a=1' },
      { file: 'quick.yaml', set: [1] },
    ]) {
      expect([wrong, (await ui.post('/api/plan', wrong)).status]).toEqual([wrong, 400]);
    }
    for (const text of ['a\0b', '\0']) {
      expect((await ui.post('/api/runs', { file: 'quick.yaml', set: [text] })).status).toBe(400);
      expect((await ui.post('/api/runs', { file: text })).status).toBe(400);
    }
    expect((await ui.ask('/api/runs')).status).toBe(200);
  }, 60_000);

  it('is about YAML files of the project alone, links followed', async () => {
    const { project, ui } = await withRun();
    const outside = temporaryFolder();
    writeFileSync(join(outside, 'theirs.yaml'), quick);
    symlinkSync(join(outside, 'theirs.yaml'), project.path('link.yaml'));
    symlinkSync(outside, project.path('folder'));
    const files = [
      'link.yaml',
      'folder/theirs.yaml',
      join(outside, 'theirs.yaml'),
      `..${outside}/theirs.yaml`,
      '/etc/passwd',
      'package.json',
      'none.yaml',
      '',
    ];
    for (const file of files) {
      for (const path of ['/api/plan', '/api/why', '/api/runs']) {
        const { status, text } = await ui.post(path, { file, stage: 'say' });
        expect([path, file, status]).toEqual([path, file, 400]);
        expect(text).toMatch(/is no YAML file of this project/);
      }
    }
    expect((await ui.post('/api/plan', { file: 'quick.yaml' })).status).toBe(200);
  }, 60_000);

  it('is never taken for an option, nor for code of a shell', async () => {
    const { project, ui } = await withRun();
    const bad = [
      { file: 'quick.yaml', stages: ['--force=say'] },
      { file: 'quick.yaml', stages: ['--', '--dry-run'] },
      { file: 'quick.yaml', set: ['word=x', '--params=/etc/passwd'] },
      { file: 'quick.yaml', set: ['nothing'] },
    ];
    for (const question of bad) {
      const { status, text } = await ui.post('/api/runs', question);
      expect([question, status, text.includes('message')]).toEqual([question, 422, true]);
    }
    const { status, text } = await ui.post('/api/runs', {
      file: 'quick.yaml',
      set: ['word="$(touch hacked) ; touch hacked \' `touch hacked`"'],
    });
    expect(status).toBe(201);
    const { run } = JSON.parse(text) as { run: string };
    await waitUntil(
      async () => (await ui.json<RunRecord>(`/api/runs/${run}`)).status === 'succeeded',
      () => 'the run to end',
    );
    expect(readdirSync(project.folder)).not.toContain('hacked');
    expect((await ui.json<{ text: string }>(`/api/runs/${run}/logs/say`)).text).toContain('$(touch hacked)');
  }, 120_000);
});

describe('a store of somebody else', () => {
  it('leads out of a run neither by links nor by names in a record', async () => {
    const { project, ui, run, folder } = await withRun();
    const secret = project.path('secret.log');
    writeFileSync(secret, 'top secret\n');
    writeFileSync(project.path('secret.jsonl'), '{"type":"warning","time":1,"message":"top secret"}\n');
    const stage = '../../../../secret';
    forge(project, run, '20990101-000000-aaaaa', ({ stages }) => ({
      stages: [...stages, { ...stages[0], id: stage }],
    }));
    forge(project, run, '20990101-000000-bbbbb', () => ({}));
    symlinkSync(project.folder, project.path('artifacts/runs/20990101-000000-bbbbb/logs'));
    symlinkSync(project.path('secret.jsonl'), project.path('artifacts/runs/20990101-000000-bbbbb/events.jsonl'));
    forge(project, run, '20990101-000000-ccccc', ({ stages }) => ({ stages: [{ ...stages[0], id: 'secret' }] }));
    symlinkSync(project.folder, project.path('artifacts/runs/20990101-000000-ccccc/logs'));
    forge(project, run, '20990101-000000-ddddd', () => ({}));
    mkdirSync(project.path('artifacts/runs/20990101-000000-ddddd/logs'));
    // Whoever opens one to read waits for one who writes.
    execFileSync('mkfifo', [project.path('artifacts/runs/20990101-000000-ddddd/logs/say.log')]);
    execFileSync('mkfifo', [project.path('artifacts/runs/20990101-000000-ddddd/events.jsonl')]);
    symlinkSync(folder, project.path('artifacts/runs/linked'));

    const empty = { text: '', next: 0, size: 0 };
    expect(await ui.json(`/api/runs/20990101-000000-aaaaa/logs/${encodeURIComponent(stage)}`)).toEqual(empty);
    expect(await ui.json('/api/runs/20990101-000000-ccccc/logs/secret')).toEqual(empty);
    expect(await ui.json('/api/runs/20990101-000000-ddddd/logs/say')).toEqual(empty);
    for (const id of ['20990101-000000-bbbbb', '20990101-000000-ddddd']) {
      const { until, events } = await ui.follow(`/api/runs/${id}/events`);
      await until((seen) => seen.length > 0);
      expect(events).toEqual([{ event: 'ended', id: '', data: 'succeeded' }]);
    }
    expect((await ui.ask('/api/runs/linked')).status).toBe(404);
    expect((await ui.json<{ text: string }>(`/api/runs/${run}/logs/say`)).text).toBe('said hello\n');
  }, 60_000);

  it('has no other process ended than the one that runs the run', async () => {
    const { project, ui, run } = await withRun();
    const other = spawn('sleep', ['600'], { stdio: 'ignore', detached: true });
    try {
      const here = processIdentity();
      // A group, the server's own group, and a process that began at another time than the record says.
      const pids = [-(other.pid ?? 0), 0, other.pid ?? 0, 1.5];
      for (const [index, pid] of pids.entries()) {
        const id = `20990101-00000${index}-zzzzz`;
        forge(project, run, id, () => ({ status: 'running', process: { ...here, pid } }));
        const { status, text } = await ui.post(`/api/runs/${id}/stop`, {});
        // Either there is no such process, so that the run was interrupted, or it is not the one.
        expect([pid, status === 409 || text === '{"status":"interrupted"}']).toEqual([pid, true]);
      }
      const elsewhere = '20990101-000009-zzzzz';
      forge(project, run, elsewhere, () => ({ status: 'running', process: { ...here, host: 'another' } }));
      expect((await ui.post(`/api/runs/${elsewhere}/stop`, {})).status).toBe(409);
      expect(other.exitCode ?? other.signalCode).toBeNull();
      expect((await ui.ask('/api/runs')).status).toBe(200);
      expect((await ui.post('/api/runs/latest/stop', {})).status).toBe(404);
      expect((await ui.post(`/api/runs/${run}/stop`, {})).text).toBe('{"status":"succeeded"}');
    } finally {
      other.kill('SIGKILL');
    }
  }, 60_000);

  it('may be damaged: what is whole is told', async () => {
    const { project, ui, run, folder } = await withRun();
    mkdirSync(project.path('artifacts/runs/20990101-000000-empty'));
    mkdirSync(project.path('artifacts/runs/20990101-000000-junk'));
    writeFileSync(project.path('artifacts/runs/20990101-000000-junk/run.json'), '{"format":1,"id":7');
    writeFileSync(project.path('artifacts/runs/20990101-000000-junk/summary.json'), '[]');
    const events = readFileSync(join(folder, 'events.jsonl'), 'utf8');
    const lines = events.trimEnd().split('\n').length;
    writeFileSync(join(folder, 'events.jsonl'), `null\n[]\n\u0000{{{\n${events}{"type":"warning"}\n{"type":"wa`);
    const { until, events: seen } = await ui.follow(`/api/runs/${run}/events`);
    await until((all) => all.some(({ event }) => event === 'ended'));
    expect(seen).toHaveLength(lines + 1);
    const list = await ui.json<{ runs: { id: string; status: string }[] }>('/api/runs');
    expect(list.runs.map(({ status }) => status)).toEqual(['damaged', 'damaged', 'succeeded']);
    for (const path of ['', '/page', '/events', '/logs/say']) {
      expect((await ui.ask(`/api/runs/20990101-000000-junk${path}`)).status).toBe(404);
    }
    expect(ui.said()).not.toContain('mistake');
  }, 60_000);
});

describe('streams of events', () => {
  it('are so many at once and no more, and are given back by who leaves', async () => {
    const { ui } = await withRun();
    const streams: Followed[] = [];
    for (let index = 0; index < 70; index++) streams.push(await ui.follow('/api/runs/changes'));
    expect(streams.filter(({ status }) => status === 200)).toHaveLength(64);
    expect(streams.filter(({ status }) => status === 503)).toHaveLength(6);
    for (const stream of streams) stream.leave();
    await waitUntil(
      async () => {
        const again = await ui.follow('/api/runs/changes');
        again.leave();
        return again.status === 200;
      },
      () => 'a stream that is free again',
    );
    expect(ui.said()).not.toContain('mistake');
  }, 120_000);

  it('hold little of what one who reads nothing would have to take, and keep nobody else waiting', async () => {
    const { ui, run, folder } = await withRun();
    const event = `${JSON.stringify({ time: 1, type: 'warning', message: 'x'.repeat(1000) })}\n`;
    writeFileSync(join(folder, 'events.jsonl'), event.repeat(60_000));
    const before = memoryOf(ui);
    const streams: Followed[] = [];
    for (let index = 0; index < 10; index++) {
      const stream = await ui.follow(`/api/runs/${run}/events`);
      stream.response.pause();
      streams.push(stream);
    }
    for (let index = 0; index < 20; index++) expect((await ui.ask('/api/runs')).status).toBe(200);
    // Ten times 60 MB would have to be taken.
    expect(memoryOf(ui) - before).toBeLessThan(200e6);
    const reader = await ui.follow(`/api/runs/${run}/events`);
    await reader.until((events) => events.some((seen) => seen.event === 'ended'));
    expect(reader.events).toHaveLength(60_001);
    for (const stream of streams) stream.leave();
  }, 120_000);
});

function memoryOf({ process: { pid } }: Ui): number {
  const status = readFileSync(`/proc/${pid ?? 0}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024;
}
