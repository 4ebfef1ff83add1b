import { isJsonObject } from '../../base/json.ts';
import type { JsonObject, JsonValue } from '../../base/json.ts';
import { didYouMean } from '../../diagnostics/nearest.ts';
import type { Problem } from '../../diagnostics/problem.ts';
import type { Source, SourceRange } from '../../diagnostics/source.ts';
import { readText } from '../read-text.ts';
import { parseYaml } from '../yaml/parse.ts';
import type { YamlDocument } from '../yaml/parse.ts';
import { membersOf, rangeOf, rootOf } from '../yaml/place.ts';
import type { Place } from '../yaml/place.ts';
import { replaceAt, valueAt, whereItEnds } from './params.ts';
import type { Override } from './params.ts';
import { readParamValue } from './read.ts';
import type { ReadParams } from './read.ts';

export interface Overridden {
  readonly values: JsonObject;
  readonly overrides: readonly Override[];
}

interface Overriding extends ReadParams {
  values: JsonObject;
  readonly overrides: Override[];
}

export interface OverrideRequest {
  readonly cwd: string;
  readonly paramsFiles: readonly string[];
  readonly set: readonly string[];
}

/** Params files in their order, then each `--set`; the last one to name a parameter wins. */
export async function applyOverrides(own: JsonObject, request: OverrideRequest, read: ReadParams): Promise<Overridden> {
  const state: Overriding = { values: own, overrides: [], ...read };
  for (const file of request.paramsFiles) await applyFile(state, file, request.cwd);
  for (const text of request.set) applyFlag(state, text);
  return state;
}

async function applyFile(state: Overriding, file: string, cwd: string): Promise<void> {
  const text = await readText(file, cwd);
  if (!text.ok) {
    state.problems.push(text.error);
    return;
  }
  const { document, problems } = parseYaml(text.value);
  state.problems.push(...problems);
  if (document === undefined) return;
  const place = rootOf(document);
  const value = readParamValue(document, document.root, state);
  if (isJsonObject(value)) applyMembers(state, [], value, place);
  else {
    state.problems.push({
      code: 'wrong-type',
      message: 'a params file is a mapping of parameters, and this is not one',
      where: rangeOf(place),
    });
  }
}

/** A mapping over a mapping replaces member by member; anything else replaces as a whole. */
function applyMembers(state: Overriding, path: readonly string[], value: JsonObject, place: Place): void {
  const written = new Map(membersOf(place).map((each) => [each.name, each.place]));
  for (const [name, member] of Object.entries(value)) {
    const memberPath = [...path, name];
    const memberPlace = written.get(name) ?? place;
    if (isJsonObject(member) && isJsonObject(valueAt(state.values, memberPath))) {
      applyMembers(state, memberPath, member, memberPlace);
    } else {
      apply(state, { path: memberPath, value: member, place: memberPlace }, rangeOf(memberPlace, 'key'));
    }
  }
}

/** `temperature=8`, `optimizer.rate=1e-3`, `layers=[1, 2]`: after the first `=` it is YAML. */
function applyFlag(state: Overriding, text: string): void {
  const flag = `--set ${text}`;
  const source: Source = { name: flag, text: flag };
  const start = flag.length - text.length;
  const equals = text.indexOf('=');
  const name = equals === -1 ? text : text.slice(0, equals);
  const where: SourceRange = { source, start, end: start + Math.max(1, name.length) };
  if (equals === -1 || !/^[^.=\s]+(?:\.[^.=\s]+)*$/.test(name)) {
    state.problems.push({
      code: 'bad-flag',
      message: `--set expected name=value, found "${text}"`,
      where,
      hint: 'like --set temperature=8, or --set optimizer.rate=0.01',
    });
    return;
  }
  // Blanks in the place of the name, so that ranges in the value are ranges in the flag. A tab or break cannot stand in a name.
  const value = `${' '.repeat(flag.length - text.length + equals + 1)}${text.slice(equals + 1)}`;
  const parsed = parseYaml({ name: flag, text: value });
  state.problems.push(...parsed.problems.map((problem) => inFlag(problem, source)));
  if (parsed.document === undefined) return;
  const document: YamlDocument = { ...parsed.document, source };
  const place: Place = { document, node: document.root };
  const path = name.split('.');
  apply(state, { path, value: readParamValue(document, document.root, state), place }, where);
}

function inFlag(problem: Problem, source: Source): Problem {
  return problem.where === undefined ? problem : { ...problem, where: { ...problem.where, source } };
}

/** The seed is every pipeline's, whether it writes it down or not. */
function isKnown(values: JsonValue, path: readonly string[]): boolean {
  return valueAt(values, path) !== undefined || (path.length === 1 && path[0] === 'seed');
}

function apply(state: Overriding, override: Override, where: SourceRange): void {
  if (!isKnown(state.values, override.path)) {
    const { known, depth } = whereItEnds(state.values, override.path);
    const missing = override.path[depth] ?? '';
    const inside = override.path.slice(0, depth).join('.');
    const hint =
      didYouMean(missing, known, 'parameters') ??
      (inside === '' ? 'the pipeline has no params' : `${inside} has no parts; set it as a whole`);
    state.problems.push({
      code: 'unknown-param',
      message: `the pipeline has no parameter "${override.path.join('.')}"`,
      where,
      hint,
    });
    return;
  }
  state.overrides.push(override);
  state.values = replaceAt(state.values, override.path, override.value) as JsonObject;
}
