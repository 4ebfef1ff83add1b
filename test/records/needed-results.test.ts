import { beforeEach, describe, expect, test } from '@jest/globals';
import { mkdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sha256 } from '../../src/base/hash.ts';
import { processIdentity } from '../../src/base/process-identity.ts';
import type { PipelineEvent } from '../../src/core/event.ts';
import type { RunId, StageId, StageKey } from '../../src/core/ids.ts';
import { neededResults } from '../../src/records/needed-results.ts';
import type { RunRecord } from '../../src/records/run-record.ts';
import { summaryOf } from '../../src/records/run-state.ts';
import { temporaryFolder } from '../base/temporary-folder.ts';
import { runStart } from './sample-run.ts';

let folder: string;
let pipeline: string;
beforeEach(() => {
  folder = temporaryFolder();
  pipeline = join(folder, 'pipeline.yaml');
  writeFileSync(pipeline, '');
});

const key = (name: string): StageKey => sha256(name) as StageKey;

interface Wanted {
  readonly status?: RunRecord['status'];
  /** Of the pipeline's file. */
  readonly path?: string;
  readonly targets?: readonly string[];
  /** Stage -> the name of its key; with a `!` a stage that did not end well. */
  readonly stages: Readonly<Record<string, string>>;
  readonly process?: Partial<RunRecord['process']>;
  readonly events?: readonly PipelineEvent[];
}

/** A run's folder as it is on the disk. */
function write(id: string, wanted: Wanted): void {
  const { definition, versions, host } = runStart(folder, id);
  const { targets: _, ...all } = definition;
  const record: RunRecord = {
    format: 1,
    id: id as RunId,
    status: wanted.status ?? 'succeeded',
    started: '2026-11-24T14:22:33.000Z',
    definition: {
      ...all,
      path: wanted.path ?? pipeline,
      ...(wanted.targets === undefined ? {} : { targets: wanted.targets as readonly StageId[] }),
    },
    facts: { versions, host },
    stages: Object.entries(wanted.stages).map(([stage, name]) => ({
      id: stage as StageId,
      type: 't',
      needs: [],
      key: key(name.replace('!', '')),
      ...(name.endsWith('!')
        ? { status: 'failed' as const }
        : { status: 'ran' as const, artifact: { kind: 'files', digest: sha256(name), files: [] } }),
    })),
    gates: [],
    warnings: [],
    process: { ...processIdentity(), ...wanted.process },
  };
  mkdirSync(join(folder, 'runs', id), { recursive: true });
  const text = (name: string, value: unknown): void => {
    writeFileSync(join(folder, 'runs', id, name), JSON.stringify(value));
  };
  text('run.json', record);
  text('summary.json', summaryOf(record));
  writeFileSync(
    join(folder, 'runs', id, 'events.jsonl'),
    (wanted.events ?? []).map((event) => `${JSON.stringify(event)}\n`).join(''),
  );
}

/** `current a`, `pinned b`: in order of key names. */
async function needed(...pinned: string[]): Promise<readonly string[]> {
  const names = new Map('a b c d e f g h i j'.split(' ').map((name) => [key(name), name]));
  const { results } = await neededResults(join(folder, 'runs'), new Set(pinned as unknown as readonly RunId[]));
  return results.map(({ why, key: each }) => `${why} ${names.get(each) ?? '?'}`).sort();
}

describe('a current pipeline', () => {
  test('needs its latest whole run, and what came of its stages since', async () => {
    write('1', { stages: { one: 'a', two: 'b', gone: 'c' } });
    write('2', { stages: { one: 'd', two: 'e' }, status: 'gate-missed' });
    write('3', { stages: { one: 'f', two: 'g' }, targets: ['one'] });
    write('4', { stages: { one: 'h', two: 'i!' }, status: 'failed' });
    expect(await needed()).toEqual(['d', 'e', 'g', 'h', 'i'].map((name) => `current ${name}`));
  });

  test('is none where its file is gone, and another one beside those of other files', async () => {
    write('1', { stages: { one: 'a' } });
    write('2', { stages: { one: 'b' }, path: join(folder, 'other.yaml') });
    expect(await needed()).toEqual(['current a']);
    writeFileSync(join(folder, 'other.yaml'), '');
    expect(await needed()).toEqual(['current a', 'current b']);
    rmSync(pipeline);
    expect(await needed()).toEqual(['current b']);
  });
});

test('a pinned run needs what it made, whatever has become of its pipeline', async () => {
  write('1', { stages: { one: 'a', two: 'b!' }, path: '/nowhere.yaml' });
  write('2', { stages: { one: 'c' }, path: '/nowhere.yaml' });
  expect(await needed('1')).toEqual(['pinned a', 'pinned b']);
  expect(await needed('no such run')).toEqual([]);
});

describe('a run under way', () => {
  const stage = 's' as StageId;
  const artifact = { kind: 'files', digest: sha256('x'), files: [] };
  const events: readonly PipelineEvent[] = [
    { time: 1, type: 'stage-reused', stage, key: key('a'), artifact, metrics: {}, secondsSaved: 1 },
    { time: 2, type: 'stage-started', stage, key: key('b'), because: '' },
    { time: 3, type: 'stage-finished', stage, key: key('c'), artifact, metrics: {}, seconds: 1 },
    { time: 4, type: 'stage-waiting', stage, key: key('d'), holder: '' },
  ];
  const running: Wanted = { status: 'running', stages: {}, path: '/nowhere.yaml', events };

  test('needs what its events tell, newer than its record', async () => {
    write('1', running);
    expect(await needed()).toEqual(['live a', 'live b', 'live c', 'live d']);
    const { liveSince } = await neededResults(join(folder, 'runs'), new Set());
    expect(liveSince).toBe(Date.parse('2026-11-24T14:22:33.000Z'));
  });

  test('that was killed needs nothing', async () => {
    write('1', { ...running, process: { started: '1' } });
    expect(await needed()).toEqual([]);
    expect(await neededResults(join(folder, 'runs'), new Set())).toEqual({ results: [] });
  });

  test('on another host counts until it has said nothing for a week', async () => {
    write('1', { ...running, process: { host: 'elsewhere' } });
    expect(await needed()).toHaveLength(4);
    const long = new Date(Date.now() - 8 * 24 * 3600 * 1000);
    for (const name of ['run.json', 'events.jsonl']) utimesSync(join(folder, 'runs', '1', name), long, long);
    expect(await needed()).toEqual([]);
  });
});

test('without runs nothing is needed', async () => {
  expect(await needed()).toEqual([]);
});
