import { canonicalJson } from '../base/canonical-json.ts';
import { messageOf } from '../base/error-message.ts';
import type { Digest } from '../base/hash.ts';
import { isJsonObject, type JsonObject } from '../base/json.ts';
import { failure, success, type Result } from '../base/result.ts';
import { fillDefaults } from '../config/schema/defaults.ts';
import { builtInValidator, findingsOf } from '../config/schema/validators.ts';
import type { DeclaredFunctions, StageDeclaration } from '../core/stage-declaration.ts';
import type { StageCheck, StagePlugin, StageType } from '../core/stage-type.ts';
import { optionsSchema } from './options-schema.ts';

export interface DeclaredBy {
  readonly plugin: StagePlugin;
  readonly code: Digest;
}

/** The stage type that a plugin declares, with defaults filled in; else what is wrong with the declaration, in sentences. */
export async function stageTypeOf(
  declared: StageDeclaration,
  { plugin, code }: DeclaredBy,
): Promise<Result<StageType, readonly Flaw[]>> {
  const data = withoutFunctions(declared);
  if (data === undefined)
    return failure([{ message: 'a stage type holds what JSON cannot hold, besides its functions' }]);
  const what = `the stage type ${JSON.stringify(declared.name)}`;
  const findings = await findingsOf(builtInValidator('stage-type.schema.json'), data, what);
  const flaws = findings.map(({ message, hint, pointer }): Flaw => {
    const said = message.replaceAll('"a function"', 'a function');
    return {
      message: pointer === '' || message.includes(what) ? said : `${what}: ${said}`,
      ...(hint === undefined ? {} : { hint }),
    };
  });
  if (flaws.length > 0) return failure(flaws);
  if ((declared.run === undefined) === (declared.load === undefined)) {
    const message = `${what} needs either "run", what it does, or "load", how to load that`;
    return failure([{ message, hint: "run: async (context) => ({ metrics: {} }), or load: () => import('./run.ts')" }]);
  }
  const {
    run: _run,
    load: _load,
    ...filled
  } = fillDefaults(builtInValidator('stage-type.schema.json').schema, data) as unknown as StageType & {
    run?: unknown;
    load?: unknown;
  };
  const schema = optionsSchema(filled);
  if (!schema.ok) return failure([{ message: `${what}: its "schema" is no JSON Schema: ${schema.error}` }]);
  return success({ ...filled, ...functionsOf(declared), schema: schema.value, plugin, code });
}

/** What is wrong with a declaration. */
export interface Flaw {
  readonly message: string;
  readonly hint?: string;
}

/** @returns undefined where it is not JSON */
function withoutFunctions(declared: StageDeclaration): JsonObject | undefined {
  try {
    const told = (_name: string, value: unknown): unknown => (typeof value === 'function' ? 'a function' : value);
    const data: unknown = JSON.parse(JSON.stringify(declared, told));
    return isJsonObject(data) ? data : undefined;
  } catch {
    return undefined;
  }
}

/** As declared, but what they give is looked at, since it enters keys; `check` tells what the others cannot do with the options. */
function functionsOf(declared: StageDeclaration): DeclaredFunctions {
  const { normalize, keyOptions, externalFiles, resumableOptions, check } = declared;
  const functions: Omit<DeclaredFunctions, 'check'> = {
    ...(normalize && { normalize: (options) => optionsFrom('normalize', normalize.call(declared, options)) }),
    ...(keyOptions && { keyOptions: (options) => optionsFrom('keyOptions', keyOptions.call(declared, options)) }),
    ...(resumableOptions && {
      resumableOptions(options) {
        const resumable: unknown = resumableOptions.call(declared, options);
        return resumable === undefined ? undefined : optionsFrom('resumableOptions', resumable);
      },
    }),
    ...(externalFiles && {
      externalFiles: (options) =>
        listFrom('externalFiles', externalFiles.call(declared, options), ['name', 'path', 'pointer']),
    }),
  };
  return {
    ...functions,
    check(options, inputs) {
      try {
        functions.keyOptions?.(options);
        functions.externalFiles?.(options);
        functions.resumableOptions?.(options);
        const checked: unknown = check?.call(declared, options, inputs) ?? { problems: [] };
        listFrom('check', isJsonObject(checked) ? checked['problems'] : checked, ['code', 'message', 'pointer']);
        return checked as StageCheck;
      } catch (error) {
        return { problems: [{ code: 'plugin-failed', message: thrownBy(declared.name, error), pointer: '/type' }] };
      }
    },
  };
}

function thrownBy(name: string, error: unknown): string {
  return `${name} failed when it was asked about these options: ${messageOf(error)}`;
}

function optionsFrom(name: string, value: unknown): JsonObject {
  if (!isJsonObject(value)) throw new TypeError(`${name} gave no options`);
  // Throws for what is not JSON.
  canonicalJson(value);
  return value;
}

function listFrom<T>(name: string, value: T, members: readonly string[]): T {
  const isFine = (item: unknown): boolean =>
    isJsonObject(item) && members.every((member) => typeof item[member] === 'string');
  if (!Array.isArray(value) || !value.every(isFine)) {
    throw new TypeError(`${name} gave no list of { ${members.join(', ')} }`);
  }
  return value;
}
