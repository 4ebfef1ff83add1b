import { sha256 } from '../../base/hash.ts';
import type { JsonObject } from '../../base/json.ts';
import type { RecordedStatus } from '../../records/run-record.ts';
import { numberMetrics } from '../metrics-text.ts';
import type { ExportedRun, ExportedStage } from './exported-run.ts';
import { scalarsOf, type JsonScalar } from './scalars.ts';

/**
 * A run as a trace, in OTLP/JSON: an ExportTraceServiceRequest. The run is the root span; below it is a span for each time that a stage
 * was worked at, with an event for each epoch. What was reused took no time, and is an event of the root.
 */
export function otlpTrace(run: ExportedRun): JsonObject {
  const { record, stages } = run;
  const { facts, definition } = record;
  const resource = {
    ...{ 'service.name': 'distill-pipeline', 'service.version': facts.versions['distill-pipeline'] ?? '' },
    ...{ 'service.instance.id': record.id, 'host.name': facts.host.name, 'host.arch': facts.host.arch },
    ...{ 'os.type': facts.host.platform, 'process.runtime.name': 'nodejs' },
    'process.runtime.version': facts.versions['node'] ?? '',
    ...(facts.git === undefined ? {} : { 'vcs.ref.head.revision': facts.git.commit }),
  };
  const trace = idOf(record.id, 32);
  const root = idOf(`${record.id} run`, 16);
  const rootSpan = {
    ...{ traceId: trace, spanId: root, name: definition.name, kind: INTERNAL },
    ...times(run.started, run.ended),
    attributes: attributes({
      ...{ 'pipeline.run.id': record.id, 'pipeline.run.status': record.status, 'pipeline.file': definition.file },
      'pipeline.backend': definition.backend,
      ...prefixed('pipeline.param.', scalarsOf(definition.params)),
    }),
    events: stages
      .filter(({ stage }) => stage.status === 'reused')
      .map(({ stage }) => ({
        ...{ timeUnixNano: nanoseconds(run.started), name: 'stage reused' },
        attributes: attributes({
          'pipeline.stage.id': stage.id,
          'pipeline.stage.seconds_saved': stage.secondsSaved ?? 0,
        }),
      })),
    status: runStatus(record.status),
  };
  const spans = [rootSpan, ...stages.flatMap((stage) => stageSpans(stage, { trace, root, run: record.id }))];
  const scope = { name: 'distill-pipeline', version: facts.versions['distill-pipeline'] ?? '' };
  return { resourceSpans: [{ resource: { attributes: attributes(resource) }, scopeSpans: [{ scope, spans }] }] };
}

const INTERNAL = 1;
const OK = 1;
const ERROR = 2;

function stageSpans(
  { stage, epochs, attempts }: ExportedStage,
  { trace, root, run }: { readonly trace: string; readonly root: string; readonly run: string },
): readonly JsonObject[] {
  return attempts.map(({ started, ended, failure }, index) => {
    const own = epochs.filter(({ time }) => time >= started && time <= ended);
    const isLast = index === attempts.length - 1;
    const isDone = isLast && stage.status === 'ran';
    return {
      ...{ traceId: trace, spanId: idOf(`${run} ${stage.id} ${index}`, 16), parentSpanId: root },
      ...{ name: stage.id, kind: INTERNAL, ...times(started, ended) },
      attributes: attributes({
        ...{ 'pipeline.stage.id': stage.id, 'pipeline.stage.type': stage.type, 'pipeline.stage.attempt': index + 1 },
        ...(stage.key === undefined ? {} : { 'pipeline.stage.key': stage.key }),
        ...(stage.because === undefined ? {} : { 'pipeline.stage.because': stage.because }),
        ...prefixed('pipeline.axis.', stage.variant?.axes ?? {}),
        ...(isDone ? prefixed('pipeline.metric.', metricsOf(stage)) : {}),
      }),
      events: own.map(({ epoch, time, figures }) => ({
        ...{ timeUnixNano: nanoseconds(time), name: 'epoch' },
        attributes: attributes({ epoch, ...figures }),
      })),
      status: failure === undefined ? (isDone ? { code: OK } : {}) : { code: ERROR, message: failure },
    };
  });
}

function metricsOf({ metrics = {} }: ExportedStage['stage']): Readonly<Record<string, number>> {
  return Object.fromEntries(numberMetrics(metrics).map(({ path, value }) => [path, value]));
}

function runStatus(status: RecordedStatus): JsonObject {
  if (status === 'succeeded') return { code: OK };
  return status === 'running' ? {} : { code: ERROR, message: status };
}

function times(started: number, ended: number): JsonObject {
  return { startTimeUnixNano: nanoseconds(started), endTimeUnixNano: nanoseconds(Math.max(started, ended)) };
}

/** 64-bit numbers are texts in it. */
function nanoseconds(time: number): string {
  return `${Math.round(time)}000000`;
}

/** In hexadecimal digits, unlike bytes elsewhere in JSON of protobuf. The same each time, so that a trace is found again. */
function idOf(text: string, digits: number): string {
  return sha256(text).slice(0, digits);
}

function prefixed(prefix: string, values: Readonly<Record<string, JsonScalar>>): Record<string, JsonScalar> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [prefix + name, value]));
}

function attributes(values: Readonly<Record<string, JsonScalar>>): readonly JsonObject[] {
  return Object.entries(values).map(([key, value]) => ({ key, value: anyValue(value) }));
}

/** A number is always one with a fraction, or what is compared would be of two types. */
function anyValue(value: JsonScalar): JsonObject {
  if (typeof value === 'string') return { stringValue: value };
  return typeof value === 'boolean' ? { boolValue: value } : { doubleValue: value };
}
