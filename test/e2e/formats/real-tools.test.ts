/** What the real programs make of what is exported to them: from PyPI, so in `npm run test:long` alone. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { execa } from 'execa';
import { pythonWith } from '../../../bench/python-venv.ts';
import { markdownSummary } from '../../../src/report/formats/markdown/summary.ts';
import { exportedRun } from '../../../src/report/formats/exported-run.ts';
import { otlpTrace } from '../../../src/report/formats/otlp.ts';
import { prometheusText } from '../../../src/report/formats/prometheus.ts';
import type { RunRecord } from '../../../src/records/run-record.ts';
import { failingRun, finished, recorded, started } from '../../report/recorded-run.ts';
import { recordOf } from '../../report/formats/recorded-runs.ts';
import { until } from '../processes.ts';
import { twoRuns } from './tiny-runs.ts';

const tools =
  process.env['PIPELINE_TEST_TOOLS'] === undefined
    ? { missing: 'npm run test:long runs this' }
    : pythonWith('test-formats', [
        ...[
          'tensorboard==2.21.0',
          'cmarkgfm==2025.10.22',
          'mlflow==3.17.2',
          'prometheus-client==0.26.0',
          'opentelemetry-proto==1.45.2',
        ],
      ]);
const python = 'python' in tools ? tools.python : '';
const title = `exports, read by the real programs${'missing' in tools ? ` (skipped: ${tools.missing})` : ''}`;

('missing' in tools ? describe.skip : describe)(title, () => {
  const servers: ChildProcess[] = [];
  afterAll(async () => {
    for (const server of servers) {
      const ended = server.exitCode === null ? once(server, 'exit') : undefined;
      // With the processes that it has started.
      if (server.pid !== undefined) process.kill(-server.pid, 'SIGKILL');
      await ended;
    }
  });

  /** @returns what it printed, once that holds `sign` */
  async function serve(args: readonly string[], sign: RegExp, cwd: string): Promise<RegExpExecArray> {
    const server = spawn(join(python, '..', args[0] ?? ''), args.slice(1), {
      ...{ cwd, detached: true },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    servers.push(server);
    let printed = '';
    for (const stream of [server.stdout, server.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        printed += chunk.toString();
      });
    }
    await until(() => sign.test(printed) || server.exitCode !== null, `${args[0]} serves`, 400);
    const found = sign.exec(printed);
    if (found === null) throw new Error(printed);
    return found;
  }

  async function json(url: string, body?: unknown): Promise<unknown> {
    const post = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
    const answer = await fetch(url, body === undefined ? {} : post);
    if (!answer.ok) throw new Error(`${url}: ${answer.status} ${await answer.text()}`);
    return answer.json();
  }

  test('TensorBoard has every epoch, the metrics, the definition, and a row of hyperparameters for each run', async () => {
    const {
      project,
      runs: [first, second],
    } = await twoRuns();
    expect((await project.pipeline('export', 'tensorboard', first, second, '-o', 'tb')).exitCode).toBe(0);
    const args = ['tensorboard', '--logdir', 'tb', '--host', '127.0.0.1', '--port', '0'];
    const [, server = ''] = await serve(args, /(http:\/\/127\.0\.0\.1:\d+)\//, project.folder);
    let tags: Record<string, Record<string, unknown>> = {};
    for (let look = 0; look < 120 && !('epoch/loss' in (tags[`${second}/teacher`] ?? {})); look++) {
      tags = (await json(`${server}/data/plugin/scalars/tags`)) as typeof tags;
      await new Promise((done) => setTimeout(done, 500));
    }
    const record = JSON.parse(await project.read(`artifacts/runs/${first}/run.json`)) as {
      stages: { id: string; epochs?: { loss: number }[]; metrics: Record<string, { test?: { accuracy: number } }> }[];
    };
    const stage = (id: string) => record.stages.find((each) => each.id === id);
    const scalars = async (run: string, tag: string): Promise<[number, number, number][]> => {
      const query = new URLSearchParams({ run, tag });
      return (await json(`${server}/data/plugin/scalars/scalars?${query.toString()}`)) as [number, number, number][];
    };
    const losses = await scalars(`${first}/student`, 'epoch/loss');
    expect(losses.map(([, step, value]) => [step, Math.fround(value)])).toEqual(
      stage('student')?.epochs?.map(({ loss }, index) => [index + 1, Math.fround(loss)]),
    );
    // The teacher was reused: the same epochs, at the same times.
    expect(await scalars(`${second}/teacher`, 'epoch/loss')).toEqual(await scalars(`${first}/teacher`, 'epoch/loss'));
    const [accuracy] = await scalars(`${first}/evaluate`, 'metrics/student.test.accuracy');
    expect(accuracy?.[2]).toBeCloseTo(stage('evaluate')?.metrics['student']?.test?.accuracy ?? NaN, 6);

    const text = JSON.stringify(await json(`${server}/data/plugin/text/text?run=${first}&tag=pipeline`));
    expect(text).toContain('method: hinton');
    const hparams = `${server}/data/plugin/hparams`;
    const { metricInfos } = (await json(`${hparams}/experiment`, {})) as { metricInfos: { name: object }[] };
    const metric = { group: 'student', tag: 'metrics/validation.accuracy' };
    expect(metricInfos.map(({ name }) => name)).toContainEqual(metric);
    const groups = (await json(`${hparams}/session_groups`, {
      ...{ startIndex: 0, sliceSize: 9, allowedStatuses: ['STATUS_SUCCESS'] },
      colParams: [{ metric }, { hparam: 'temperature' }],
    })) as { sessionGroups: { name: string; hparams: object; metricValues: { name: object }[] }[] };
    expect(groups.sessionGroups.map(({ name, hparams: values }) => [name, values])).toEqual(
      expect.arrayContaining([
        [first, { temperature: 4 }],
        [second, { temperature: 8 }],
      ]),
    );
    for (const { metricValues } of groups.sessionGroups) {
      expect(metricValues.map(({ name }) => name)).toContainEqual(metric);
    }
  }, 600_000);

  test('an MLflow server has runs with their epochs, parameters, tags and files; again, it has no more of them', async () => {
    const {
      project,
      runs: [first, second],
    } = await twoRuns();
    const args = ['mlflow', 'server', '--host', '127.0.0.1', '--port', '0', '--workers', '1'];
    const kept = ['--backend-store-uri', 'sqlite:///mlflow.db', '--artifacts-destination', './mlflow'];
    const [, uri = ''] = await serve(
      [...args, ...kept],
      /Uvicorn running on (http:\/\/127\.0\.0\.1:\d+)/,
      project.folder,
    );
    const send = async () => project.pipeline('export', 'mlflow', first, second, '--uri', uri, '--json');
    const sent = await send();
    expect(sent.exitCode).toBe(0);
    const told = JSON.parse(sent.stdout) as { run: string; mlflowRun: string; wasThere: boolean }[];
    expect(told.map(({ run, wasThere }) => [run, wasThere])).toEqual([
      [first, false],
      [second, false],
    ]);
    const again = JSON.parse((await send()).stdout) as typeof told;
    expect(again).toEqual(told.map((each) => ({ ...each, wasThere: true })));

    // By MLflow's own client.
    const script = `
import json, sys, mlflow
client = mlflow.MlflowClient(tracking_uri=sys.argv[1])
experiment = client.get_experiment_by_name("tiny").experiment_id
runs = []
for run in client.search_runs([experiment]):
    losses = client.get_metric_history(run.info.run_id, "student/epoch/loss")
    runs.append({
        "name": run.info.run_name, "status": run.info.status, "seconds": (run.info.end_time - run.info.start_time) / 1000,
        "params": run.data.params, "run": run.data.tags["distill_pipeline.run"],
        "accuracy": run.data.metrics["evaluate/metrics/student.test.accuracy"],
        "losses": [[each.step, each.value] for each in losses],
        "files": sorted(each.path for each in client.list_artifacts(run.info.run_id)),
    })
print(json.dumps(runs))
`;
    const { stdout } = await execa(python, ['-c', script, uri], { cwd: project.folder });
    const seen = JSON.parse(stdout.split('\n').at(-1) ?? '') as { run: string }[];
    const expected = [first, second].map(async (run, index) => {
      const record = JSON.parse(await project.read(`artifacts/runs/${run}/run.json`)) as RunRecord;
      const stage = (id: string) => record.stages.find((each) => each.id === id);
      const { student } = (stage('evaluate')?.metrics ?? {}) as { student?: { test?: { accuracy: number } } };
      return {
        ...{ name: `tiny ${run}`, status: 'FINISHED', run, params: { temperature: String([4, 8][index]) } },
        seconds: expect.closeTo(record.seconds ?? NaN, 0),
        accuracy: student?.test?.accuracy,
        losses: stage('student')?.epochs?.map(({ epoch, loss }) => [epoch, loss]),
        files: ['pipeline.yaml', 'run.json', 'summary.md'],
      };
    });
    expect(seen.sort((a, b) => (a.run < b.run ? -1 : 1))).toEqual(await Promise.all(expected));
  }, 600_000);

  test("Prometheus' own parser reads the text", async () => {
    const hostile = 'a"b\\c\nd{}';
    const events = recorded([started(['train']), finished('train', 'model', { [hostile]: -1e-9, loss: 0.25 })]);
    const run = exportedRun({ record: recordOf(events), events, resultOf: () => undefined, eventsOf: () => [] });
    const script = `
import json, sys
from prometheus_client.parser import text_string_to_metric_families
families = text_string_to_metric_families(sys.stdin.read())
print(json.dumps([[f.name, f.type, [[s.labels, s.value] for s in f.samples]] for f in families]))
`;
    const { stdout } = await execa(python, ['-c', script], { input: prometheusText(run) });
    const families = JSON.parse(stdout) as [string, string, [object, number][]][];
    expect(new Set(families.map(([, type]) => type))).toEqual(new Set(['gauge']));
    const metrics = families.find(([name]) => name === 'distill_pipeline_stage_metric');
    const labels = { pipeline: 'mnist-distill', stage: 'train' };
    expect(metrics?.[2]).toEqual([
      [{ ...labels, metric: hostile }, -1e-9],
      [{ ...labels, metric: 'loss' }, 0.25],
    ]);
  }, 60_000);

  test("OpenTelemetry's own protocol buffers take the trace, with nothing left over", async () => {
    const run = exportedRun({
      record: recordOf(failingRun),
      events: failingRun,
      resultOf: () => undefined,
      eventsOf: () => [],
    });
    // OTLP writes ids in hexadecimal digits, where JSON of protocol buffers has base64.
    const script = `
import base64, json, sys
from google.protobuf import json_format
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
def ids(value):
    if isinstance(value, list): return [ids(each) for each in value]
    if not isinstance(value, dict): return value
    return {k: base64.b64encode(bytes.fromhex(v)).decode() if k in ("traceId", "spanId", "parentSpanId") else ids(v) for k, v in value.items()}
request = json_format.ParseDict(ids(json.load(sys.stdin)), ExportTraceServiceRequest(), ignore_unknown_fields=False)
spans = request.resource_spans[0].scope_spans[0].spans
print(json.dumps([[s.name, len(s.trace_id), len(s.span_id), s.parent_span_id == spans[0].span_id, s.end_time_unix_nano - s.start_time_unix_nano, s.status.code, [e.name for e in s.events]] for s in spans]))
`;
    const { stdout } = await execa(python, ['-c', script], { input: JSON.stringify(otlpTrace(run)) });
    expect(JSON.parse(stdout)).toEqual([
      ['mnist-distill', 16, 8, false, 11e9, 2, ['stage reused']],
      ['train-teacher', 16, 8, true, 8e9, 1, ['epoch', 'epoch']],
      ['train-baseline', 16, 8, true, 4e9, 2, []],
    ]);
  }, 60_000);

  test("GitHub's Markdown makes tables of a summary, and nothing of what others wrote into it", async () => {
    const hostile = 'a|b `c` ``d`` <script>alert(1)</script> **bold** [link](https://x.example) @everyone #1 \\';
    const events = recorded([
      started(['evaluate', 'train']),
      finished('evaluate', 'evaluation', { [hostile]: { test: { accuracy: 0.5 } } }),
      finished('train', 'model', { [hostile]: 0.5 }),
      { type: 'warning', message: hostile },
      { type: 'run-finished', status: 'succeeded', seconds: 1 },
    ]);
    const record = recordOf(events);
    const definition = { ...record.definition, name: hostile, text: `${hostile}\n\`\`\`\n${hostile}` };
    const text = markdownSummary({ ...record, definition }, { half: () => 0, base: { ...record, stages: [] } });
    const script =
      'import sys, cmarkgfm; print(cmarkgfm.github_flavored_markdown_to_html(sys.stdin.read(), cmarkgfm.cmark.Options.CMARK_OPT_UNSAFE))';
    const { stdout: html } = await execa(python, ['-c', script], { input: text });
    expect(html.match(/<table>/g)).toHaveLength(2);
    expect(html).toContain('<details>');
    // In each of the places: title, model, warning, metrics of a stage, definition.
    expect(html.match(/&lt;script&gt;/g)?.length).toBeGreaterThanOrEqual(6);
    const outside = html.replace(/<code[^>]*>[\s\S]*?<\/code>/g, '');
    expect(outside).not.toMatch(/script|bold|<a |everyone/);
    // A bar ends no cell.
    expect(html.match(/<td><code>a\|b /g)).toHaveLength(2);
  }, 60_000);
});
