import { isJsonObject, type JsonValue } from '../base/json.ts';
import type { ExplainedKey } from '../core/explained-plan.ts';
import type { Preimage } from '../core/preimage.ts';
import { changeText } from './change-text.ts';
import { oneLine } from './format.ts';
import type { Style } from './style.ts';

/** A stage's key part by part, and what differs from the nearest earlier result; with a line break at the end. */
export function renderWhy(explained: ExplainedKey, style: Style): string {
  const title = style.heading(`${explained.stage} (${explained.type})`);
  if (explained.status === 'unknown') {
    return `${title}\nIts key is known after these have run: ${explained.waitsFor.join(', ')}\n`;
  }
  if (explained.status === 'skipped') return `${title}\nIt is skipped: ${explained.reason}\n`;
  const lines = [
    `${title}: ${explained.status === 'hit' ? `a hit, its result is in ${explained.from ?? 'the store'}` : 'a miss, it would run'}`,
    '',
    style.heading('Its key'),
    `  ${'key'.padEnd(width)}  ${explained.key}`,
    ...preimageLines(explained.preimage),
    '',
    ...nearestLines(explained, style),
  ];
  return `${lines.join('\n')}\n`;
}

const width = 12;

function preimageLines(preimage: Preimage): string[] {
  const { type, code, options, inputs, files, seed, env, node, environment } = preimage;
  return [
    ...part('type', `${type.name}, version ${type.version}`),
    ...part('code', short(code)),
    ...leaves('options', options),
    ...digests('inputs', inputs),
    ...digests('files', files ?? {}),
    ...(seed === undefined ? [] : part('seed', String(seed))),
    ...Object.entries(env ?? {}).flatMap(([variable, digest], index) =>
      part(index === 0 ? 'variables' : '', `${variable}: ${digest === null ? 'not set' : short(digest)}`),
    ),
    ...(node === undefined ? [] : part('node', String(node))),
    ...(environment === undefined ? [] : leaves('environment', environment)),
  ];
}

function nearestLines({ nearest, status }: Extract<ExplainedKey, { key: unknown }>, style: Style): string[] {
  if (nearest === undefined) {
    return [
      status === 'hit' ? 'No other result of this stage type is in the store.' : 'No stage of this type ever ran here.',
    ];
  }
  return [
    style.heading(`Against the nearest other result (run ${nearest.madeBy.run}, ${nearest.createdAt})`),
    ...nearest.changes.map((change) => `  ${changeText(change)}`),
    ...(nearest.changes.length === 0 ? ['  nothing differs'] : []),
  ];
}

function part(name: string, value: string): string[] {
  return [`  ${name.padEnd(width)}  ${value}`];
}

function digests(name: string, values: Readonly<Record<string, string>>): string[] {
  return Object.entries(values).flatMap(([slot, digest], index) =>
    part(index === 0 ? name : '', `${slot}: ${short(digest)}`),
  );
}

/** A line for each value, by its path. */
function leaves(name: string, value: JsonValue): string[] {
  return flatten(value, '').flatMap(([path, text], index) => part(index === 0 ? name : '', `${path}: ${text}`));
}

function flatten(value: JsonValue, path: string): [string, string][] {
  if (isJsonObject(value) && Object.keys(value).length > 0) {
    return Object.entries(value).flatMap(([key, each]) => flatten(each, path === '' ? key : `${path}.${key}`));
  }
  return [[path, oneLine(JSON.stringify(value))]];
}

function short(digest: string): string {
  return digest.slice(0, 16);
}
