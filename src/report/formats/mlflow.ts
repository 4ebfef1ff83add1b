import type { JsonObject } from '../../base/json.ts';
import { writtenId } from '../../core/pipeline-spec.ts';
import type { RecordedStatus } from '../../records/run-record.ts';
import { numberMetrics } from '../metrics-text.ts';
import type { ExportedRun, ExportedStage } from './exported-run.ts';
import { scalarsOf } from './scalars.ts';
import { axesName } from './variant-axes.ts';

/** A run as MLflow has it: the pipeline's, or one below it for each combination of axes. Times are milliseconds since 1970. */
export interface MlflowRun {
  readonly name: string;
  readonly status: MlflowStatus;
  readonly started: number;
  readonly ended: number;
  readonly params: readonly KeyValue[];
  readonly metrics: readonly MlflowMetric[];
  readonly tags: readonly KeyValue[];
}

export type MlflowStatus = 'RUNNING' | 'FINISHED' | 'FAILED' | 'KILLED';

/** A type and no interface: these are sent as JSON. */
export type KeyValue = { readonly key: string; readonly value: string };
type MlflowMetric = {
  readonly key: string;
  readonly value: number;
  readonly timestamp: number;
  readonly step: number;
};

/** By which a run is found again. */
export const RUN_TAG = 'distill_pipeline.run';

/** The pipeline's run first, with the stages that have no variants. */
export function mlflowRuns(run: ExportedRun): readonly [MlflowRun, ...MlflowRun[]] {
  const { record, started, ended, stages } = run;
  const common = { status: statuses[record.status], started, ended };
  const params = scalarsOf(record.definition.params);
  const alone = stages.filter(({ stage }) => stage.variant === undefined);
  const variants = new Map<string, ExportedStage[]>();
  for (const each of stages) {
    if (each.stage.variant === undefined) continue;
    const name = axesName(each.stage.variant.axes);
    variants.set(name, [...(variants.get(name) ?? []), each]);
  }
  const children = [...variants].map(([name, own]): MlflowRun => {
    const axes = own[0]?.stage.variant?.axes ?? {};
    return { ...common, name, params: keyValues({ ...params, ...axes }), metrics: metricsOf(own, run), tags: [] };
  });
  const parent = {
    ...common,
    name: `${record.definition.name} ${record.id}`,
    params: keyValues(params),
    metrics: metricsOf(alone, run),
    tags: tagsOf(run),
  };
  return [parent, ...children];
}

const statuses: Readonly<Record<RecordedStatus, MlflowStatus>> = {
  succeeded: 'FINISHED',
  failed: 'FAILED',
  'gate-missed': 'FAILED',
  cancelled: 'KILLED',
  interrupted: 'KILLED',
  running: 'RUNNING',
};

/** Its page shows the charts of what stands before the last bar together. */
function metricsOf(stages: readonly ExportedStage[], { ended }: ExportedRun): readonly MlflowMetric[] {
  return stages.flatMap(({ stage, epochs }) => {
    const id = writtenId(stage);
    const trained = epochs.flatMap(({ epoch, time, figures }) =>
      Object.entries(figures).map(([name, value]) => ({
        ...{ key: keyOf(`${id}/epoch/${name}`), value, timestamp: time, step: epoch },
      })),
    );
    const told = numberMetrics(stage.metrics ?? {}).map(({ path, value }) => ({
      ...{ key: keyOf(`${id}/metrics/${path}`), value, timestamp: epochs.at(-1)?.time ?? ended, step: 0 },
    }));
    return [...trained, ...told];
  });
}

function tagsOf({ record }: ExportedRun): readonly KeyValue[] {
  const { definition, facts, id, gates } = record;
  const { git } = facts;
  return keyValues({
    [RUN_TAG]: id,
    'distill_pipeline.pipeline': definition.name,
    'distill_pipeline.status': record.status,
    'distill_pipeline.backend': definition.backend,
    ...Object.fromEntries(Object.entries(facts.versions).map(([name, version]) => [`version.${name}`, version])),
    ...Object.fromEntries(
      gates.map((gate) => [`gate.${gate.metric}`, `${gate.bound} ${gate.passed ? 'passed' : 'missed'}`]),
    ),
    ...(definition.overrides.length === 0 ? {} : { 'distill_pipeline.overrides': definition.overrides.join(' ') }),
    'mlflow.source.name': definition.file,
    'mlflow.source.type': 'LOCAL',
    ...(git === undefined ? {} : { 'mlflow.source.git.commit': git.commit, 'distill_pipeline.git.dirty': git.dirty }),
  });
}

function keyValues(values: Readonly<Record<string, string | number | boolean>>): readonly KeyValue[] {
  const entries = Object.entries(values).map(
    ([name, value]) => [keyOf(name), String(value).slice(0, longestValue)] as const,
  );
  // Two names may have become one.
  return [...new Map(entries)].map(([key, value]) => ({ key, value }));
}

/** What MLflow takes of a tag; of a parameter it takes 6000. */
const longestValue = 5000;

/** Letters, digits, `_`, `-`, `.`, `/`, `:` and spaces, and no more than 250 of them. */
function keyOf(name: string): string {
  return name.replace(/[^\w\-./: ]/g, '_').slice(0, 250);
}

/** Bodies of `runs/log-batch`, which takes 1000 metrics, 100 parameters and 100 tags at once, and 1000 of all. */
export function logBatches({
  params,
  metrics,
  tags,
}: Pick<MlflowRun, 'params' | 'metrics' | 'tags'>): readonly JsonObject[] {
  return [
    ...slices(params, 100).map((own) => ({ params: own })),
    ...slices(tags, 100).map((own) => ({ tags: own })),
    ...slices(metrics, 1000).map((own) => ({ metrics: own })),
  ];
}

function slices<T>(list: readonly T[], size: number): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(list.length / size) }, (_, index) =>
    list.slice(index * size, (index + 1) * size),
  );
}
