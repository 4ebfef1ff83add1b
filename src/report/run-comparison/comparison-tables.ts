import type { JsonValue } from '../../base/json.ts';
import { groupBy } from '../../base/group-by.ts';
import type { VariantAxes } from '../../core/pipeline-spec.ts';
import { listed } from '../../diagnostics/nearest.ts';
import { changeText } from '../change-text.ts';
import { csvText } from '../csv.ts';
import { counted, formatFigure, formatSeconds, oneLine } from '../format.ts';
import type { Style } from '../style.ts';
import { renderTable } from '../table.ts';
import { fitText } from '../text-width.ts';
import type { LineChange } from './line-changes.ts';
import type { ComparedMetric, MetricOfRun } from './metrics.ts';
import type { ComparedEntry } from './params.ts';
import type { RunComparison } from './run-comparison.ts';
import type { ComparedStage, StageOfRun } from './stages.ts';

interface Layout {
  readonly style: Style;
  readonly width: number;
  /** Every number that differs, and not only those that people compare. */
  readonly all: boolean;
}

/** Runs side by side, what differed first, with a line break at the end. */
export async function renderRunComparison(comparison: RunComparison, layout: Layout): Promise<string> {
  const blocks = [
    await renderTable(runTable(comparison, layout.style), layout),
    await differences('parameters', comparison.params, layout),
    await differences('circumstances', comparison.circumstances, layout),
    ...comparison.definition.map((changes, index) => definitionBlock(changes, index, layout)),
    await stageBlock(comparison.stages, layout),
    await metricBlock(comparison.metrics, layout),
  ];
  return `${blocks.filter((block) => block !== '').join('\n\n')}\n`;
}

/** By what tables call a run: an id in each head would leave no room for anything else. */
function letter(index: number): string {
  return index < 26 ? String.fromCharCode(65 + index) : `R${index + 1}`;
}

function runTable({ runs }: RunComparison, style: Style) {
  const rows = runs.map(({ id, pipeline, status, seconds }, index) => [
    letter(index),
    style.name(id),
    pipeline,
    status,
    seconds === undefined ? '' : formatSeconds(seconds),
  ]);
  return { head: ['', 'run', 'pipeline', 'status', 'time'], rows, whole: [1] };
}

async function differences(title: string, entries: readonly ComparedEntry[], layout: Layout): Promise<string> {
  const differing = entries.filter(({ differs }) => differs);
  if (differing.length === 0) return '';
  const rows = differing.map(({ name, of }) => [name, ...of.map(({ value }) => entryText(value))]);
  return renderTable({ head: [title, ...letters(rows[0]?.length ?? 1)], rows }, layout);
}

/** @param columns with that of the names */
function letters(columns: number): readonly string[] {
  return Array.from({ length: columns - 1 }, (_, index) => letter(index));
}

function entryText(value: JsonValue | undefined): string {
  if (value === undefined) return '';
  return fitText(oneLine(typeof value === 'string' ? value : JSON.stringify(value)), MOST_CHARACTERS);
}

const MOST_CHARACTERS = 60;

function definitionBlock(changes: readonly LineChange[], index: number, { style, width }: Layout): string {
  if (changes.length === 0) return '';
  const lines = changes.slice(0, MOST_LINES).map(({ change, line, text }) => {
    const told = fitText(oneLine(`${change === 'added' ? '+' : '-'}${String(line).padStart(5)}  ${text}`), width);
    return change === 'added' ? style.good(told) : style.bad(told);
  });
  const more = changes.length > MOST_LINES ? [`and ${counted(changes.length - MOST_LINES, 'line')} more`] : [];
  return [style.heading(`definition, from A to ${letter(index)}`), ...lines, ...more].join('\n');
}

const MOST_LINES = 30;

async function stageBlock(stages: readonly ComparedStage[], layout: Layout): Promise<string> {
  const differing = stages.filter(({ differs }) => differs);
  const same = stages.length - differing.length;
  if (stages.length === 0) return '';
  if (differing.length === 0) return `the same results: all ${counted(same, 'stage')}, by their keys`;
  const shared = differing.filter(({ of }) => !of.includes(null));
  const shown = shared.slice(0, MOST_STAGES);
  const rows = shown.map(({ stage, of }) => [layout.style.name(stage), ...of.map(stageText), whyText(of)]);
  const head = ['other results', ...letters(rows[0]?.length ?? 2).slice(0, -1), 'what differs in its key'];
  const notes = [
    ...(shared.length > MOST_STAGES ? [`and ${counted(shared.length - MOST_STAGES, 'stage')} more`] : []),
    ...lonelyText(differing),
    ...(same === 0 ? [] : [`the same results: ${counted(same, 'stage')}`]),
  ];
  const tables = rows.length === 0 ? [] : [await renderTable({ head, rows }, layout)];
  return [...tables, ...notes.map((note) => layout.style.faint(note))].join('\n');
}

/** Stages that some runs have and others have not. */
function lonelyText(stages: readonly ComparedStage[]): readonly string[] {
  const lonely = stages.filter(({ of }) => of.includes(null));
  const holders = groupBy(lonely, ({ of }) =>
    of.flatMap((each, index) => (each === null ? [] : [letter(index)])).join(' and '),
  );
  return [...holders].map(
    ([runs, own]) =>
      `only in ${runs}: ${listed(
        own.map(({ stage }) => stage),
        4,
      )}`,
  );
}

const MOST_STAGES = 30;

function stageText(stage: StageOfRun | null): string {
  if (stage === null) return '';
  return stage.seconds === undefined ? stage.status : `${stage.status} ${formatSeconds(stage.seconds)}`;
}

/** Of the first run that has another key; of several, each that has one. */
function whyText(of: readonly (StageOfRun | null)[]): string {
  const told = of.flatMap((stage, index) => {
    const changes = (stage?.changes ?? []).map(changeText);
    if (changes.length === 0) return [];
    const some = changes.length > MOST_CHANGES ? [...changes.slice(0, MOST_CHANGES), 'and more'] : changes;
    return [`${of.length > 2 ? `${letter(index)}: ` : ''}${some.join('; ')}`];
  });
  return told.join('\n');
}

const MOST_CHANGES = 4;

async function metricBlock(metrics: readonly ComparedMetric[], layout: Layout): Promise<string> {
  const differing = metrics.filter(({ differs }) => differs);
  if (differing.length === 0) return metrics.length === 0 ? '' : `every number is the same: ${metrics.length} of them`;
  const main = layout.all ? differing : differing.filter(isMain);
  const shown = (main.length === 0 ? differing : main).slice(0, layout.all ? Infinity : MOST_NUMBERS);
  const runs = differing[0]?.of.length ?? 0;
  const others = letters(runs + 1).slice(1);
  const head = ['what', 'number', ...letters(runs + 1), ...others.map((each) => `${each} - A`)];
  const rows = shown.map(({ of, ...metric }, index) => [
    subject(metric) === subject(shown[index - 1]) ? '' : layout.style.name(subject(metric)),
    metric.path,
    ...of.map((each) => sampleText(metric.path, each)),
    ...of.slice(1).map((each) => changeFigure(metric.path, each)),
  ]);
  const right = head.flatMap((_, index) => (index < 2 ? [] : [index]));
  const hidden = differing.length - shown.length;
  const hasReplicates = shown.some(({ of }) => of.some((each) => each?.half !== undefined));
  const notes = [
    ...(hasReplicates
      ? ['means of replicates; ± is half of the 95% interval of the mean, of differences where they can be paired']
      : []),
    ...(hidden > 0 ? [`${counted(hidden, 'other number')} differ${hidden === 1 ? 's' : ''}: --all`] : []),
  ];
  const table = await renderTable({ head, rows, right }, layout);
  return [table, ...notes.map((note) => layout.style.faint(note))].join('\n');
}

const MOST_NUMBERS = 40;

/** What people compare, on data that was held back. */
function isMain({ path }: ComparedMetric): boolean {
  return /^((validation|test)\.)?(accuracy|agreement|gapRecovered|loss|crossEntropy|ece|brier|bytes)$/.test(path);
}

function subject(metric: Omit<ComparedMetric, 'of'> | undefined): string {
  if (metric === undefined) return '';
  const { stage, model, axes } = metric;
  return `${[stage, ...(model === undefined ? [] : [model])].join('.')}${axesText(axes)}`;
}

function axesText(axes: VariantAxes): string {
  const told = Object.entries(axes).map(([axis, value]) => `${axis}=${String(value)}`);
  return told.length === 0 ? '' : `@${told.join(',')}`;
}

function sampleText(path: string, sample: MetricOfRun | null): string {
  if (sample === null) return '';
  const mean = formatFigure(path, sample.mean);
  return sample.half === undefined || sample.half === 0 ? mean : `${mean} ± ${reach(path, sample.half)}`;
}

function changeFigure(path: string, sample: MetricOfRun | null): string {
  const change = sample?.change;
  if (change === undefined) return '';
  const value = change.value === 0 ? 'same' : signed(path, change.value);
  return change.half === undefined || change.half === 0 ? value : `${value} ± ${reach(path, change.half)}`;
}

/** A difference of shares is in points, not in per cent of them. */
function signed(path: string, value: number): string {
  const text = formatFigure(path, value).replace(/%$/, '');
  return value > 0 ? `+${text}` : text;
}

function reach(path: string, half: number): string {
  return formatFigure(path, half).replace(/%$/, '');
}

/** Everything, a line each, with the runs' ids as heads and numbers in full. */
export function runComparisonCsv({ runs, params, circumstances, metrics }: RunComparison): string {
  const entries = (kind: string, list: readonly ComparedEntry[]) =>
    list.map(({ name, of }) => [kind, name, ...of.map(({ value }) => value)]);
  return csvText(
    ['kind', 'name', ...runs.map(({ id }) => id)],
    [
      ...entries('parameter', params),
      ...entries('circumstance', circumstances),
      ...metrics.map(({ of, ...metric }) => [
        'number',
        `${subject(metric)}.${metric.path}`,
        ...of.map((each) => each?.mean),
      ]),
    ],
  );
}
