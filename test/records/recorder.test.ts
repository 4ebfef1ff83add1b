import { beforeAll, describe, expect, it } from '@jest/globals';
import { Ajv } from 'ajv';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import type { RunRecord } from '../../src/records/run-record.ts';
import { startRunRecord } from '../../src/records/recorder.ts';
import { temporaryFolder } from '../base/temporary-folder.ts';
import { events, id, runStart, START } from './sample-run.ts';

const ajv = new Ajv({ strict: true, allErrors: true, allowUnionTypes: true, formats: { 'date-time': true } });
const validate = ajv.compile(JSON.parse(readFileSync('schemas/run-record.schema.json', 'utf8')) as object);

function problemsOf(record: unknown): unknown {
  return validate(record) ? [] : validate.errors;
}

describe('a run with everything in it', () => {
  let folder: string;
  let record: RunRecord;
  const written = (): unknown => JSON.parse(readFileSync(`${folder}/run.json`, 'utf8'));

  beforeAll(async () => {
    const recorder = await startRunRecord(runStart(`${temporaryFolder()}/runs`, '20261124-142233-abcd'));
    folder = recorder.folder;
    expect(problemsOf(written())).toEqual([]);
    for (const event of events) {
      recorder.emit(event);
      expect(problemsOf(recorder.record())).toEqual([]);
    }
    record = await recorder.close();
  });

  it('is written as it is returned, and as its schema says', () => {
    expect(written()).toEqual(JSON.parse(JSON.stringify(record)));
    expect(problemsOf(written())).toEqual([]);
  });

  it('tells what became of each stage', () => {
    const told = Object.fromEntries(record.stages.map((stage) => [stage.id, stage]));
    expect(Object.keys(told)).toEqual(['load', 'teacher', 'student', 'broken', 'after', 'late']);
    expect(told['load']).toMatchObject({ status: 'reused', secondsSaved: 3.5, metrics: { count: 10 } });
    expect(told['load']?.audit).toMatchObject({ verdict: 'other', seconds: 3, files: ['weights.bin'] });
    expect(told['teacher']).toMatchObject({
      status: 'ran',
      because: 'epochs changed',
      seconds: 2,
      metrics: { a: { b: 0.9 } },
      epochs: [{ epoch: 3, loss: 0.5, accuracy: 0.9 }],
      artifact: { digest: expect.any(String), files: [{ path: 'weights.bin', bytes: 1234 }] },
    });
    expect(told['broken']).toMatchObject({ status: 'failed', problem: { code: 'not-a-number', where: 'p.yaml:1:2' } });
    expect(told['broken']?.retries).toEqual([
      { problem: { code: 'stage-timeout', message: 'too slow', where: 'p.yaml:3:4' }, seconds: 60 },
    ]);
    expect(told['after']).toMatchObject({ status: 'skipped', blockedBy: 'broken' });
    expect(told['student']?.status).toBe('cancelled');
    expect(told['late']?.status).toBe('cancelled');
  });

  it('tells of the run', () => {
    expect(record).toMatchObject({
      format: 1,
      id: '20261124-142233-abcd',
      status: 'failed',
      started: '2026-11-24T14:22:33.000Z',
      finished: new Date(START + (events.length - 1) * 1000).toISOString(),
      seconds: 6.5,
      jobs: 2,
      definition: { params: { temperature: 8 }, overrides: ['temperature=8'], targets: ['evaluate'] },
      facts: { git: { commit: 'a'.repeat(40), dirty: true }, versions: { tfjs: '4.22.0' } },
      gates: [
        { metric: 'teacher.a.b', bound: '>= 0.95', value: 0.9, passed: false },
        { metric: 'student.a.b', bound: '>= 0.95', value: null, passed: false },
      ],
      warnings: [{ stage: 'load', message: 'old' }, { message: 'general' }],
    });
  });

  it('keeps every event but the output, which is in the logs', () => {
    const lines = readFileSync(`${folder}/events.jsonl`, 'utf8').trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual(
      events.filter((event) => event.type !== 'stage-output'),
    );
    expect(readdirSync(`${folder}/logs`)).toEqual(['teacher.log']);
    expect(readFileSync(`${folder}/logs/teacher.log`, 'utf8')).toBe('line 1\nline 2, ünicode\n');
    expect(readdirSync(folder).sort()).toEqual(['events.jsonl', 'logs', 'run.json', 'summary.json']);
  });
});

describe('the schema', () => {
  it.each([
    ['an unknown status', { status: 'finished' }],
    ['a member that it does not know', { extra: 1 }],
    ['a stage without a type', { stages: [{ id: 'a', needs: [], status: 'ran' }] }],
    ['a host without a processor', { facts: { versions: {}, host: {} } }],
  ])('refuses %s', async (_what, change) => {
    const recorder = await startRunRecord(runStart(temporaryFolder(), '20261124-142233-abcd'));
    const record = await recorder.close();
    expect(problemsOf(record)).toEqual([]);
    expect(problemsOf({ ...record, ...change })).not.toEqual([]);
  });
});

describe('while the run goes on', () => {
  it('has events and output on the disk within some two seconds', async () => {
    const recorder = await startRunRecord(runStart(temporaryFolder(), '20261124-142233-abcd'));
    for (const event of events.slice(0, 10)) recorder.emit(event);
    await new Promise((resolve) => setTimeout(resolve, 1500));
    expect(readFileSync(`${recorder.folder}/events.jsonl`, 'utf8').split('\n')).toHaveLength(9);
    expect(JSON.parse(readFileSync(`${recorder.folder}/run.json`, 'utf8'))).toMatchObject({
      status: 'running',
      stages: [{ status: 'reused' }, { status: 'ran' }, {}, {}, {}, {}],
    });
    await recorder.close();
  });

  it('keeps 20 MB of output in order, without keeping it in memory', async () => {
    const recorder = await startRunRecord(runStart(temporaryFolder(), '20261124-142233-abcd'));
    for (const event of events.slice(0, 1)) recorder.emit(event);
    const text = `${'x'.repeat(99)}\n`;
    for (let line = 0; line < 200_000; line++) {
      recorder.emit({ time: START, type: 'stage-output', stage: id('teacher'), stream: 'stdout', text });
    }
    expect(statSync(`${recorder.folder}/logs/teacher.log`).size).toBeGreaterThan(19_900_000);
    await recorder.close();
    expect(statSync(`${recorder.folder}/logs/teacher.log`).size).toBe(20_000_000);
  });
});

describe('a folder that cannot be written to', () => {
  it('is told of in words at the start', async () => {
    const parent = temporaryFolder();
    writeFileSync(`${parent}/runs`, 'a file');
    await expect(startRunRecord(runStart(`${parent}/runs`, '20261124-142233-abcd'))).rejects.toMatchObject({
      code: 'store-unusable',
      hint: expect.any(String),
    });
  });

  it('does not disturb the run, and is told of at the end', async () => {
    const recorder = await startRunRecord(runStart(temporaryFolder(), '20261124-142233-abcd'));
    mkdirSync(`${recorder.folder}/events.jsonl`);
    for (const event of events) recorder.emit(event);
    await expect(recorder.close()).rejects.toMatchObject({ code: 'store-unusable' });
    expect(recorder.record().status).toBe('failed');
    expect(existsSync(`${recorder.folder}/run.json`)).toBe(true);
  });

  it('is never shared by two runs', async () => {
    const start = runStart(temporaryFolder(), '20261124-142233-abcd');
    await (await startRunRecord(start)).close();
    await expect(startRunRecord(start)).rejects.toThrow();
  });
});
