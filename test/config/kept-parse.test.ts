import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { isAlias, isCollection, isMap, isPair, isScalar, isSeq } from 'yaml';
import { parseYaml } from '../../src/config/yaml/parse.ts';
import { treeOf, wordsOf } from '../../src/config/yaml/node-words.ts';

const top = join(import.meta.dirname, '../..');
const files = ['pipelines', 'test/fixtures/invalid', 'examples']
  .flatMap((folder) =>
    readdirSync(join(top, folder), { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name)),
  )
  .filter((name) => /\.(ya?ml|json)$/.test(name) && !name.includes('node_modules'));

/** They hold an infinite number, and bytes. */
const notKept = new Set(['numbers.yaml', 'yaml-binary.yaml']);

/** All that anybody asks of a node. */
function shape(node: unknown): unknown {
  if (isPair(node)) return { pair: [shape(node.key), shape(node.value)] };
  if (isCollection(node)) {
    const { range, tag, anchor } = node;
    return { map: isMap(node), list: isSeq(node), range, tag, anchor, items: node.items.map((item) => shape(item)) };
  }
  if (isScalar(node)) {
    const { value, source, range, tag, anchor } = node;
    return { value, source, range, tag, anchor };
  }
  return isAlias(node) ? { alias: node.source, range: node.range, tag: node.tag } : node;
}

function keptShape(text: string): unknown {
  const { document } = parseYaml({ name: 'p.yaml', text });
  if (document === undefined) return 'no tree';
  const kept = wordsOf(document.root, text);
  if (kept === undefined) return 'not kept';
  const extras = JSON.parse(JSON.stringify(kept.extras)) as typeof kept.extras;
  return shape(treeOf(text, Int32Array.from(kept.words), extras));
}

describe('a tree of nodes, kept as numbers', () => {
  it.each(files)('is the same as %s gives anew', (name) => {
    const text = readFileSync(join(top, name), 'utf8');
    const { document } = parseYaml({ name, text });
    const anew = document === undefined ? 'no tree' : shape(document.root);
    expect(keptShape(text)).toEqual(notKept.has(basename(name)) ? 'not kept' : anew);
  });

  it.each([
    'a: &x {b: [1, "two", \'three\', ~, null, true, 0x1f, 1e3]}\nc: *x\nd: !!str 5\n? [k]\n: |\n  several\n   lines\ne:\nf: ""\n',
    '- -1\n- "\\u00e9\\ud83d\\ude00 \\ud800"\n- >-\n  folded\n  text\n- {<<: {a: 1}, 2: b}\n',
    '# nothing\n',
    "é: ${params.x}\n\"q\": 'it''s'\n",
  ])('is the same for %j', (text) => {
    const { document } = parseYaml({ name: 'p.yaml', text });
    expect(keptShape(text)).toEqual(shape(document?.root));
  });

  it.each(['a: .inf\n', 'a: .nan\n', 'a: -0\n'])('is not kept for %j, which JSON cannot hold', (text) => {
    expect(keptShape(text)).toBe('not kept');
  });
});
