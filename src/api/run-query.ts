import type { JsonValue } from '../base/json.ts';
import { failure, type Result, success } from '../base/result.ts';
import { listed, nearest } from '../diagnostics/nearest.ts';
import type { Problem } from '../diagnostics/problem.ts';
import type { RunRecord } from '../records/run-record.ts';
import { runValues } from '../records/run-values.ts';
import type { ListedRun } from './listed-run.ts';

/** Which runs, with what of them, in which order. */
export interface RunQuery {
  /** Any of them. */
  readonly statuses?: readonly string[];
  /** Any of them: names of pipelines, or files as they were typed. */
  readonly pipelines?: readonly string[];
  /** All of them. */
  readonly tags?: readonly string[];
  /** Begun then or later, milliseconds since 1970. */
  readonly since?: number;
  /** `params.temperature`, `evaluate.student.validation.accuracy`; the last steps of one suffice where they mean one alone. */
  readonly columns?: readonly string[];
  /** `started`, `time`, `pipeline`, `status` or what `columns` takes; with `-` before it, the largest first. `-started`, if absent. */
  readonly sort?: string;
  /** So many at most. */
  readonly limit?: number;
}

export interface FoundRuns {
  readonly runs: readonly FoundRun[];
  /** Before the limit. */
  readonly total: number;
  /** Of the query, in full. */
  readonly columns: readonly string[];
}

/** `values` where columns were asked for, by column; what the run has not is absent. */
export type FoundRun = ListedRun & { readonly values?: Readonly<Record<string, JsonValue>> };

/** @param runs newest first @param recordOf undefined for a damaged one */
export function queryRuns(
  runs: readonly ListedRun[],
  query: RunQuery,
  recordOf: (run: ListedRun) => RunRecord | undefined,
): Result<FoundRuns, Problem> {
  const { columns = [], sort = '-started', limit = Infinity } = query;
  const matching = runs.filter((run) => matches(run, query));
  const key = sort.replace(/^-/, '');
  const isOwn = Object.hasOwn(OWN, key);
  const read = isOwn ? matching.slice(0, columns.length > 0 ? Infinity : 0) : matching;
  const values = new Map(read.map((run) => [run, valuesOf(recordOf(run))]));
  const names = new Set([...values.values()].flatMap((each) => [...each.keys()]));
  const found: string[] = [];
  for (const asked of columns) {
    const column = fullName(asked, names, matching.length);
    if (!column.ok) return column;
    found.push(column.value);
  }
  const by = isOwn ? success(key) : fullName(key, names, matching.length);
  if (!by.ok) return by;
  const keyOf = (run: ListedRun): JsonValue | undefined => OWN[key]?.(run) ?? values.get(run)?.get(by.value);
  const sorted = inOrder(matching, keyOf, sort.startsWith('-') ? -1 : 1);
  return success({
    runs: sorted.slice(0, limit).map((run): FoundRun => {
      if (found.length === 0) return run;
      const own = found.flatMap((column) => {
        const value = values.get(run)?.get(column);
        return value === undefined ? [] : [[column, value] as const];
      });
      return { ...run, values: Object.fromEntries(own) };
    }),
    total: matching.length,
    columns: found,
  });
}

/** What a run is sorted by without its record. Ids sort by time. */
const OWN: Readonly<Record<string, (run: ListedRun) => JsonValue | undefined>> = {
  started: ({ id }) => id,
  time: ({ seconds }) => seconds,
  pipeline: ({ pipeline }) => pipeline,
  status: ({ status }) => status,
};

function matches(run: ListedRun, { statuses = [], pipelines = [], tags = [], since }: RunQuery): boolean {
  if (statuses.length > 0 && !statuses.includes(run.status)) return false;
  if (pipelines.length > 0 && !pipelines.includes(run.pipeline) && !pipelines.includes(run.file)) return false;
  if (!tags.every((tag) => run.tags?.includes(tag))) return false;
  return since === undefined || Date.parse(run.started) >= since;
}

function valuesOf(record: RunRecord | undefined): ReadonlyMap<string, JsonValue> {
  return record === undefined ? new Map() : runValues(record);
}

/** Of no run nothing is known: then what was asked for is as good as any name. */
function fullName(asked: string, names: ReadonlySet<string>, runs: number): Result<string, Problem> {
  if (runs === 0 || names.has(asked)) return success(asked);
  const ending = [...names].filter((name) => name.endsWith(`.${asked}`));
  const [only] = ending;
  if (ending.length === 1 && only !== undefined) return success(only);
  if (ending.length > 1) {
    const hint = `write more of the one that you mean: ${listed(ending, 5)}`;
    return failure({ code: 'bad-flag', message: `"${asked}" stands for ${ending.length} values of these runs`, hint });
  }
  const near = nearest(asked, [...names].flatMap(endings));
  const all = names.size === 0 ? undefined : `they have: ${listed([...names])}`;
  const hint = near === undefined ? all : `did you mean "${near}"?`;
  return failure({
    code: 'bad-flag',
    message: `no run of these has a parameter or a number "${asked}"`,
    ...(hint === undefined ? {} : { hint }),
  });
}

/** `a.b.c`, `b.c` and `c`: what a name can be asked for by. */
function endings(name: string): readonly string[] {
  const steps = name.split('.');
  return steps.map((_, index) => steps.slice(index).join('.'));
}

/** Runs without the value are last, whatever the direction; those that are alike stay newest first. */
function inOrder(
  runs: readonly ListedRun[],
  keyOf: (run: ListedRun) => JsonValue | undefined,
  direction: 1 | -1,
): readonly ListedRun[] {
  const keyed = runs.map((run) => ({ run, key: keyOf(run) }));
  const rank = ({ key }: { readonly key: JsonValue | undefined }): number =>
    key === undefined || key === null ? 1 : 0;
  keyed.sort((a, b) => rank(a) - rank(b) || direction * compareValues(a.key, b.key));
  return keyed.map(({ run }) => run);
}

function compareValues(a: JsonValue | undefined, b: JsonValue | undefined): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  const [left, right] = [textOf(a), textOf(b)];
  return left < right ? -1 : left > right ? 1 : 0;
}

function textOf(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : JSON.stringify(value ?? null);
}
