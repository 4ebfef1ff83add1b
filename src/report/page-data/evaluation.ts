import { isJsonObject, type JsonObject } from '../../base/json.ts';
import type { VariantAxes } from '../../core/pipeline-spec.ts';
import type { Answers } from './answers.ts';
import { reliabilityOf, type ReliabilityBin } from './reliability.ts';
import { rankOf, roleOf, type Role } from './roles.ts';

/** What a page shows of an evaluation: its models, teacher first. Plain JSON. */
export interface PageEvaluation {
  readonly stage: string;
  /** Where it was one of several. */
  readonly axes: VariantAxes;
  /** Absent in artifacts of older versions, as everything that is made from logits. */
  readonly classes?: number;
  /** What models were measured on: test first. */
  readonly splits: readonly string[];
  readonly models: readonly PageModel[];
}

export interface PageModel {
  /** Its slot: `student@temperature=4`. */
  readonly name: string;
  readonly role: Role;
  readonly parameters: number;
  /** Of its weights. */
  readonly bytes: number;
  /** By split. */
  readonly splits: Readonly<Record<string, PageFigures>>;
}

export interface PageFigures {
  readonly count: number;
  /** By name, as docs/scorecard.md has them: accuracy, loss, ece, … */
  readonly figures: Readonly<Record<string, number | null>>;
  /** confusion[label][predicted] */
  readonly confusion: readonly (readonly number[])[];
  readonly reliability?: readonly ReliabilityBin[];
}

export interface EvaluationSource {
  readonly stage: string;
  readonly axes: VariantAxes;
  /** evaluation.json */
  readonly json: JsonObject;
  /** By split, where there are logits and labels. */
  readonly answers: ReadonlyMap<string, Answers>;
}

const splitOrder = ['test', 'validation', 'train'];

export function pageEvaluation({ stage, axes, json, answers }: EvaluationSource): PageEvaluation {
  const models = objectsIn(json['models']).map(([name, model]): PageModel => {
    const splits = objectsIn(model['splits']).map(([split, figures]) => {
      return [split, pageFigures(figures, name, answers.get(split))] as const;
    });
    const { parameters, bytes } = model;
    return {
      ...{ name, role: roleOf(name), parameters: numberOr(parameters, 0), bytes: numberOr(bytes, 0) },
      splits: Object.fromEntries(splits),
    };
  });
  models.sort((a, b) => rankOf(a.role) - rankOf(b.role));
  const measured = new Set(models.flatMap(({ splits }) => Object.keys(splits)));
  const { classes } = json;
  return {
    ...{ stage, axes, models, splits: splitOrder.filter((split) => measured.has(split)) },
    ...(typeof classes === 'number' ? { classes } : {}),
  };
}

function pageFigures(json: JsonObject, model: string, answers: Answers | undefined): PageFigures {
  const figures = Object.entries(json).filter((entry): entry is [string, number | null] => {
    return entry[0] !== 'count' && (typeof entry[1] === 'number' || entry[1] === null);
  });
  const { count, confusion } = json;
  const logits = answers?.logits.get(model);
  return {
    count: numberOr(count, 0),
    figures: Object.fromEntries(figures),
    confusion: Array.isArray(confusion) ? (confusion as readonly (readonly number[])[]) : [],
    ...(answers === undefined || logits === undefined ? {} : { reliability: reliabilityOf(logits, answers) }),
  };
}

function objectsIn(value: unknown): (readonly [string, JsonObject])[] {
  if (!isJsonObject(value)) return [];
  return Object.entries(value).flatMap(([name, each]) => (isJsonObject(each) ? [[name, each] as const] : []));
}

function numberOr(value: unknown, other: number): number {
  return typeof value === 'number' ? value : other;
}
