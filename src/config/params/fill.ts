import type { ParsedNode } from 'yaml';
import type { JsonObject, JsonValue } from '../../base/json.ts';
import { didYouMean } from '../../diagnostics/nearest.ts';
import type { Problem } from '../../diagnostics/problem.ts';
import type { SourceRange } from '../../diagnostics/source.ts';
import type { YamlDocument } from '../yaml/parse.ts';
import { quotedFor } from '../shell/quote.ts';
import { rangeOf } from '../yaml/place.ts';
import { valueAt, whereItEnds } from './params.ts';
import { cutText, referencePath } from './reference.ts';
import type { TextPiece } from './reference.ts';

type Reference = Extract<TextPiece, { kind: 'reference' }>;

export interface Filling {
  readonly document: YamlDocument;
  readonly values: JsonValue;
  readonly problems: Problem[];
  /** Nodes whose value is not known, because something is wrong with a reference in them. */
  readonly unknown: Set<ParsedNode>;
  /** The value of each axis, once it is known. */
  readonly matrix?: JsonObject;
  /** Where texts with `${matrix.…}` go until then, by what stands in their place. */
  readonly deferred: Map<JsonValue, DeferredText>;
  /** Texts that a shell will read: what is written into them is quoted. */
  readonly shellTexts: ReadonlySet<ParsedNode>;
}

/** A text that waits for the values of axes. */
export interface DeferredText {
  readonly node: ParsedNode;
  readonly references: readonly AxisReference[];
  fill(matrix: JsonObject, told: Pick<Filling, 'problems' | 'unknown'>): JsonValue;
}

export interface AxisReference {
  readonly axis: string;
  readonly where: SourceRange;
}

/**
 * The value of a text with `${params.…}` or `${matrix.…}`: what is referred to itself, of whatever type, where the text is nothing
 * else; else a text with it written into it. What is filled in is not looked at for references again. While the axes have no values,
 * an object of its own stands for each text that refers to one.
 */
export function fillText(filling: Filling, text: string, node: ParsedNode): JsonValue {
  const pieces = cutText(text);
  const references = filling.matrix === undefined ? axisReferences(filling, pieces, node) : [];
  if (references.length > 0) {
    const standIn: JsonObject = {};
    const fill: DeferredText['fill'] = (matrix, told) => fillText({ ...filling, ...told, matrix }, text, node);
    filling.deferred.set(standIn, { node, references, fill });
    // What is wrong with the stand-in says nothing.
    filling.unknown.add(node);
    return standIn;
  }
  const [only] = pieces;
  if (pieces.length === 1 && only?.kind === 'reference') {
    const value = resolve(filling, only, node) ?? null;
    if (typeof value !== 'string' || !filling.shellTexts.has(node)) return value;
  }
  let filled = '';
  for (const piece of pieces) {
    if (piece.kind === 'text') filled += piece.text;
    else filled += forShell(filling, { reference: piece, node, before: filled }, written(filling, piece, node));
  }
  return filled;
}

interface Written {
  readonly reference: Reference;
  readonly node: ParsedNode;
  /** What stands in front of it in the text. */
  readonly before: string;
}

function forShell(filling: Filling, { reference, node, before }: Written, value: string): string {
  if (!filling.shellTexts.has(node)) return value;
  const quoted = quotedFor(before, value);
  if (quoted !== undefined) return quoted;
  refuse(filling, node, {
    code: 'bad-reference',
    message: `the value of ${reference.raw} cannot be quoted safely where it stands in the command`,
    where: rangeOfText(filling.document, node, reference.raw),
    hint: 'put it outside of comments, here-documents, and $(…) within quotes, or write the command as a list',
  });
  return '';
}

function axisReferences({ document }: Filling, pieces: readonly TextPiece[], node: ParsedNode): AxisReference[] {
  return pieces.flatMap((piece) => {
    const reference = piece.kind === 'reference' ? referencePath(piece.inside) : undefined;
    const [axis] = reference?.path ?? [];
    if (piece.kind !== 'reference' || reference?.root !== 'matrix' || axis === undefined) return [];
    return [{ axis, where: rangeOfText(document, node, piece.raw) }];
  });
}

function written(filling: Filling, reference: Reference, node: ParsedNode): string {
  const value = resolve(filling, reference, node);
  if (value === undefined) return '';
  if (typeof value !== 'object') return String(value);
  const kind = value === null ? 'nothing' : Array.isArray(value) ? 'a list' : 'a mapping';
  refuse(filling, node, {
    code: 'bad-reference',
    message: `${reference.raw} is ${kind}, which cannot be written into a text`,
    where: rangeOfText(filling.document, node, reference.raw),
    hint: 'let the reference be the whole value',
  });
  return '';
}

function resolve(filling: Filling, reference: Reference, node: ParsedNode): JsonValue | undefined {
  const found = referencePath(reference.inside);
  const where = rangeOfText(filling.document, node, reference.raw);
  if (found === undefined) {
    refuse(filling, node, { code: 'bad-reference', ...malformed(filling, reference), where });
    return undefined;
  }
  const { root, path } = found;
  const values = root === 'params' ? filling.values : (filling.matrix ?? {});
  const value = valueAt(values, path);
  if (value !== undefined) return value;
  const { known, depth } = whereItEnds(values, path);
  if (root === 'matrix') {
    const whole = path.slice(0, depth).join('.');
    const message = `this value of \${matrix.${whole}} has no part "${path[depth] ?? ''}"`;
    const hint = didYouMean(path[depth] ?? '', known, 'its parts') ?? `matrix.${whole} has no parts here`;
    refuse(filling, node, { code: 'unknown-axis', message, where, hint });
    return undefined;
  }
  const hint =
    didYouMean(path[depth] ?? '', known, 'parameters') ??
    (depth === 0 ? 'the pipeline has no params' : `params.${path.slice(0, depth).join('.')} has no parts`);
  refuse(filling, node, { code: 'unknown-param', message: `there is no parameter "${path.join('.')}"`, where, hint });
  return undefined;
}

function malformed({ values }: Filling, { raw, inside }: Reference): { message: string; hint: string } {
  if (inside === undefined) return { message: 'this ${ is never closed', hint: '$${ writes a literal ${' };
  if (/^matrix\b/.test(inside)) {
    const message = `only \${matrix.axis} can be filled in, found ${raw}`;
    return { message, hint: 'like ${matrix.temperature}, or ${matrix.model.units} for a part of a value' };
  }
  const meant = valueAt(values, inside.split('.')) === undefined ? 'name' : inside;
  return {
    message: `only \${params.${meant}} can be filled in, found ${raw}`,
    hint: meant === 'name' ? '$${ writes a literal ${' : `did you mean "\${params.${meant}}"?`,
  };
}

function refuse({ unknown, problems }: Filling, node: ParsedNode, problem: Problem): void {
  unknown.add(node);
  problems.push(problem);
}

/** A piece of a text in its source; the whole text where escapes hide the piece. */
export function rangeOfText(document: YamlDocument, node: ParsedNode, piece: string): SourceRange {
  const whole = rangeOf({ document, node });
  const start = document.source.text.indexOf(piece, whole.start);
  if (start === -1 || start + piece.length > whole.end) return whole;
  return { source: document.source, start, end: start + piece.length };
}
