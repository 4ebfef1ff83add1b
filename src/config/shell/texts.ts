import { isScalar } from 'yaml';
import type { ParsedNode } from 'yaml';
import type { YamlDocument } from '../yaml/parse.ts';
import { childOf, membersOf, rootOf, target } from '../yaml/place.ts';

/** The texts of a pipeline that a shell will read: the `run` of each stage. What is filled into them is quoted. */
export function shellTexts(document: YamlDocument): ReadonlySet<ParsedNode> {
  const found = new Set<ParsedNode>();
  const stages = childOf(rootOf(document), 'stages');
  if (stages === undefined || !document.source.text.includes('${')) return found;
  for (const stage of membersOf(stages)) {
    const node = target(document, childOf(stage.place, 'run')?.node ?? null);
    if (isScalar(node)) found.add(node);
  }
  return found;
}
