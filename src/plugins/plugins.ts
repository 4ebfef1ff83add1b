import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { importModule } from '../base/import-module.ts';
import { replaceFileSync } from '../base/atomic-file.ts';
import type { PluginName, ProjectSettings } from '../core/pipeline-spec.ts';
import type { StageType, StageTypes } from '../core/stage-type.ts';
import type { Problem } from '../diagnostics/problem.ts';
import type { PluginInterface } from './bundle.ts';
import { readyPlugin, type ReadyPlugin } from './bundle-cache.ts';
import { stageTypeOf } from './declaration.ts';
import { problemOf } from './faults.ts';
import { importPlugin } from './module.ts';
import { isPackageFile } from './packages.ts';
import { changedPackageFile, type SeenPlaces } from './places.ts';
import { schemaDigest, schemaFault, type ReadyValidators, validatorsModule } from './validators.ts';

export interface PluginsRequest {
  readonly project: ProjectSettings;
  /** Messages name files relative to it. */
  readonly cwd: string;
  /** The program's own, whose names are taken. */
  readonly builtIn: StageTypes;
  readonly interface: PluginInterface;
}

export interface LoadedPlugins {
  /** The program's own, and those of the plugins. */
  readonly types: StageTypes;
  readonly problems: readonly Problem[];
  /** Absolute; the plugins' own files, without those of installed packages. */
  readonly files: readonly string[];
  /** Where all of this is unchanged, so are the plugins. */
  readonly seen: readonly SeenPlaces[];
}

/** The stage types that a project has. Executes the plugins that the project file names, and nothing else. */
export async function loadPlugins(request: PluginsRequest): Promise<LoadedPlugins> {
  const { project, builtIn } = request;
  const loaded = await Promise.all((project.plugins ?? []).map((plugin) => loadPlugin(request, plugin)));
  const types = new Map(builtIn);
  const problems = loaded.flatMap((each) => each.problems);
  for (const { plugin, types: own } of loaded) {
    for (const type of own) {
      const before = types.get(type.name);
      if (before === undefined) types.set(type.name, type);
      else problems.push(nameTaken(plugin, type, before));
    }
  }
  return {
    types,
    problems,
    files: [...new Set(loaded.flatMap(({ files }) => files))],
    seen: loaded.flatMap(({ seen }) => seen ?? []),
  };
}

interface LoadedPlugin {
  readonly plugin: PluginName;
  readonly types: readonly StageType[];
  readonly problems: readonly Problem[];
  readonly files: readonly string[];
  /** Absent beside problems. */
  readonly seen?: SeenPlaces;
}

async function loadPlugin(request: PluginsRequest, plugin: PluginName): Promise<LoadedPlugin> {
  const { project, cwd } = request;
  const bundleRequest = { name: plugin.name, folder: project.folder, interface: request.interface };
  const ready = await readyPlugin(join(project.store, 'plugins'), bundleRequest);
  if (!ready.ok) {
    const problems = ready.error.faults.map((fault) => problemOf(fault, plugin, cwd));
    return { plugin, types: [], problems, files: ownFiles(ready.error.inputs) };
  }
  const files = ownFiles(ready.value.inputs);
  const declared = await importPlugin(plugin.name, ready.value);
  if (!declared.ok) return { plugin, types: [], problems: [problemOf(declared.error, plugin, cwd)], files };
  const validators = await readValidators(ready.value);
  const types: StageType[] = [];
  const problems: Problem[] = [];
  const refuse = (message: string, hint?: string): void => {
    problems.push({
      code: 'plugin-invalid',
      message: `${plugin.name}: ${message}`,
      where: plugin.where,
      ...(hint === undefined ? {} : { hint }),
    });
  };
  for (const declaration of declared.value) {
    const { code, entry, seen } = ready.value;
    const origin = { name: plugin.name, entry, changedFile: () => changedPackageFile(seen) };
    const type = await stageTypeOf(declaration, { plugin: origin, code });
    if (!type.ok) {
      for (const { message, hint } of type.error) refuse(message, hint);
      continue;
    }
    const fault = await schemaFault(type.value, validators);
    if (fault === undefined) types.push(type.value);
    else refuse(`the stage type "${type.value.name}": its "schema" is no JSON Schema: ${fault}`);
  }
  if (problems.length === 0) await keepValidators(request, { ready: ready.value, types, validators });
  return { plugin, types, problems, files, seen: ready.value.seen };
}

function ownFiles(inputs: readonly string[]): readonly string[] {
  return inputs.filter((path) => !isPackageFile(path));
}

async function readValidators({ validators }: ReadyPlugin): Promise<ReadyValidators> {
  if (!existsSync(validators)) return new Map();
  const module = (await importModule(pathToFileURL(validators).href)) as {
    validators: Readonly<Record<string, (value: unknown) => boolean>>;
  };
  return new Map(Object.entries(module.validators));
}

/** For the next start, once. */
async function keepValidators(
  { interface: { file } }: PluginsRequest,
  { ready, types, validators }: { ready: ReadyPlugin; types: readonly StageType[]; validators: ReadyValidators },
): Promise<void> {
  const schemas = types.map(({ schema }) => schema);
  if (existsSync(ready.validators) || schemas.every((schema) => validators.has(schemaDigest(schema)))) return;
  const module = await validatorsModule(schemas, file);
  try {
    replaceFileSync(ready.validators, module);
  } catch {
    // The next start compiles them again.
  }
}

function nameTaken({ name, where }: PluginName, type: StageType, before: StageType): Problem {
  const owner = before.plugin === undefined ? 'the program' : `the plugin ${before.plugin.name}`;
  const taken = before.plugin?.name === name ? 'twice' : `which ${owner} has already`;
  return {
    code: 'plugin-invalid',
    message: `${name} declares the stage type "${type.name}"${taken === 'twice' ? ' twice' : `, ${taken}`}`,
    where,
    hint: 'give it another name',
  };
}
