import { basename, extname } from 'node:path';
import { isMap } from 'yaml';
import type { ParsedNode } from 'yaml';
import { isJsonObject } from '../base/json.ts';
import type { JsonObject, JsonValue } from '../base/json.ts';
import type { BackendChoice, PipelineSpec, ProjectSettings } from '../core/pipeline-spec.ts';
import type { StageTypes } from '../core/stage-type.ts';
import { originOf } from '../diagnostics/origin.ts';
import type { Problem } from '../diagnostics/problem.ts';
import type { SourceRange } from '../diagnostics/source.ts';
import { readGates } from './gates.ts';
import { locate } from './locator.ts';
import type { Located, Locator } from './locator.ts';
import { fillText } from './params/fill.ts';
import type { DeferredText } from './params/fill.ts';
import { applyOverrides } from './params/overrides.ts';
import type { OverrideRequest } from './params/overrides.ts';
import type { Params } from './params/params.ts';
import { placeOfParam } from './params/params.ts';
import { readParamValue } from './params/read.ts';
import type { ReadParams } from './params/read.ts';
import { resourceProblems } from './resources.ts';
import { parsePointer } from './schema/pointer.ts';
import { builtInValidator, findingsOf } from './schema/validators.ts';
import { shellTexts } from './shell/texts.ts';
import { readStages } from './stages.ts';
import type { YamlDocument } from './yaml/parse.ts';
import { childOf, rangeOf, rootOf, target } from './yaml/place.ts';
import type { Place } from './yaml/place.ts';
import { readMap, readValue, valueReader } from './yaml/values.ts';

export interface InterpretRequest extends OverrideRequest {
  readonly document: YamlDocument;
  readonly types: StageTypes;
  readonly project: ProjectSettings;
  /** From the command line: wins over the file's. */
  readonly backend?: BackendChoice | undefined;
}

export interface Interpreted {
  readonly spec?: PipelineSpec;
  readonly problems: readonly Problem[];
}

/** From a parsed file to what it means. One bad stage hides nothing of another. */
export async function interpret(request: InterpretRequest): Promise<Interpreted> {
  const { document, project } = request;
  const problems: Problem[] = [];
  const root = rootOf(document);
  if (!isMap(target(document, document.root))) {
    const message = 'a pipeline is a mapping that begins with "version: 1", and this is not a mapping';
    return { problems: [{ code: 'wrong-type', message, where: rangeOf(root) }] };
  }
  const unknown = new Set<ParsedNode>();
  const params = await readParams(request, root, { problems, unknown });
  const deferred = new Map<JsonValue, DeferredText>();
  const value = readBody({ document, params, problems, unknown, deferred });
  const locator: Locator = { params, unknown };
  problems.push(...(await schemaProblems(locator, root, value)));
  const stages = await readStages({
    pipeline: value,
    stages: objectOf(value['stages']),
    root,
    place: childOf(root, 'stages') ?? root,
    deferred,
    locator,
    types: request.types,
    problems,
  });
  problems.push(...resourceProblems(stages, project.resources));
  const gates = readGates({
    gates: objectOf(value['gates']),
    place: childOf(root, 'gates') ?? root,
    locator,
    stages,
    problems,
  });
  const { name, description, backend } = value;
  const spec: PipelineSpec = {
    name:
      typeof name === 'string' && name !== '' ? name : basename(document.source.name, extname(document.source.name)),
    ...(typeof description === 'string' ? { description } : {}),
    source: document.source,
    folder: project.folder,
    params: params.values,
    backend: request.backend ?? (isBackend(backend) ? backend : project.backend),
    stages,
    gates,
  };
  return { spec, problems: inOrder(problems, document) };
}

const backends: readonly BackendChoice[] = ['wasm', 'native', 'auto'];

export function isBackend(value: unknown): value is BackendChoice {
  return backends.includes(value as BackendChoice);
}

async function readParams(request: InterpretRequest, root: Place, read: ReadParams): Promise<Params> {
  const place = childOf(root, 'params');
  const own = place === undefined ? null : readParamValue(request.document, place.node, read);
  if (own !== null && !isJsonObject(own)) return { values: {}, own, place, overrides: [] };
  return { ...(await applyOverrides(own ?? {}, request, read)), place };
}

interface Body {
  readonly document: YamlDocument;
  readonly params: Params;
  readonly problems: Problem[];
  readonly unknown: Set<ParsedNode>;
  readonly deferred: Map<JsonValue, DeferredText>;
}

/** Everything but the parameters, with the parameters filled in; what refers to axes waits for them. */
function readBody({ document, params, problems, unknown, deferred }: Body): JsonObject {
  const filling = { document, values: params.values, problems, unknown, deferred, shellTexts: shellTexts(document) };
  const reader = valueReader(document, { problems, unknown, fill: (text, node) => fillText(filling, text, node) });
  const map = target(document, document.root);
  if (!isMap(map)) return {};
  return readMap(reader, map, (node, name) =>
    name === 'params' ? (params.own ?? params.values) : readValue(reader, node),
  );
}

async function schemaProblems(locator: Locator, root: Place, value: JsonObject): Promise<Problem[]> {
  const findings = await findingsOf(builtInValidator('pipeline.schema.json'), value, 'the pipeline');
  return findings.flatMap((finding) => {
    const { code, message, hint, pointer, part } = finding;
    const { range, unknown } = locateIn(locator, root, pointer, part);
    if (unknown) return [];
    return [{ code, message, where: range, ...(hint === undefined ? {} : { hint }), ...originOf(range) }];
  });
}

/** A parameter is where its last override is. */
function locateIn(locator: Locator, root: Place, pointer: string, part: 'key' | 'value'): Located {
  const [first, ...path] = parsePointer(pointer);
  const place = first === 'params' && path.length > 0 ? placeOfParam(locator.params, path) : undefined;
  return place === undefined ? locate(locator, root, pointer, part) : locate(locator, place, '', part);
}

function objectOf(value: JsonValue | undefined): JsonObject {
  return isJsonObject(value) ? value : {};
}

/** First what is wrong elsewhere (flags, params files), then from the top of the file to its end. */
function inOrder(problems: readonly Problem[], { source }: YamlDocument): Problem[] {
  const offset = ({ where }: Problem) => (where?.source === source ? where.start : -1);
  const id = ({ message }: Problem, where: SourceRange) => `${where.start} ${where.source.name} ${message}`;
  const told = new Set(
    problems.flatMap((problem) => (problem.where === undefined ? [] : [id(problem, problem.where)])),
  );
  const seen = new Set<string>();
  return problems
    .filter((problem) => {
      // The shape of a stage is looked at again once its axes are filled in.
      const own = problem.where === undefined ? undefined : `${problem.code} ${id(problem, problem.where)}`;
      if (own === undefined) return true;
      if (seen.has(own)) return false;
      seen.add(own);
      return true;
    })
    .filter((problem) => {
      // What stands behind an alias is told of where it stands, if it is used there too.
      const writtenAt = problem.where?.writtenAt;
      return writtenAt === undefined || !told.has(id(problem, writtenAt));
    })
    .sort((a, b) => offset(a) - offset(b));
}
