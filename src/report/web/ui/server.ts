/** What the page asks the local server, as src/ui/protocol.ts has it. */
import type { PipelineEvent } from '../../../core/event.ts';
import type { ExplainedKey, ExplainedPlan } from '../../../core/explained-plan.ts';
import type { RunRecord } from '../../../records/run-record.ts';
import type {
  LogAnswer,
  ModelAnswer,
  PlanRequest,
  ProjectAnswer,
  Refusal,
  RunsAnswer,
  RunsChange,
  SamplesAnswer,
  StartAnswer,
  StartRequest,
  StopAnswer,
  WhyRequest,
} from '../../../ui/protocol.ts';
import type { RunPage } from '../../page-data/run-page.ts';
import { token } from './token.ts';

export interface RunListener {
  readonly events: (event: PipelineEvent) => void;
  readonly ended: () => void;
  /** The server is not there; the browser goes on asking for it. */
  readonly lost: () => void;
}

export interface RunsListener {
  readonly changed: (change: RunsChange) => void;
  /** From now on it is told what changes; also when the server is there again. */
  readonly opened: () => void;
  readonly lost: () => void;
}

export interface SamplesQuestion {
  /** The first that there is, if absent. */
  readonly split?: string;
  readonly label?: number;
  readonly wrong?: string;
  readonly differ?: readonly [first: string, second: string];
  readonly offset: number;
  readonly limit: number;
}

export const server = {
  project: (signal?: AbortSignal) => get<ProjectAnswer>('/api/project', signal),
  /** All of them, newest first. */
  async runs(signal?: AbortSignal): Promise<RunsAnswer['runs']> {
    const found = new Map<string, RunsAnswer['runs'][number]>();
    for (let offset = 0; ; offset += RUNS_AT_ONCE) {
      const { total, runs } = await get<RunsAnswer>(`/api/runs${query({ offset, limit: RUNS_AT_ONCE })}`, signal);
      // One that has begun meanwhile moves the others on: some come twice.
      for (const run of runs) found.set(run.id, run);
      if (runs.length === 0 || offset + runs.length >= total) return [...found.values()];
    }
  },
  run: (run: string, signal?: AbortSignal) => get<RunRecord>(runPath(run), signal),
  page: (run: string, signal?: AbortSignal) => get<RunPage>(`${runPath(run)}/page`, signal),
  log: (run: string, stage: string, from: number, signal?: AbortSignal) =>
    get<LogAnswer>(`${runPath(run)}/logs/${encodeURIComponent(stage)}${query({ from })}`, signal),
  samples: (run: string, stage: string, { differ, ...question }: SamplesQuestion, signal?: AbortSignal) =>
    get<SamplesAnswer>(
      `${runPath(run)}/samples/${encodeURIComponent(stage)}${query({ ...question, differ: differ?.join() })}`,
      signal,
    ),
  model: (run: string, stage: string, signal?: AbortSignal) => get<ModelAnswer>(modelPath(run, stage), signal),
  async weights(run: string, stage: string, signal?: AbortSignal): Promise<ArrayBuffer> {
    return (await answered(`${modelPath(run, stage)}/weights`, { signal: signal ?? null })).arrayBuffer();
  },
  plan: (request: PlanRequest, signal?: AbortSignal) => post<ExplainedPlan>('/api/plan', request, signal),
  why: (request: WhyRequest, signal?: AbortSignal) => post<readonly ExplainedKey[]>('/api/why', request, signal),
  start: (request: StartRequest) => post<StartAnswer>('/api/runs', request),
  stop: (run: string) => post<StopAnswer>(`${runPath(run)}/stop`, {}),

  /** Of a run, all from its first event on. @returns ends it */
  follow(run: string, { events, ended, lost }: RunListener): () => void {
    const source = new EventSource(`${runPath(run)}/events`);
    source.addEventListener('message', ({ data }: MessageEvent<string>) => {
      events(JSON.parse(data) as PipelineEvent);
    });
    source.addEventListener('ended', ended);
    source.addEventListener('error', lost);
    return () => {
      source.close();
    };
  },
  /** Of all runs: which are new, or came on. @returns ends it */
  watchRuns({ changed, opened, lost }: RunsListener): () => void {
    const source = new EventSource('/api/runs/changes');
    source.addEventListener('runs', ({ data }: MessageEvent<string>) => {
      changed(JSON.parse(data) as RunsChange);
    });
    source.addEventListener('open', opened);
    source.addEventListener('error', lost);
    return () => {
      source.close();
    };
  },
};

export type Server = typeof server;

/** As many as the server gives. */
const RUNS_AT_ONCE = 1000;

/** What a question that was not answered is thrown as. */
export function refusalOf(error: unknown): Refusal {
  if (error instanceof Refused) return error.refusal;
  // fetch says little of a server that is not there.
  if (error instanceof TypeError) return noServer;
  return { message: error instanceof Error ? error.message : String(error) };
}

export const noServer: Refusal = { message: 'the server does not answer', hint: 'start it again with: pipeline ui' };

class Refused extends Error {
  readonly refusal: Refusal;

  constructor(refusal: Refusal) {
    super(refusal.message);
    this.refusal = refusal;
  }
}

async function get<Answer>(path: string, signal?: AbortSignal): Promise<Answer> {
  return (await (await answered(path, { signal: signal ?? null })).json()) as Answer;
}

async function post<Answer>(path: string, body: object, signal?: AbortSignal): Promise<Answer> {
  const headers = { 'content-type': 'application/json', [TOKEN]: token() };
  const request = { method: 'POST', headers, body: JSON.stringify(body), signal: signal ?? null };
  return (await (await answered(path, request)).json()) as Answer;
}

/** As TOKEN_HEADER of the protocol, of which the page takes types alone. */
const TOKEN = 'x-pipeline-token';

async function answered(path: string, request: RequestInit): Promise<Response> {
  const response = await fetch(path, request);
  if (response.ok) return response;
  const refusal = (await response.json().catch(() => undefined)) as Refusal | undefined;
  throw new Refused(refusal ?? { message: `the server refuses this: ${response.status} ${response.statusText}` });
}

function runPath(run: string): string {
  return `/api/runs/${encodeURIComponent(run)}`;
}

function modelPath(run: string, stage: string): string {
  return `${runPath(run)}/models/${encodeURIComponent(stage)}`;
}

/** Without what is undefined. */
function query(values: Readonly<Record<string, string | number | undefined>>): string {
  const told = Object.entries(values).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]]));
  return told.length === 0 ? '' : `?${new URLSearchParams(told).toString()}`;
}
