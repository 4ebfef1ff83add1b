import { describe, expect, it } from '@jest/globals';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { processIdentity } from '../../src/base/process-identity.ts';
import { startRunRecord } from '../../src/records/recorder.ts';
import { findRun, listRuns } from '../../src/records/runs.ts';
import { temporaryFolder } from '../base/temporary-folder.ts';
import { events, runStart } from './sample-run.ts';

const [A, B, C] = ['20261124-142233-aaaa', '20261124-142233-bbbb', '20261125-000000-cccc'] as const;

async function record(folder: string, run: string): Promise<void> {
  const recorder = await startRunRecord(runStart(folder, run));
  for (const event of events) recorder.emit(event);
  await recorder.close();
}

async function threeRuns(): Promise<string> {
  const folder = temporaryFolder();
  for (const run of [B, A, C]) await record(folder, run);
  return folder;
}

/** As a run looks whose process was killed: what its files said last, and a process that is gone. */
function kill(folder: string, run: string): void {
  for (const name of ['run.json', 'summary.json']) {
    const text = readFileSync(`${folder}/${run}/${name}`, 'utf8');
    const content = JSON.parse(text) as { process: object };
    const gone = { ...content, status: 'running', process: { ...processIdentity(), started: '1' } };
    writeFileSync(`${folder}/${run}/${name}`, JSON.stringify(gone));
  }
}

describe('listRuns', () => {
  it('is empty without runs', async () => {
    expect(await listRuns(`${temporaryFolder()}/none`)).toEqual([]);
  });

  it('tells of each run, newest first', async () => {
    const runs = await listRuns(await threeRuns());
    expect(runs.map((run) => run.id)).toEqual([C, B, A]);
    expect(runs[0]).toMatchObject({
      status: 'failed',
      pipeline: 'mnist-distill',
      seconds: 6.5,
      counts: { pending: 0, running: 0, ran: 1, reused: 1, failed: 1, skipped: 1, cancelled: 2 },
    });
  });

  it('tells the same without the summary beside the record', async () => {
    const folder = await threeRuns();
    const before = await listRuns(folder);
    rmSync(`${folder}/${A}/summary.json`);
    writeFileSync(`${folder}/${B}/summary.json`, '{"id":');
    expect(await listRuns(folder)).toEqual(before);
  });

  it('tells of damaged ones, and of others all the same', async () => {
    const folder = await threeRuns();
    for (const name of ['run.json', 'summary.json']) writeFileSync(`${folder}/${B}/${name}`, 'garbage');
    mkdirSync(`${folder}/20261126-000000-dddd`);
    writeFileSync(`${folder}/a-file`, '');
    expect((await listRuns(folder)).map((run) => [run.id, run.status])).toEqual([
      ['20261126-000000-dddd', 'damaged'],
      [C, 'failed'],
      [B, 'damaged'],
      [A, 'failed'],
    ]);
  });

  it('lists a thousand runs in well under a second', async () => {
    const folder = temporaryFolder();
    await record(folder, A);
    const texts = ['run.json', 'summary.json'].map(
      (name) => [name, readFileSync(`${folder}/${A}/${name}`, 'utf8')] as const,
    );
    for (let n = 1; n < 1000; n++) {
      const run = `20261124-15${String(n).padStart(4, '0')}-aaaa`;
      mkdirSync(`${folder}/${run}`);
      for (const [name, text] of texts) writeFileSync(`${folder}/${run}/${name}`, text.replaceAll(A, run));
    }
    const before = performance.now();
    expect(await listRuns(folder)).toHaveLength(1000);
    expect(performance.now() - before).toBeLessThan(500);
  });
});

describe('findRun', () => {
  it.each([
    [A, A],
    ['20261124-142233-b', B],
    ['20261125', C],
    ['latest', C],
    ['latest~0', C],
    ['latest~2', A],
  ])('finds %s', async (name, run) => {
    const found = await findRun(await threeRuns(), name);
    expect(found).toMatchObject({ ok: true, value: { id: run, status: 'failed' } });
  });

  it.each([
    ['20261124', '2 runs begin with', '20261124-142233-bbbb, 20261124-142233-aaaa'],
    ['nothing', "there is no run 'nothing'", C],
    ['', "there is no run ''", C],
    ['latest~3', 'there are not 4 runs', 'pipeline runs'],
    ['latest~x', 'there is no run', C],
    ['../elsewhere', 'there is no run', C],
  ])('tells why not for %j', async (name, message, hint) => {
    const found = await findRun(await threeRuns(), name);
    expect(found).toMatchObject({
      ok: false,
      error: {
        code: 'unknown-run',
        message: expect.stringContaining(message),
        hint: expect.stringContaining(hint),
      },
    });
  });

  it('says so where there are no runs', async () => {
    expect(await findRun(temporaryFolder(), 'latest')).toMatchObject({ ok: false, error: { code: 'unknown-run' } });
  });

  it('goes past damaged runs for the latest one, and says so of the one that was named', async () => {
    const folder = await threeRuns();
    writeFileSync(`${folder}/${C}/run.json`, '{}');
    expect(await findRun(folder, 'latest')).toMatchObject({ ok: true, value: { id: B } });
    expect(await findRun(folder, C)).toMatchObject({
      ok: false,
      error: { message: expect.stringContaining('is damaged') },
    });
  });
});

describe('a run whose process was killed', () => {
  it('is interrupted, and knows what its events tell', async () => {
    const folder = temporaryFolder();
    const recorder = await startRunRecord(runStart(folder, A));
    for (const event of events.slice(0, 14)) recorder.emit(event);
    const atLast = await recorder.close();
    expect(await findRun(folder, A)).toMatchObject({ ok: true, value: { status: 'running' } });
    kill(folder, A);
    writeFileSync(
      `${folder}/${A}/run.json`,
      readFileSync(`${folder}/${A}/run.json`, 'utf8').replace('"reused"', '"pending"'),
    );
    writeFileSync(`${folder}/${A}/events.jsonl`, '{"time":1,"type":"stage-fin', { flag: 'a' });
    expect((await listRuns(folder)).map((run) => run.status)).toEqual(['interrupted']);
    const found = await findRun(folder, A);
    expect(found).toMatchObject({ ok: true, value: { status: 'interrupted' } });
    const stages = found.ok ? found.value.stages : [];
    expect(stages.map((stage) => stage.status)).toEqual([
      'reused',
      'ran',
      'cancelled',
      'failed',
      'cancelled',
      'cancelled',
    ]);
    expect(stages[1]).toEqual(JSON.parse(JSON.stringify(atLast.stages[1])));
  });
});

describe('whatever happens to the bytes', () => {
  it('neither listing nor finding ever throws', async () => {
    const folder = temporaryFolder();
    await record(folder, A);
    kill(folder, A);
    for (const name of ['run.json', 'summary.json', 'events.jsonl']) {
      const path = `${folder}/${A}/${name}`;
      const whole = readFileSync(path);
      for (let attempt = 0; attempt < 90; attempt++) {
        const damaged = Buffer.from(whole);
        const at = Math.floor((attempt / 90) * damaged.length);
        damaged.writeUInt8(damaged.readUInt8(at) ^ (1 << (attempt % 8)), at);
        writeFileSync(path, attempt % 3 === 0 ? damaged.subarray(0, at) : damaged);
        expect(await listRuns(folder)).toHaveLength(1);
        expect(typeof (await findRun(folder, A)).ok).toBe('boolean');
      }
      writeFileSync(path, whole);
    }
  });
});
