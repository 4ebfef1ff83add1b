import { readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { Client, Connection, type WorkflowExecutionInfo } from '@temporalio/client';
import proto from '@temporalio/proto';
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import { DeterminismViolationError } from '@temporalio/workflow';
import { newCluster } from './cluster.ts';
import { type RecordedRun, recordedRuns } from './recorded-runs.ts';
import { describeWithTemporal, type Temporal } from './server.ts';
import { temporaryFolder } from '../../base/temporary-folder.ts';

/**
 * Histories of real runs, one JSON file each, are walked through again by the workflow as it is now: it must decide at each point what it
 * decided then, since runs that are under way when a worker is replaced go on so. `UPDATE_HISTORIES=1` records them anew.
 */
const folder = join(import.meta.dirname, 'histories');
const workflow = 'dist/temporal-workflow.js';

// Of the core it says what is tested for here.
Runtime.install({
  logger: new DefaultLogger('ERROR', () => undefined),
  shutdownSignals: [],
  telemetryOptions: { logging: { filter: 'OFF' } },
});

// The server suggests to go on as new after so few events that a short chain does.
const settings = { 'limit.historyCount.suggestContinueAsNew': 40 };

if (process.env['UPDATE_HISTORIES'] === '1') {
  describeWithTemporal(
    'histories, recorded anew',
    (temporal) => {
      test.each(Object.entries(recordedRuns))(
        '%s',
        async (name, run) => {
          await record(temporal(), name, run);
        },
        120_000,
      );
    },
    settings,
  );
}

describe('the workflow walks again through', () => {
  test.each(Object.keys(recordedRuns))('%s', async (name) => {
    const histories = await historiesOf(name);
    for (const text of recordedRuns[name]?.holds ?? []) expect(histories.join('\n')).toContain(text);
    for (const history of histories) await replay(history, workflow);
  });

  test('no other histories than these', async () => {
    const known = Object.keys(recordedRuns);
    const files = (await readdir(folder)).map((file) => file.replace(/(\.\d+)?\.json$/, ''));
    expect([...new Set(files)].sort()).toEqual([...known].sort());
  });
});

describe('a workflow that decides otherwise is found out', () => {
  test.each([
    ['asks for other stages', 'success', 'activityId: stage.id', 'activityId: stage.id + "x"'],
    ['begins fewer at once', 'success', 'underWay >= plan.jobs', 'underWay >= 1'],
    ['tries no more', 'retry', "output.code !== 'retry'", 'true'],
    ['never goes on as new', 'continued-as-new', 'if (!continueAsNewSuggested)', 'if (true)'],
  ])('%s', async (_, name, before, after) => {
    const [history = ''] = await historiesOf(name);
    await expect(replay(history, await changed(before, after))).rejects.toThrow(DeterminismViolationError);
  });
});

async function historiesOf(name: string): Promise<readonly string[]> {
  const files = (await readdir(folder)).filter((file) => file.replace(/(\.\d+)?\.json$/, '') === name);
  return Promise.all(files.sort().map((file) => readFile(join(folder, file), 'utf8')));
}

async function replay(history: string, codePath: string): Promise<void> {
  // Not as JSON: the SDK's reader of that fails where npm had to install protobufjs several times.
  const parsed = proto.temporal.api.history.v1.History.fromObject(JSON.parse(history) as object);
  await Worker.runReplayHistory({ workflowBundle: { codePath } }, parsed);
}

async function changed(before: string, after: string): Promise<string> {
  const code = await readFile(workflow, 'utf8');
  const parts = code.split(before);
  if (parts.length !== 2) throw new Error(`${workflow} holds ${before} ${parts.length - 1} times`);
  const path = join(temporaryFolder(), 'changed.js');
  await writeFile(path, parts.join(after));
  return path;
}

/** Each part of a workflow that went on as new is a history. */
async function record(temporal: Temporal, name: string, run: RecordedRun): Promise<void> {
  const connection = await Connection.connect({ address: temporal.address });
  const { workflow: workflows } = new Client({ connection });
  const known = new Set((await listed(workflows)).map(({ runId }) => runId));
  const cluster = newCluster({ ...temporal, heartbeatTimeout: '2s' });
  await run.record(cluster, await cluster.client({ 'p.yaml': run.pipeline }));
  const made = (await listed(workflows)).filter(({ runId }) => !known.has(runId)).reverse();
  for (const [index, { workflowId, runId }] of made.entries()) {
    const history = await workflows.getHandle(workflowId, runId).fetchHistory();
    const text = JSON.stringify(JSON.parse(JSON.stringify(history), withoutMachine), null, 1);
    await writeFile(join(folder, made.length === 1 ? `${name}.json` : `${name}.${index + 1}.json`), `${text}\n`);
  }
  await connection.close();
}

/** Newest first. */
async function listed(workflows: Client['workflow']): Promise<readonly WorkflowExecutionInfo[]> {
  const all: WorkflowExecutionInfo[] = [];
  for await (const each of workflows.list()) all.push(each);
  return all;
}

/** Where and by whom it was recorded is nobody's matter. */
function withoutMachine(key: string, value: unknown): unknown {
  return key === 'identity' ? 'somebody' : key === 'stackTrace' ? '' : value;
}
