import type { JsonValue } from '../../../base/json.ts';
import type { RecordedStatus, RunRecord, StageRun } from '../../../records/run-record.ts';
import { formatFigure, formatSeconds } from '../../format.ts';
import { headline } from '../../metrics-text.ts';
import { modelRows } from '../../page-data/models.ts';
import type { Sample } from '../../variants/folded.ts';
import { code, codeBlock, details, markdownTable } from './cells.ts';
import { missingModels, modelsTable } from './models.ts';

export interface SummaryOptions {
  /** What it is compared with: the run of the branch that a pull request goes into. */
  readonly base?: RunRecord;
  /** Of the 95% interval of a mean. */
  readonly half: (sample: Sample) => number;
}

/** A run as GitHub-flavoured Markdown: how it ended, what its models reached, what is other than in the base run; the rest folded up. */
export function markdownSummary(record: RunRecord, { base, half }: SummaryOptions): string {
  const rows = modelRows(record, half);
  const earlier = base && modelRows(base, half);
  const gone = earlier === undefined ? [] : missingModels(rows, earlier);
  const blocks = [
    title(record),
    facts(record),
    ...failures(record.stages),
    gates(record, base),
    modelsTable(rows, earlier),
    base && `Beside run ${code(base.id)}${ofCommit(base)}. ${caution}`,
    gone.length === 0 ? undefined : `Only there: ${gone.map(code).join(', ')}`,
    base && changedParams(record, base),
    base && changedStages(record, base),
    ...record.warnings.map(({ stage, message }) => `Warning: ${code(stage ? `${stage}: ${message}` : message)}`),
    details('Stages', stagesTable(record.stages)),
    details('Pipeline', pipelineText(record)),
  ];
  return `${blocks.filter((block) => block !== undefined).join('\n\n')}\n`;
}

const caution = 'A difference between single runs is not yet a gain: seeds differ by as much.';

function title({ definition, status, seconds }: RunRecord): string {
  const time = seconds === undefined ? '' : ` in ${formatSeconds(seconds)}`;
  return `### ${code(definition.name)}: ${verdicts[status]}${time}`;
}

const verdicts: Readonly<Record<RecordedStatus, string>> = {
  succeeded: 'succeeded',
  failed: 'failed',
  'gate-missed': 'a gate was missed',
  cancelled: 'cancelled',
  running: 'running',
  interrupted: 'interrupted',
};

/** `Run x · 2 stages ran, 4 reused · wasm · commit 1a2b3c4` */
function facts(record: RunRecord): string {
  const count = (...states: readonly StageRun['status'][]): number => {
    return record.stages.filter(({ status }) => states.includes(status)).length;
  };
  const [failed, others] = [count('failed'), count('skipped', 'cancelled', 'pending', 'running')];
  const stages = [
    `${count('ran')} ran`,
    `${count('reused')} reused`,
    ...(failed > 0 ? [`${failed} failed`] : []),
    ...(others > 0 ? [`${others} not run`] : []),
  ];
  return `Run ${code(record.id)} · stages: ${stages.join(', ')} · ${code(record.definition.backend)}${ofCommit(record)}`;
}

function ofCommit({ facts: { git } }: RunRecord): string {
  if (git === undefined) return '';
  return ` · commit ${code(git.commit.slice(0, 10))}${git.dirty ? ', with changes' : ''}`;
}

function failures(stages: readonly StageRun[]): readonly string[] {
  const failed = stages.filter(({ status, problem }) => status === 'failed' && problem !== undefined);
  return failed.slice(0, mostFailures).map(({ id, problem }) => {
    const lines = [
      `- ${code(id)} failed: ${code(problem?.message ?? '')}`,
      problem?.where === undefined ? '' : `  at ${code(problem.where)}`,
      problem?.hint === undefined ? '' : `  ${code(problem.hint)}`,
    ];
    return lines.filter((line) => line !== '').join('\n');
  });
}

const mostFailures = 10;

function gates({ gates: checked }: RunRecord, base: RunRecord | undefined): string | undefined {
  if (checked.length === 0) return undefined;
  const text = (metric: string, value: number | null): string => {
    return value === null ? 'no value' : formatFigure(metric, value);
  };
  const before = new Map(base?.gates.map(({ metric, value }) => [metric, text(metric, value)]));
  const rows = checked.map(({ metric, bound, value, passed }) => [
    ...[code(`${metric} ${bound}`), text(metric, value), passed ? 'passed' : '**missed**'],
    ...(base === undefined ? [] : [before.get(metric) ?? '']),
  ]);
  return markdownTable({
    head: ['gate', 'value', 'result', ...(base === undefined ? [] : ['base'])],
    rows,
    right: [1],
  });
}

function changedParams(record: RunRecord, base: RunRecord): string | undefined {
  const [here, there] = [record.definition.params, base.definition.params];
  const names = [...new Set([...Object.keys(there), ...Object.keys(here)])];
  const rows = names
    .map((name) => [name, valueText(there[name]), valueText(here[name])] as const)
    .filter(([, before, now]) => before !== now)
    .map((row) => row.map(code));
  return rows.length === 0 ? undefined : markdownTable({ head: ['parameter', 'base', 'here'], rows });
}

function valueText(value: JsonValue | undefined): string {
  if (value === undefined) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** By their keys, which hold everything that determines a result. */
function changedStages(record: RunRecord, base: RunRecord): string {
  const keys = new Map(base.stages.map(({ id, key }) => [id, key]));
  const changed = record.stages.filter(({ id, key }) => key === undefined || keys.get(id) !== key).map(({ id }) => id);
  if (changed.length === 0)
    return 'Every stage has the same key as there: nothing that determines results has changed.';
  const shown = changed.slice(0, mostChanged).map(code);
  const more = changed.length > mostChanged ? `, and ${changed.length - mostChanged} more` : '';
  return `Other keys than there: ${shown.join(', ')}${more}. The same: ${record.stages.length - changed.length}.`;
}

const mostChanged = 20;

function stagesTable(stages: readonly StageRun[]): string {
  const rows = stages.map((stage) => {
    const isEvaluation = stage.artifact?.kind === 'evaluation';
    const told = isEvaluation ? '' : code(headline(stage.metrics ?? {}));
    return [code(stage.id), stage.status, timeText(stage), code(stage.because ?? ''), told];
  });
  return markdownTable({ head: ['stage', 'result', 'time', 'why', 'metrics'], rows, right: [2] });
}

function timeText({ seconds, secondsSaved }: StageRun): string {
  if (seconds !== undefined) return formatSeconds(seconds);
  return secondsSaved === undefined ? '' : `saved ${formatSeconds(secondsSaved)}`;
}

/** A definition that would fill a comment is told in part. */
const mostText = 20_000;

function pipelineText({ definition: { file, text, overrides } }: RunRecord): string {
  const told = text.length > mostText ? `${text.slice(0, mostText)}\n# … and so on` : text;
  const typed = overrides.length === 0 ? '' : `, with ${overrides.map(code).join(' ')}`;
  return `${code(file)}${typed}\n\n${codeBlock(told, 'yaml')}`;
}
