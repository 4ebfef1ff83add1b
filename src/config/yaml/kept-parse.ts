import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { replaceFileSync } from '../../base/atomic-file.ts';
import { isErrno } from '../../base/errno.ts';
import { type Digest, sha256 } from '../../base/hash.ts';
import { sweepFolder } from '../../base/sweep-folder.ts';
import type { Source } from '../../diagnostics/source.ts';
import { resolveAliases } from './aliases.ts';
import { treeOf, wordsOf, type NodeWords } from './node-words.ts';
import { type ParsedYaml, parseYaml, type YamlDocument } from './parse.ts';

/** Put in place by the build: digest of the parser's code. */
declare const YAML_PARSER_DIGEST: Digest | undefined;

/**
 * As `parseYaml`, with what a large text was parsed to kept under its digest: parsing 10,000 stages takes a second, this a tenth of
 * it. Only ever an advice: a missing or damaged file is a text that was not parsed before.
 * @param store absolute; nothing is kept where it is not there yet
 */
export function parseYamlOnce(source: Source, store: string): ParsedYaml {
  if (source.text.length < WORTH_KEEPING || typeof YAML_PARSER_DIGEST === 'undefined') return parseYaml(source);
  const folder = join(store, 'parsed');
  const file = join(folder, sha256(`${YAML_PARSER_DIGEST} ${process.arch}\n${source.text}`));
  const kept = readKept(file, source);
  if (kept !== undefined) return { document: kept, problems: [] };
  const parsed = parseYaml(source);
  if (parsed.document !== undefined && parsed.problems.length === 0 && existsSync(store))
    keep(folder, file, wordsOf(parsed.document.root, source.text));
  return parsed;
}

/** Characters; less is parsed in a few milliseconds. */
const WORTH_KEEPING = 1 << 15;

/** SHA-256 of what follows; number of words, words; extras as JSON. */
function readKept(file: string, source: Source): YamlDocument | undefined {
  try {
    const bytes = readFileSync(file);
    const body = bytes.subarray(DIGEST_BYTES);
    if (sha256(body) !== bytes.toString('latin1', 0, DIGEST_BYTES)) return undefined;
    // A copy of its own begins where a word may begin.
    const own = new Uint8Array(body).buffer;
    const [length = 0] = new Int32Array(own, 0, 1);
    const words = new Int32Array(own, 4, length);
    const extras = JSON.parse(body.toString('utf8', 4 + words.byteLength)) as NodeWords['extras'];
    const root = treeOf(source.text, words, extras);
    const { aliases, problems } = resolveAliases(source, root);
    return problems.length > 0 ? undefined : { source, root, aliases };
  } catch (error) {
    if (isErrno(error) || error instanceof RangeError) return undefined;
    throw error;
  }
}

const DIGEST_BYTES = 64;

function keep(folder: string, file: string, kept: NodeWords | undefined): void {
  if (kept === undefined) return;
  const words = Int32Array.from([kept.words.length].concat(kept.words));
  const body = Buffer.concat([new Uint8Array(words.buffer), Buffer.from(JSON.stringify(kept.extras))]);
  try {
    mkdirSync(folder, { recursive: true });
    replaceFileSync(file, Buffer.concat([Buffer.from(sha256(body)), body]));
    sweepFolder(folder, MOST_KEPT);
  } catch (error) {
    // A full disk or a read-only folder: it is parsed again.
    if (!isErrno(error)) throw error;
  }
}

const MOST_KEPT = 8;
