/** Models of a run by accuracy, bytes and, where it was measured, time; and which of them no other beats. */
import { isJsonObject, type JsonValue } from '../base/json.ts';
import { groupBy } from '../base/group-by.ts';
import { formatFigure } from './format.ts';
import { millisecondsText } from './latency-text.ts';
import type { Metrics } from './metrics-text.ts';
import type { TableContent } from './table.ts';

interface MeasuredStage {
  readonly id: string;
  /** Of its artifact. */
  readonly kind: string | undefined;
  readonly metrics: Metrics;
}

interface SizedModel {
  /** With its axes, but for the replicate. */
  readonly name: string;
  /** As measurements of time call it: `evaluate@width=16.student`. */
  readonly called: string;
  /** Of its weights. */
  readonly bytes: number;
  /** On validation images: sizes are chosen by it, and test images are not for choosing. */
  readonly accuracy: number;
}

/** How long a model took, somewhere. */
interface MeasuredTime {
  readonly called: readonly string[];
  readonly backend: string;
  readonly host: { readonly name: string };
  readonly batch: number;
  readonly milliseconds: number;
}

/** A row: replicates of a model are one with their means, since the best of several seeds would only look like a better model. */
export interface FrontierModel {
  readonly name: string;
  readonly accuracy: number;
  readonly count: number;
  /** `bytes`, and by the name of where and how it was measured, milliseconds for an image. */
  readonly costs: Readonly<Record<string, number>>;
  /** Those costs by which no other model is as cheap and as accurate, and better in one. */
  readonly best: readonly string[];
}

export interface Frontier {
  readonly models: readonly FrontierModel[];
  /** `bytes`, and those of times, which not every model has. */
  readonly costs: readonly string[];
}

export const BYTES = 'bytes';

/** @returns undefined where no two models differ in what they cost */
export function runFrontier(
  stages: readonly MeasuredStage[],
  times: readonly MeasuredTime[] = [],
): Frontier | undefined {
  const measured = onceEach(stages.flatMap(modelsOf));
  const timed = timesOf(measured, times);
  const groups = [...groupBy(measured, ({ name, bytes }) => `${name} ${bytes}`).values()];
  const models = groups.map((same): Omit<FrontierModel, 'best'> => ({
    name: same[0]?.name ?? '',
    accuracy: mean(same.map(({ accuracy }) => accuracy)),
    count: same.length,
    costs: {
      [BYTES]: same[0]?.bytes ?? 0,
      ...meanTimes(same.map(({ called }) => timed.get(called) ?? {})),
    },
  }));
  const costs = [
    BYTES,
    ...new Set(models.flatMap((model) => Object.keys(model.costs)).filter((name) => name !== BYTES)),
  ];
  const differ = costs.some((cost) => new Set(models.flatMap((model) => model.costs[cost] ?? [])).size > 1);
  if (!differ) return undefined;
  const sorted = models.sort((a, b) => (a.costs[BYTES] ?? 0) - (b.costs[BYTES] ?? 0) || b.accuracy - a.accuracy);
  return {
    costs,
    models: sorted.map((model) => {
      const best = costs.filter((cost) => cost in model.costs && !models.some((other) => beats(other, model, cost)));
      return { ...model, best };
    }),
  };
}

/** @param marks a letter for each model, by which a chart names it */
export function frontierTable({ models, costs }: Frontier, marks: readonly string[] = []): TableContent {
  const rows = models.map((model, index) => [
    [...marks.slice(index, index + 1), model.name].join(' '),
    ...costs.map((cost) => (model.costs[cost] === undefined ? '' : formatCost(cost, model.costs[cost]))),
    formatFigure('accuracy', model.accuracy),
    String(model.count),
    costs.length === 1 ? model.best.map(() => '*').join('') : model.best.map(shortCost).join(', '),
  ]);
  const head = ['model', ...costs, 'validation accuracy', 'measured', 'frontier'];
  return { head, rows, right: [...costs.keys(), costs.length, costs.length + 1].map((column) => column + 1) };
}

/** `ms an image (wasm)` is `time (wasm)`. */
function shortCost(cost: string): string {
  return cost === BYTES ? cost : `time ${cost.slice(cost.indexOf('('))}`;
}

export function formatCost(cost: string, value: number): string {
  return cost === BYTES ? formatFigure(BYTES, value) : millisecondsText(value);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Of each model, by how it is called: milliseconds for an image, in the smallest batch that was measured there. */
function timesOf(
  models: readonly SizedModel[],
  times: readonly MeasuredTime[],
): ReadonlyMap<string, Readonly<Record<string, number>>> {
  const known = new Set(models.map(({ called }) => called));
  const own = times.filter((time) => time.called.some((name) => known.has(name)));
  const hosts = new Set(own.map(({ host }) => host.name)).size;
  const found = new Map<string, Record<string, number>>();
  for (const same of groupBy(own, ({ backend, host }) => JSON.stringify([backend, host.name])).values()) {
    const batch = Math.min(...same.map((time) => time.batch));
    for (const { called, backend, host, milliseconds } of same.filter((time) => time.batch === batch)) {
      const where = hosts > 1 ? `${backend} on ${host.name}` : backend;
      const cost = `ms an image${batch === 1 ? '' : ` of ${batch}`} (${where})`;
      for (const name of called) found.set(name, { ...found.get(name), [cost]: milliseconds / batch });
    }
  }
  return found;
}

/** Of replicates those that were measured. */
function meanTimes(times: readonly Readonly<Record<string, number>>[]): Readonly<Record<string, number>> {
  const costs = [...new Set(times.flatMap((each) => Object.keys(each)))];
  return Object.fromEntries(costs.map((cost) => [cost, mean(times.flatMap((each) => each[cost] ?? []))]));
}

/** A teacher that each variant is compared with is one model. */
function onceEach(models: readonly SizedModel[]): readonly SizedModel[] {
  const byName = groupBy(models, ({ name }) => bareName(name));
  return [...byName].flatMap(([name, same]) => {
    const [first] = same;
    const one = same.every(({ bytes, accuracy }) => bytes === first?.bytes && accuracy === first.accuracy);
    return one && first !== undefined ? [{ ...first, name }] : same;
  });
}

function bareName(name: string): string {
  return name.split('@')[0] ?? name;
}

type Costed = Pick<FrontierModel, 'accuracy' | 'costs'>;

function beats(other: Costed, model: Costed, cost: string): boolean {
  const [its, own] = [other.costs[cost], model.costs[cost]];
  if (its === undefined || own === undefined) return false;
  return its <= own && other.accuracy >= model.accuracy && (its < own || other.accuracy > model.accuracy);
}

/** Those of an evaluation by their names, and the one of an export by its stage's. */
function modelsOf({ id, kind, metrics }: MeasuredStage): readonly SizedModel[] {
  if (kind === 'layers-model') return sized({ name: withoutReplicate(id), called: id }, metrics);
  if (kind !== 'evaluation') return [];
  const [, axes = ''] = id.split(/@(.*)/s);
  return Object.entries(metrics).flatMap(([name, figures]) =>
    sized({ name: withoutReplicate(withAxes(name, axes)), called: `${id}.${name}` }, figures),
  );
}

function sized(names: Pick<SizedModel, 'name' | 'called'>, figures: JsonValue | Metrics): readonly SizedModel[] {
  if (!isJsonObject(figures)) return [];
  const { bytes, validation } = figures;
  const accuracy = isJsonObject(validation) ? validation['accuracy'] : undefined;
  return typeof bytes === 'number' && typeof accuracy === 'number' ? [{ ...names, bytes, accuracy }] : [];
}

/** A model that was gathered has axes of its own: `student@temperature=4`. */
function withAxes(name: string, axes: string): string {
  if (axes === '') return name;
  return `${name}${name.includes('@') ? ',' : '@'}${axes}`;
}

function withoutReplicate(name: string): string {
  const [stage = '', axes = ''] = name.split(/@(.*)/s);
  const kept = axes.split(',').filter((axis) => axis !== '' && !axis.startsWith('replicate='));
  return kept.length === 0 ? stage : `${stage}@${kept.join(',')}`;
}
