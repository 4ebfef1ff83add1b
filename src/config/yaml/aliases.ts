import { isAlias, isCollection, isPair } from 'yaml';
import type { Alias, ParsedNode } from 'yaml';
import type { Problem } from '../../diagnostics/problem.ts';
import { didYouMean } from '../../diagnostics/nearest.ts';
import type { Source } from '../../diagnostics/source.ts';

/** Aliases stand for this many values at most; "a billion laughs" fits in a few lines. */
const mostValues = 100_000;

interface ResolvedAliases {
  readonly aliases: ReadonlyMap<Alias, ParsedNode>;
  readonly problems: readonly Problem[];
}

/** Finds what each alias stands for: the nearest anchor of its name before it. Refuses loops and explosions. */
export function resolveAliases(source: Source, root: ParsedNode | null): ResolvedAliases {
  const walk: Walk = { source, anchors: new Map(), aliases: new Map(), problems: [], expanded: 0 };
  // Most files have none, and are not walked.
  if (source.text.includes('*')) sizeOf(root, walk);
  return walk;
}

/** `size` is known once its node has been walked through: an alias inside it comes before that. */
interface Anchor {
  readonly node: ParsedNode;
  size: number | undefined;
}

interface Walk {
  readonly source: Source;
  readonly anchors: Map<string, Anchor>;
  readonly aliases: Map<Alias, ParsedNode>;
  readonly problems: Problem[];
  expanded: number;
}

/** The number of values in a node, those that its aliases stand for included. */
function sizeOf(item: unknown, walk: Walk): number {
  if (isPair(item)) return sizeOf(item.key, walk) + sizeOf(item.value, walk);
  const node = item as ParsedNode | null;
  if (node === null) return 1;
  if (isAlias(node)) return sizeOfAlias(node, walk);
  const anchor: Anchor = { node, size: undefined };
  if (node.anchor !== undefined) walk.anchors.set(node.anchor, anchor);
  let size = 1;
  if (isCollection(node)) for (const child of node.items) size += sizeOf(child, walk);
  anchor.size = size;
  return size;
}

function sizeOfAlias(alias: Alias.Parsed, walk: Walk): number {
  const anchor = walk.anchors.get(alias.source);
  if (anchor?.size === undefined) {
    const hint = didYouMean(alias.source, [...walk.anchors.keys()], 'anchors before it');
    refuse(alias, walk, {
      message:
        anchor === undefined
          ? `no anchor &${alias.source} comes before this alias`
          : 'this alias stands inside its own anchor',
      ...(anchor === undefined && hint !== undefined ? { hint } : {}),
    });
    return 1;
  }
  walk.aliases.set(alias, anchor.node);
  const before = walk.expanded;
  walk.expanded += anchor.size;
  if (before <= mostValues && walk.expanded > mostValues) {
    refuse(alias, walk, {
      message: `with this alias, the aliases of the file stand for more than ${mostValues} values`,
      hint: 'such a file grows without end when it is read; write it without aliases',
    });
  }
  return anchor.size;
}

function refuse(alias: Alias.Parsed, { source, problems }: Walk, words: { message: string; hint?: string }): void {
  const [start, end] = alias.range;
  problems.push({ code: 'yaml-alias', ...words, where: { source, start, end } });
}
