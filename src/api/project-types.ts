import type { Digest } from '../base/hash.ts';
import { sha256 } from '../base/hash.ts';
import type { ProjectSettings } from '../core/pipeline-spec.ts';
import type { LoadedPlugins } from '../plugins/plugins.ts';
import { builtInStageTypes } from '../stages/registry.ts';
import { programFile } from './program-file.ts';

/** Put in place by the build: digest of what plugins get from this program. */
declare const PLUGIN_INTERFACE_DIGEST: Digest | undefined;

/** The stage types that a project has: the program's own, and those of the plugins that its file names. */
export async function projectStageTypes(project: ProjectSettings | undefined, cwd: string): Promise<LoadedPlugins> {
  const builtIn = builtInStageTypes();
  if (project?.plugins === undefined) return { types: builtIn, problems: [], files: [], seen: [] };
  const { loadPlugins } = await import('../plugins/plugins.ts');
  const digest = typeof PLUGIN_INTERFACE_DIGEST === 'undefined' ? sha256('unbuilt') : PLUGIN_INTERFACE_DIGEST;
  return loadPlugins({ project, cwd, builtIn, interface: { file: programFile('plugin-interface.js'), digest } });
}
