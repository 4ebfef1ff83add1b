/** What several runs differ in, and what came of it. Pure. */
import { canonicalJson } from '../../../../base/canonical-json.ts';
import type { JsonValue } from '../../../../base/json.ts';
import type { ModelRow } from '../../../page-data/models.ts';
import { rankOf } from '../../../page-data/roles.ts';
import type { RunPage } from '../../../page-data/run-page.ts';

/** A thing that runs have, each its own. */
export interface ComparedFact {
  readonly name: string;
  /** As text, in the order of the runs; empty where one has none. */
  readonly values: readonly string[];
  readonly differs: boolean;
}

/** Parameters, code and versions: what differs first. */
export function comparedFacts(pages: readonly RunPage[]): readonly ComparedFact[] {
  const each = pages.map(({ pipeline, provenance: { params, backend, git, versions, definition } }) => {
    const facts: [string, string][] = [
      ['pipeline', pipeline],
      ...Object.entries(params).map(([name, value]): [string, string] => [`parameter ${name}`, textOf(value)]),
      ['backend', backend],
      ...(git === undefined
        ? []
        : [['git', `${git.commit.slice(0, 10)}${git.dirty ? ', changed' : ''}`] as [string, string]]),
      ...Object.entries(versions).map(([name, version]): [string, string] => [name, version]),
    ];
    return { facts: new Map(facts), definition };
  });
  const names = [...new Set(each.flatMap(({ facts }) => [...facts.keys()]))];
  const facts = names.map((name) =>
    fact(
      name,
      each.map(({ facts: own }) => own.get(name) ?? ''),
    ),
  );
  const texts = [...new Set(each.map(({ definition }) => definition))];
  const definitions = fact(
    'definition',
    each.map(({ definition }) => `text ${texts.indexOf(definition) + 1}`),
  );
  return [...facts, definitions].sort((a, b) => Number(b.differs) - Number(a.differs));
}

function fact(name: string, values: readonly string[]): ComparedFact {
  return { name, values, differs: new Set(values).size > 1 };
}

/** A model that one of the runs or more have measured. */
export interface ComparedModel {
  /** `student, temperature 4` */
  readonly name: string;
  /** In the order of the runs. */
  readonly rows: readonly (ModelRow | undefined)[];
}

export function comparedModels(pages: readonly RunPage[]): readonly ComparedModel[] {
  const named = pages.map(({ models }) => new Map(models.map((row) => [modelName(row), row])));
  const all = new Map(named.flatMap((own) => [...own]));
  const sorted = [...all].sort(([, a], [, b]) => rankOf(a.role) - rankOf(b.role) || byAxes(a, b));
  return sorted.map(([name]) => ({ name, rows: named.map((own) => own.get(name)) }));
}

function byAxes(a: ModelRow, b: ModelRow): number {
  for (const [axis, value] of Object.entries(a.axes)) {
    const other = b.axes[axis];
    if (other === undefined || other === value) continue;
    return typeof value === 'number' && typeof other === 'number'
      ? value - other
      : String(value) < String(other)
        ? -1
        : 1;
  }
  return Object.keys(a.axes).length - Object.keys(b.axes).length;
}

export function modelName({ model, axes }: Pick<ModelRow, 'model' | 'axes'>): string {
  return [model, ...Object.entries(axes).map(([axis, value]) => `${axis} ${String(value)}`)].join(', ');
}

/** Figures that can be chosen: those that say most first. */
export function figuresOf(pages: readonly Pick<RunPage, 'models'>[]): readonly string[] {
  const all = new Set(pages.flatMap(({ models }) => models.flatMap(({ figures }) => Object.keys(figures))));
  const first = FIRST.filter((name) => all.has(name));
  return [...first, ...[...all].filter((name) => !FIRST.includes(name)).sort()];
}

const FIRST = [
  'validation.accuracy',
  'test.accuracy',
  'validation.agreement',
  'test.agreement',
  'test.gapRecovered',
  'validation.loss',
  'test.loss',
  'test.klToTeacher',
  'test.ece',
  'bytes',
];

/** Whether more of it is better; undefined where that cannot be said. */
export function moreIsBetter(figure: string): boolean | undefined {
  if (/(accuracy|agreement|gapRecovered|errorsMended)$/.test(figure)) return true;
  if (/(loss|klToTeacher|ece|brier|errors|errorsNew|errorsMade|errorsShared|bytes|parameters)$/i.test(figure))
    return false;
  return undefined;
}

function textOf(value: JsonValue): string {
  return typeof value === 'string' ? value : canonicalJson(value);
}
