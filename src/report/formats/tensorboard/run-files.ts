import type { VariantAxes } from '../../../core/pipeline-spec.ts';
import { writtenId } from '../../../core/pipeline-spec.ts';
import type { RecordedStatus, StageRun } from '../../../records/run-record.ts';
import { numberMetrics } from '../../metrics-text.ts';
import type { ExportedRun, ExportedStage } from '../exported-run.ts';
import { scalarsOf } from '../scalars.ts';
import { axesName } from '../variant-axes.ts';
import { eventMessage, versionMessage, type SummaryEvent, type SummaryValue } from './event.ts';
import { recordFile } from './record-file.ts';

export interface EventFile {
  /** Relative to the folder that TensorBoard is given. */
  readonly path: string;
  readonly bytes: Uint8Array;
}

/**
 * A run as event files, one a stage, in `<run>/<stage>`, or `<run>/<axes>/<stage>` where a stage has variants. All trainings have the same
 * tags, so that TensorBoard draws them into one chart; and each combination of axes is a row of its page on hyperparameters.
 */
export function tensorboardFiles(run: ExportedRun): readonly EventFile[] {
  const { id } = run.record;
  const ofStages = run.stages.flatMap((stage) => {
    const events = stageEvents(stage, run);
    return events.length === 0 ? [] : [file(run, `${id}/${stageFolder(stage.stage)}`, events)];
  });
  return [file(run, id, [definitionEvent(run), ...rootSession(run)]), ...ofStages, ...variantSessions(run)];
}

/** The same name each time, so that who exports a run again replaces what was there. */
function file({ record, started }: ExportedRun, folder: string, events: readonly SummaryEvent[]): EventFile {
  const name = `events.out.tfevents.${Math.floor(started / 1000)}.${record.id}`;
  return { path: `${folder}/${name}`, bytes: recordFile([versionMessage(started), ...events.map(eventMessage)]) };
}

function stageFolder(stage: StageRun): string {
  const { variant } = stage;
  return variant === undefined ? stage.id : `${axesFolder(variant.axes)}/${writtenId(stage)}`;
}

function axesFolder(axes: VariantAxes): string {
  return axesName(axes).replaceAll('/', '_');
}

/** Epochs are steps; what is known at the end stands at step 0 of its own tags. */
function stageEvents({ stage, epochs, attempts }: ExportedStage, run: ExportedRun): readonly SummaryEvent[] {
  const trained = epochs.map(({ epoch, time, figures }): SummaryEvent => {
    const values = Object.entries(figures).map(([name, number]) => ({ tag: `epoch/${name}`, number }));
    return { time, step: epoch, values };
  });
  const values = numberMetrics(stage.metrics ?? {}).map(({ path, value }) => ({
    ...{ tag: `metrics/${path}`, number: value },
  }));
  const time = epochs.at(-1)?.time ?? attempts.at(-1)?.ended ?? run.started;
  return values.length === 0 ? trained : [...trained, { time, step: 0, values }];
}

function definitionEvent({ record, started }: ExportedRun): SummaryEvent {
  // An indented block ends at no fence that the text itself may hold.
  const text = record.definition.text.replace(/^/gm, '    ');
  return { time: started, step: 0, values: [{ tag: 'pipeline', text }] };
}

/** Where nothing varies, the whole run is one row. */
function rootSession(run: ExportedRun): readonly SummaryEvent[] {
  const hasVariants = run.stages.some(({ stage }) => stage.variant !== undefined);
  return hasVariants ? [] : sessionEvents(run, run.record.id, {});
}

function variantSessions(run: ExportedRun): readonly EventFile[] {
  const variants = run.stages.flatMap(({ stage }) => stage.variant ?? []);
  const combinations = new Map(variants.map(({ axes }) => [axesFolder(axes), axes]));
  return [...combinations].map(([folder, axes]) => {
    const name = `${run.record.id}/${folder}`;
    return file(run, name, sessionEvents(run, name, axes));
  });
}

/** TensorBoard finds the metrics of a session in the folders below it. */
function sessionEvents({ record, started, ended }: ExportedRun, name: string, axes: VariantAxes): SummaryEvent[] {
  const hyperparameters = { ...scalarsOf(record.definition.params), ...axes };
  const event = (time: number, value: SummaryValue): SummaryEvent => ({ time, step: 0, values: [value] });
  return [
    event(started, { sessionStart: { name, time: started, hyperparameters } }),
    event(ended, { sessionEnd: { time: ended, status: statusOf(record.status) } }),
  ];
}

function statusOf(status: RecordedStatus): 'success' | 'failure' | 'running' {
  if (status === 'running') return 'running';
  return status === 'succeeded' ? 'success' : 'failure';
}
