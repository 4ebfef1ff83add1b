import { messageOf } from '../base/error-message.ts';
import { isJsonObject } from '../base/json.ts';
import type { JsonObject, JsonValue } from '../base/json.ts';
import type { StageId } from '../core/ids.ts';
import type { NeedSpec, StageSpec } from '../core/pipeline-spec.ts';
import type { StageType, StageTypes } from '../core/stage-type.ts';
import { didYouMean } from '../diagnostics/nearest.ts';
import { originOf } from '../diagnostics/origin.ts';
import type { Problem } from '../diagnostics/problem.ts';
import type { SourceRange } from '../diagnostics/source.ts';
import { formProblems, isCommandStage, optionsOfStage, pointerInStage, typeOfStage } from './command-stage.ts';
import { withConditions } from './conditions.ts';
import { locate } from './locator.ts';
import type { Locator } from './locator.ts';
import { placeOfParam } from './params/params.ts';
import type { DeferredTexts } from './matrix/deferred.ts';
import { expandStages } from './matrix/expand-stages.ts';
import type { FilledStage, WrittenStage } from './matrix/expand-stages.ts';
import { tellOfFilled } from './matrix/filled-problems.ts';
import { stageNeeded } from './matrix/read-groups.ts';
import { readPolicy } from './policy.ts';
import { fillDefaults } from './schema/defaults.ts';
import { findingsOf, stageValidators } from './schema/validators.ts';
import type { Validator } from './schema/validators.ts';
import { childOf, membersOf, rangeOf } from './yaml/place.ts';
import type { Place } from './yaml/place.ts';

export interface StagesRequest {
  /** The pipeline and its stages, filled in but for what refers to axes. */
  readonly pipeline: JsonObject;
  readonly stages: JsonObject;
  readonly root: Place;
  readonly place: Place;
  readonly deferred: DeferredTexts;
  readonly locator: Locator;
  readonly types: StageTypes;
  readonly problems: Problem[];
}

/** Every stage of the pipeline, in its order; those with problems are marked faulty. */
export async function readStages(request: StagesRequest): Promise<readonly StageSpec[]> {
  const { stages, types, place, problems } = request;
  const validators = await stageValidators(types, typeNames(stages));
  const places = new Map(membersOf(place).map((member) => [member.name, member.place]));
  // What `<<` merges in is not a member of the mapping itself.
  const written = Object.entries(stages).map(([id, stage]) => ({
    ...{ id, stage, place: places.get(id) ?? childOf(place, id) ?? place },
  }));
  const expanded = expandStages({ ...request, stages: written });
  const { values } = request.locator.params;
  const reader: StageReader = { ...request, validators, refused: [], seed: values['seed'], read: new Map() };
  const read = expanded.stages.map((stage) => {
    return { spec: readStage(reader, stage), when: stage.unfilled ? undefined : membersOfStage(stage.filled)['when'] };
  });
  for (const refused of reader.refused) await refuseOptions(refused);
  await tellOfFilled(expanded, problems);
  const specs = withConditions(read, problems);
  return problems.length === 0 ? specs : markFaulty(specs, places, request);
}

interface StageReader extends StagesRequest {
  readonly validators: ReadonlyMap<string, Validator>;
  readonly seed: JsonValue | undefined;
  /** Stages whose options are not valid. Why is asked later: it takes a module that is loaded only then. */
  readonly refused: RefusedStage[];
  /** Options that were read: variants that are filled in alike share them. */
  readonly read: Map<FilledStage, JsonObject | undefined>;
}

interface RefusedStage {
  readonly filled: FilledStage;
  readonly type: StageType;
  readonly validator: Validator;
}

function* typeNames(stages: JsonObject): Generator<string> {
  for (const stage of Object.values(stages)) {
    const type = isJsonObject(stage) ? typeOfStage(stage) : undefined;
    if (typeof type === 'string') yield type;
  }
}

function readStage(reader: StageReader, written: WrittenStage): StageSpec {
  const { id, variant, filled, unfilled } = written;
  const { place, locator } = filled;
  const options = unfilled ? undefined : optionsOf(reader, written);
  const stage = membersOfStage(filled);
  const name = typeOfStage(stage);
  const policy = unfilled ? undefined : readPolicy(stage);
  const seedWritten = Object.hasOwn(optionsAsWritten(filled), 'seed');
  return {
    id,
    ...(variant === undefined ? {} : { variant }),
    type: typeof name === 'string' ? name : '',
    where: rangeOf(place, 'key'),
    needs: readNeeds(written),
    options: options ?? {},
    ...(options === undefined ? { faulty: true } : {}),
    ...(policy === undefined ? {} : { policy }),
    locate(pointer, part) {
      if (pointer === '/with/seed' && !seedWritten) {
        const seed = placeOfParam(locator.params, ['seed']);
        if (seed !== undefined && locator.params.values['seed'] !== undefined) return rangeOf(seed, part);
      }
      return locate(locator, place, pointerInStage(stage, pointer).replace(gatheredInput, '$1'), part).range;
    },
  };
}

/** `/needs/student@temperature=4`: what is written is the slot. */
const gatheredInput = /^(\/needs\/[^/@]+)@[^/]*/;

function refuseType({ types }: StageReader, name: string, { locator, place, problems }: FilledStage): void {
  const { range, unknown } = locate(locator, place, '/type');
  if (unknown) return;
  const written = [...types.values()].filter((type) => type.command === undefined);
  const hint = didYouMean(
    name,
    written.map((type) => type.name),
    'stage types',
  );
  problems.push({
    code: 'unknown-stage-type',
    message: `there is no stage type "${name}"`,
    where: range,
    ...(hint === undefined ? {} : { hint }),
    ...originOf(range),
  });
}

function readNeeds({ filled, needs: expanded }: WrittenStage): Record<string, NeedSpec> {
  const { place, locator } = filled;
  const { needs } = membersOfStage(filled);
  const specs: Record<string, NeedSpec> = {};
  if (!isJsonObject(needs)) return specs;
  const written = childOf(place, 'needs');
  const slots = new Map(written === undefined ? [] : membersOf(written).map((member) => [member.name, member.place]));
  const whereOf = (slot: string): SourceRange => {
    const slotPlace = slots.get(slot);
    const [from, pointer] = slotPlace === undefined ? [place, `/needs/${slot}`] : [slotPlace, ''];
    return locate(locator, from, isJsonObject(needs[slot]) ? `${pointer}/stage` : pointer).range;
  };
  const asWritten = Object.entries(needs).map(([slot, need]) => [slot, { slot, stage: stageNeeded(need) }] as const);
  for (const [input, { slot, stage }] of expanded === undefined ? asWritten : Object.entries(expanded)) {
    if (stage !== undefined) specs[input] = { stage: stage as StageId, where: whereOf(slot) };
  }
  return specs;
}

function membersOfStage({ stage }: FilledStage): JsonObject {
  return isJsonObject(stage) ? stage : {};
}

function optionsAsWritten(filled: FilledStage): JsonObject {
  const options = optionsOfStage(membersOfStage(filled));
  return isJsonObject(options) ? options : {};
}

function refuseForm({ stage, place, locator, problems, name }: FilledStage): boolean {
  const found = isJsonObject(stage) ? formProblems(name, stage) : [];
  for (const { pointer, ...problem } of found)
    problems.push({ ...problem, where: locate(locator, place, pointer, 'key').range });
  return found.length > 0;
}

function optionsOf(reader: StageReader, { filled, addToSeed }: WrittenStage): JsonObject | undefined {
  const options = reader.read.has(filled) ? reader.read.get(filled) : readOptions(reader, filled);
  reader.read.set(filled, options);
  const seed = options?.['seed'];
  if (addToSeed === 0 || typeof seed !== 'number') return options;
  return { ...options, seed: (seed + addToSeed) % seeds };
}

/** Seeds are 32 bits. */
const seeds = 2 ** 32;

/** Checked as the person wrote them, so that problems are about what they wrote; then written out. Undefined with problems. */
function readOptions(reader: StageReader, filled: FilledStage): JsonObject | undefined {
  if (refuseForm(filled)) return undefined;
  const stage = membersOfStage(filled);
  const [name, own] = [typeOfStage(stage), optionsOfStage(stage)];
  // What is not even a mapping was told of with the pipeline's own schema.
  if (typeof name !== 'string' || (own !== null && !isJsonObject(own))) return undefined;
  const type = reader.types.get(name);
  const validator = reader.validators.get(name);
  if (type === undefined || validator === undefined) {
    refuseType(reader, name, filled);
    return undefined;
  }
  const options = optionsAsWritten(filled);
  if (!validator.validate(options)) {
    // The options of a command stand in the stage itself, where the pipeline's own schema has told of them.
    if (!isCommandStage(stage)) reader.refused.push({ filled, type, validator });
    return undefined;
  }
  const normal = normalized(type, filled, options);
  if (normal === undefined) return undefined;
  return fillDefaults(validator.schema, withSeed(type, normal, reader.seed)) as JsonObject;
}

/** Shorthands written out; undefined where the code of a plugin cannot. */
function normalized(
  type: StageType,
  { locator, place, problems }: FilledStage,
  options: JsonObject,
): JsonObject | undefined {
  if (type.normalize === undefined) return options;
  try {
    return type.normalize(options);
  } catch (error) {
    if (type.plugin === undefined) throw error;
    const said = messageOf(error);
    const message = `${type.name} failed when it wrote out these options: ${said}`;
    problems.push({ code: 'plugin-failed', message, where: locate(locator, place, '/type').range });
    return undefined;
  }
}

async function refuseOptions({ filled, type, validator }: RefusedStage): Promise<void> {
  const { locator, place, problems } = filled;
  const findings = await findingsOf(validator, optionsAsWritten(filled), `the options of ${type.name}`);
  for (const { code, message, hint, pointer, part } of findings) {
    const { range, unknown } = locate(locator, place, `/with${pointer}`, part);
    const told: Problem = { code, message, where: range, ...(hint === undefined ? {} : { hint }), ...originOf(range) };
    if (!unknown) problems.push(told);
  }
}

/** The stage's own seed, else the pipeline's, else 0. */
function withSeed(type: StageType, options: JsonObject, seed: JsonValue | undefined): JsonObject {
  if (!type.uses.seed || Object.hasOwn(options, 'seed')) return options;
  return { ...options, seed: seed ?? 0 };
}

/** Marks the stages with a problem anywhere in them; both stand in the order of the file. */
function markFaulty(
  specs: readonly StageSpec[],
  places: ReadonlyMap<string, Place>,
  { problems, place: { document } }: StagesRequest,
): StageSpec[] {
  const inFile = problems.flatMap(({ where }) => (where?.source === document.source ? [where.start] : []));
  const offsets = inFile.sort((a, b) => a - b);
  let next = 0;
  return specs.map((spec) => {
    const place = places.get(spec.variant?.of ?? spec.id);
    if (place === undefined) return spec;
    const end = place.node?.range[1] ?? 0;
    while ((offsets[next] ?? Infinity) < spec.where.start) next++;
    return (offsets[next] ?? Infinity) < end ? { ...spec, faulty: true } : spec;
  });
}
