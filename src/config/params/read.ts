import type { ParsedNode } from 'yaml';
import type { JsonValue } from '../../base/json.ts';
import type { Problem } from '../../diagnostics/problem.ts';
import type { YamlDocument } from '../yaml/parse.ts';
import { readValue, valueReader } from '../yaml/values.ts';
import { cutText } from './reference.ts';
import { rangeOfText } from './fill.ts';

export interface ReadParams {
  readonly problems: Problem[];
  readonly unknown: Set<ParsedNode>;
}

/** Reads what stands under `params`, in a params file or after `--set`. There, `${…}` is refused: what it meant would depend on order. */
export function readParamValue(
  document: YamlDocument,
  node: ParsedNode | null,
  { problems, unknown }: ReadParams,
): JsonValue {
  const fill = (text: string, written: ParsedNode): JsonValue => {
    let value = '';
    for (const piece of cutText(text)) {
      if (piece.kind === 'text') value += piece.text;
      else {
        unknown.add(written);
        problems.push({
          code: 'bad-reference',
          message: `a parameter may not refer to another: found ${piece.raw}`,
          where: rangeOfText(document, written, piece.raw),
          hint: 'put the value here, or refer to both where they are used; $${ writes a literal ${',
        });
      }
    }
    return value;
  };
  return readValue(valueReader(document, { problems, unknown, fill }), node);
}
