import { writtenId } from '../../core/pipeline-spec.ts';
import type { StageRun } from '../../records/run-record.ts';
import { NO_STAGES, summaryOf } from '../../records/run-state.ts';
import { numberMetrics } from '../metrics-text.ts';
import type { ExportedRun } from './exported-run.ts';
import { axesName } from './variant-axes.ts';

interface Family {
  /** Without the prefix. */
  readonly name: string;
  readonly help: string;
  readonly samples: readonly Sample[];
}

type Labels = Readonly<Record<string, string>>;
type Sample = readonly [labels: Labels, value: number];

/**
 * A run in Prometheus' text format 0.0.4: gauges, without times of samples, as the node exporter's textfile collector wants it. The run's id
 * stands in one family alone, so that the others go on from run to run.
 */
export function prometheusText(run: ExportedRun): string {
  return families(run)
    .filter(({ samples }) => samples.length > 0)
    .flatMap(({ name, help, samples }) => [
      `# HELP ${PREFIX}${name} ${help}`,
      `# TYPE ${PREFIX}${name} gauge`,
      ...samples.map(([labels, value]) => `${PREFIX}${name}{${labelsText(labels)}} ${valueText(value)}`),
      '',
    ])
    .slice(0, -1)
    .map((line) => `${line}\n`)
    .join('');
}

const PREFIX = 'distill_pipeline_';

function families({ record, started, ended }: ExportedRun): readonly Family[] {
  const { id, definition, facts, status, stages, gates } = record;
  const own = { pipeline: definition.name };
  const { commit } = facts.git ?? {};
  const info = { ...own, run: id, status, backend: definition.backend, ...(commit === undefined ? {} : { commit }) };
  const { counts } = summaryOf(record);
  const isOver = status !== 'running';
  return [
    {
      name: 'run_info',
      help: 'The run that the other samples of this pipeline are of; always 1.',
      samples: [[info, 1]],
    },
    {
      name: 'run_succeeded',
      help: 'Whether every stage ended well and every gate was passed.',
      samples: isOver ? [[own, Number(status === 'succeeded')]] : [],
    },
    {
      name: 'run_start_timestamp_seconds',
      help: 'When the run began, in seconds since 1970.',
      samples: [[own, started / 1000]],
    },
    {
      name: 'run_duration_seconds',
      help: 'How long the run took; of one under way, until the last that was told of it.',
      samples: [[own, record.seconds ?? (ended - started) / 1000]],
    },
    {
      name: 'run_stages',
      help: 'Stages of the run by how they ended.',
      samples: Object.keys(NO_STAGES).map((each) => [{ ...own, status: each }, counts[each as StageRun['status']]]),
    },
    {
      name: 'stage_duration_seconds',
      help: 'How long a stage took that ran in this run.',
      samples: stages.flatMap((stage) => (stage.seconds === undefined ? [] : [[labelsOf(stage, own), stage.seconds]])),
    },
    {
      name: 'stage_metric',
      help: 'A number that a stage told, by its path; of a reused stage too.',
      samples: stages.flatMap((stage) =>
        numberMetrics(stage.metrics ?? {}).map(({ path, value }): Sample => {
          return [{ ...labelsOf(stage, own), metric: path }, value];
        }),
      ),
    },
    {
      name: 'gate_passed',
      help: 'Whether a gate of the pipeline was passed.',
      samples: gates.map(({ metric, bound, passed }) => [{ ...own, metric, bound }, Number(passed)]),
    },
  ];
}

function labelsOf(stage: StageRun, own: Labels): Labels {
  const variant = stage.variant === undefined ? {} : { variant: axesName(stage.variant.axes) };
  return { ...own, stage: writtenId(stage), ...variant };
}

function labelsText(labels: Labels): string {
  return Object.entries(labels)
    .map(([name, value]) => `${name}="${escaped(value)}"`)
    .join(',');
}

function escaped(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}

function valueText(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (Number.isFinite(value)) return String(value);
  return value > 0 ? '+Inf' : '-Inf';
}
