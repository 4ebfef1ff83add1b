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
import { locate } from './locator.ts';
import type { Locator } from './locator.ts';
import { placeOfParam } from './params/params.ts';
import { readPolicy } from './policy.ts';
import { fillDefaults } from './schema/defaults.ts';
import { findingsOf, stageValidators } from './schema/validators.ts';
import type { Validator } from './schema/validators.ts';
import { childOf, membersOf, rangeOf } from './yaml/place.ts';
import type { Place } from './yaml/place.ts';

export interface StagesRequest {
  /** The value of `stages`, filled in. */
  readonly stages: JsonObject;
  readonly place: Place;
  readonly locator: Locator;
  readonly types: StageTypes;
  readonly problems: Problem[];
}

/** Every stage of the pipeline, in its order; those with problems are marked faulty. */
export async function readStages(request: StagesRequest): Promise<readonly StageSpec[]> {
  const { stages, types, place, problems } = request;
  const validators = await stageValidators(types, typeNames(stages));
  const places = new Map(membersOf(place).map((member) => [member.name, member.place]));
  const reader: StageReader = { ...request, validators, refused: [], seed: request.locator.params.values['seed'] };
  const specs = Object.entries(stages).map(([id, stage]) =>
    // What `<<` merges in is not a member of the mapping itself.
    readStage(reader, { id: id as StageId, stage, place: places.get(id) ?? childOf(place, id) ?? place }),
  );
  for (const refused of reader.refused) await refuseOptions(reader, refused);
  return problems.length === 0 ? specs : markFaulty(specs, places, request);
}

interface StageReader extends StagesRequest {
  readonly validators: ReadonlyMap<string, Validator>;
  readonly seed: JsonValue | undefined;
  /** Stages whose options are not valid. Why is asked later: it takes a module that is loaded only then. */
  readonly refused: RefusedStage[];
}

interface RefusedStage {
  readonly written: WrittenStage;
  readonly type: StageType;
  readonly validator: Validator;
}

interface WrittenStage {
  readonly id: StageId;
  readonly stage: JsonValue;
  readonly place: Place;
}

function* typeNames(stages: JsonObject): Generator<string> {
  for (const stage of Object.values(stages)) {
    if (isJsonObject(stage) && typeof stage['type'] === 'string') yield stage['type'];
  }
}

function readStage(reader: StageReader, written: WrittenStage): StageSpec {
  const { locator } = reader;
  const options = readOptions(reader, written);
  const { id, place } = written;
  const { type: name, needs } = membersOfStage(written);
  const policy = readPolicy(membersOfStage(written));
  const seedWritten = Object.hasOwn(optionsAsWritten(written), 'seed');
  return {
    id,
    type: typeof name === 'string' ? name : '',
    where: rangeOf(place, 'key'),
    needs: readNeeds(reader, needs, place),
    options: options ?? {},
    ...(options === undefined ? { faulty: true } : {}),
    ...(policy === undefined ? {} : { policy }),
    locate(pointer, part) {
      if (pointer === '/with/seed' && !seedWritten) {
        const seed = placeOfParam(locator.params, ['seed']);
        if (seed !== undefined && locator.params.values['seed'] !== undefined) return rangeOf(seed, part);
      }
      return locate(locator, place, pointer, part).range;
    },
  };
}

function refuseType({ locator, types, problems }: StageReader, name: string, place: Place): void {
  const { range, unknown } = locate(locator, place, '/type');
  if (unknown) return;
  const hint = didYouMean(name, [...types.keys()], 'stage types');
  problems.push({
    code: 'unknown-stage-type',
    message: `there is no stage type "${name}"`,
    where: range,
    ...(hint === undefined ? {} : { hint }),
    ...originOf(range),
  });
}

function readNeeds({ locator }: StageReader, needs: JsonValue | undefined, place: Place): Record<string, NeedSpec> {
  const specs: Record<string, NeedSpec> = {};
  if (!isJsonObject(needs)) return specs;
  const written = childOf(place, 'needs');
  const slots = new Map(written === undefined ? [] : membersOf(written).map((member) => [member.name, member.place]));
  for (const [slot, stage] of Object.entries(needs)) {
    if (typeof stage !== 'string') continue;
    const slotPlace = slots.get(slot);
    const where: SourceRange =
      slotPlace === undefined ? locate(locator, place, `/needs/${slot}`).range : locate(locator, slotPlace, '').range;
    specs[slot] = { stage: stage as StageId, where };
  }
  return specs;
}

function membersOfStage({ stage }: WrittenStage): JsonObject {
  return isJsonObject(stage) ? stage : {};
}

function optionsAsWritten(written: WrittenStage): JsonObject {
  const options = membersOfStage(written)['with'];
  return isJsonObject(options) ? options : {};
}

/** Checked as the person wrote them, so that problems are about what they wrote; then written out. Undefined with problems. */
function readOptions(reader: StageReader, written: WrittenStage): JsonObject | undefined {
  const { type: name, with: own = null } = membersOfStage(written);
  // What is not even a mapping was told of with the pipeline's own schema.
  if (typeof name !== 'string' || (own !== null && !isJsonObject(own))) return undefined;
  const type = reader.types.get(name);
  const validator = reader.validators.get(name);
  if (type === undefined || validator === undefined) {
    refuseType(reader, name, written.place);
    return undefined;
  }
  const options = optionsAsWritten(written);
  if (!validator.validate(options)) {
    reader.refused.push({ written, type, validator });
    return undefined;
  }
  const normal = normalized(reader, type, { written, options });
  if (normal === undefined) return undefined;
  return fillDefaults(validator.schema, withSeed(type, normal, reader.seed)) as JsonObject;
}

/** Shorthands written out; undefined where the code of a plugin cannot. */
function normalized(
  { locator, problems }: StageReader,
  type: StageType,
  { written, options }: { readonly written: WrittenStage; readonly options: JsonObject },
): JsonObject | undefined {
  if (type.normalize === undefined) return options;
  try {
    return type.normalize(options);
  } catch (error) {
    if (type.plugin === undefined) throw error;
    const said = messageOf(error);
    const message = `${type.name} failed when it wrote out these options: ${said}`;
    problems.push({ code: 'plugin-failed', message, where: locate(locator, written.place, '/type').range });
    return undefined;
  }
}

async function refuseOptions({ locator, problems }: StageReader, refused: RefusedStage): Promise<void> {
  const { written, type, validator } = refused;
  const findings = await findingsOf(validator, optionsAsWritten(written), `the options of ${type.name}`);
  for (const { code, message, hint, pointer, part } of findings) {
    const { range, unknown } = locate(locator, written.place, `/with${pointer}`, part);
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
    const place = places.get(spec.id);
    if (place === undefined) return spec;
    const end = place.node?.range[1] ?? 0;
    while ((offsets[next] ?? Infinity) < spec.where.start) next++;
    return (offsets[next] ?? Infinity) < end ? { ...spec, faulty: true } : spec;
  });
}
