import { isJsonObject, type JsonObject, type JsonValue } from '../../base/json.ts';
import { failure, success, type Result } from '../../base/result.ts';
import type { Problem } from '../../diagnostics/problem.ts';
import type { ExportedRun } from '../../report/formats/exported-run.ts';
import { markdownSummary } from '../../report/formats/markdown/summary.ts';
import { logBatches, mlflowRuns, RUN_TAG, type MlflowRun } from '../../report/formats/mlflow.ts';
import { meanHalf } from '../mean-half.ts';
import { basicAuthorization, refused, send, serverAt, type Answer, type Server } from './http.ts';

export interface MlflowTarget {
  /** The server's address, with what it asks for of name and password. */
  readonly server: Server;
  /** The pipeline's name, if absent. */
  readonly experiment?: string;
}

export interface MlflowExport {
  readonly run: string;
  /** MLflow's id. */
  readonly mlflowRun: string;
  /** Its page. */
  readonly url: string;
  /** A finished run that is there already is left as it is, with what people wrote to it. */
  readonly wasThere: boolean;
  /** Why the definition and the summary are not beside it: the server keeps files where only its own clients write to. */
  readonly note?: string;
}

/** @param env of MLflow's own variables, for name and password or a token */
export function mlflowServer(uri: string, env: Readonly<Record<string, string | undefined>>): Result<Server, Problem> {
  const { MLFLOW_TRACKING_TOKEN: token, MLFLOW_TRACKING_USERNAME: name, MLFLOW_TRACKING_PASSWORD: password } = env;
  if (name !== undefined) return serverAt(uri, { authorization: basicAuthorization(name, password ?? '') });
  return serverAt(uri, token === undefined ? {} : { authorization: `Bearer ${token}` });
}

/** Sends a run over MLflow's REST API 2.0. What was sent in part, or while the run was under way, is replaced. */
export async function exportToMlflow(run: ExportedRun, target: MlflowTarget): Promise<Result<MlflowExport, Problem>> {
  const { server } = target;
  const { id, definition } = run.record;
  const experiment = await experimentId(server, target.experiment ?? definition.name);
  if (!experiment.ok) return experiment;
  const url = (mlflowRun: string): string => `${server.url}/#/experiments/${experiment.value}/runs/${mlflowRun}`;
  const earlier = await earlierRuns(server, experiment.value, RUN_TAG, id);
  if (!earlier.ok) return earlier;
  const whole = earlier.value.find(({ status }) => status !== 'RUNNING');
  if (whole !== undefined) return success({ run: id, mlflowRun: whole.id, url: url(whole.id), wasThere: true });
  for (const tag of [CHILD_TAG, RUN_TAG]) {
    const deleted = await deleteRuns(server, experiment.value, tag, id);
    if (!deleted.ok) return deleted;
  }
  const [parent, ...children] = mlflowRuns(run);
  const begun = await beginRun(server, experiment.value, parent);
  if (!begun.ok) return begun;
  for (const child of children) {
    const sent = await sendChild(server, experiment.value, { child, parent: begun.value.id, run: id });
    if (!sent.ok) return sent;
  }
  const files = await sendFiles(server, begun.value.artifacts, run);
  if (!files.ok) return files;
  // Last, so that one that was sent in part is seen to be.
  const ended = await endRun(server, begun.value.id, parent);
  if (!ended.ok) return ended;
  return success({
    ...{ run: id, mlflowRun: begun.value.id, url: url(begun.value.id), wasThere: false },
    ...(files.value === undefined ? {} : { note: files.value }),
  });
}

async function experimentId(server: Server, name: string): Promise<Result<string, Problem>> {
  const path = `${API}/experiments/get-by-name?${new URLSearchParams({ experiment_name: name }).toString()}`;
  const answer = await send(server, path, { method: 'GET' });
  if (!answer.ok) return answer;
  if (answer.value.status === 404 && answer.value.body['error_code'] === 'RESOURCE_DOES_NOT_EXIST') {
    const made = await call(server, 'experiments/create', { name });
    return made.ok ? success(textOf(made.value['experiment_id'])) : made;
  }
  const found = okBody(server, `${API}/experiments/get-by-name`, answer.value);
  if (!found.ok) return found;
  const experiment = objectOf(found.value['experiment']);
  if (experiment['lifecycle_stage'] === 'deleted') {
    const message = `the experiment "${name}" is deleted in MLflow`;
    return failure({ code: 'export-failed', message, hint: 'restore it there, or name another one: --experiment' });
  }
  return success(textOf(experiment['experiment_id']));
}

/** @param tag whose value is the run's id, which has no quote */
async function earlierRuns(
  server: Server,
  experiment: string,
  tag: string,
  run: string,
): Promise<Result<readonly { readonly id: string; readonly status: string }[], Problem>> {
  const filter = `tags."${tag}" = '${run}'`;
  const found = await call(server, 'runs/search', { experiment_ids: [experiment], filter, max_results: 1000 });
  if (!found.ok) return found;
  const runs = Array.isArray(found.value['runs']) ? (found.value['runs'] as readonly JsonValue[]) : [];
  const infos = runs.map((each) => objectOf(objectOf(each)['info']));
  return success(infos.map((info) => ({ id: textOf(info['run_id']), status: textOf(info['status']) })));
}

async function deleteRuns(
  server: Server,
  experiment: string,
  tag: string,
  run: string,
): Promise<Result<undefined, Problem>> {
  for (let last: string | undefined; ;) {
    const found = await earlierRuns(server, experiment, tag, run);
    if (!found.ok) return found;
    const [first] = found.value;
    if (first === undefined) return success(undefined);
    if (first.id === last)
      return failure({ code: 'export-failed', message: `${server.url} keeps run ${last}, though it was deleted` });
    last = first.id;
    for (const { id } of found.value) {
      const deleted = await call(server, 'runs/delete', { run_id: id });
      if (!deleted.ok) return deleted;
    }
  }
}

async function beginRun(
  server: Server,
  experiment: string,
  run: MlflowRun,
): Promise<Result<{ readonly id: string; readonly artifacts: string }, Problem>> {
  const made = await call(server, 'runs/create', {
    experiment_id: experiment,
    run_name: run.name,
    start_time: run.started,
    tags: run.tags.slice(0, AT_BEGIN),
  });
  if (!made.ok) return made;
  const info = objectOf(objectOf(made.value['run'])['info']);
  const begun = { id: textOf(info['run_id']), artifacts: textOf(info['artifact_uri']) };
  for (const batch of logBatches({ ...run, tags: run.tags.slice(AT_BEGIN) })) {
    const logged = await call(server, 'runs/log-batch', { run_id: begun.id, ...batch });
    if (!logged.ok) return logged;
  }
  return success(begun);
}

/** What each of MLflow's stores takes of them at once; by the first ones a run is found again. */
const AT_BEGIN = 20;

function endRun(server: Server, id: string, { status, ended }: MlflowRun): Promise<Result<JsonObject, Problem>> {
  const isOver = status !== 'RUNNING';
  return call(server, 'runs/update', { run_id: id, status, ...(isOver ? { end_time: ended } : {}) });
}

async function sendChild(
  server: Server,
  experiment: string,
  { child, parent, run }: { readonly child: MlflowRun; readonly parent: string; readonly run: string },
): Promise<Result<JsonObject, Problem>> {
  const tags = [{ key: 'mlflow.parentRunId', value: parent }, { key: CHILD_TAG, value: run }, ...child.tags];
  const begun = await beginRun(server, experiment, { ...child, tags });
  return begun.ok ? endRun(server, begun.value.id, child) : begun;
}

const CHILD_TAG = 'distill_pipeline.variant_of';

/** @returns why there are none, where the server does not take files itself */
async function sendFiles(server: Server, uri: string, run: ExportedRun): Promise<Result<string | undefined, Problem>> {
  const scheme = 'mlflow-artifacts:/';
  if (!uri.startsWith(scheme))
    return success(`no files beside it: MLflow keeps them at ${uri}, which is not the server's`);
  const folder = uri.slice(scheme.length).replace(/^\/*/, '');
  const { record } = run;
  const files = {
    'pipeline.yaml': record.definition.text,
    'run.json': `${JSON.stringify(record, null, 2)}\n`,
    'summary.md': markdownSummary(record, { half: meanHalf }),
  };
  for (const [name, text] of Object.entries(files)) {
    const path = `/api/2.0/mlflow-artifacts/artifacts/${folder}/${name}`;
    const answer = await send(server, path, { method: 'PUT', text });
    if (!answer.ok) return answer;
    const sent = okBody(server, path, answer.value);
    if (!sent.ok) return sent;
  }
  return success(undefined);
}

const API = '/api/2.0/mlflow';

async function call(server: Server, path: string, json: JsonObject): Promise<Result<JsonObject, Problem>> {
  const answer = await send(server, `${API}/${path}`, { json });
  return answer.ok ? okBody(server, `${API}/${path}`, answer.value) : answer;
}

function okBody(server: Server, path: string, answer: Answer): Result<JsonObject, Problem> {
  return answer.status === 200 ? success(answer.body) : failure(refused(server, path, answer));
}

function objectOf(value: JsonValue | undefined): JsonObject {
  return isJsonObject(value) ? value : {};
}

function textOf(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : '';
}
