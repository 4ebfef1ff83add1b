import { existsSync } from 'node:fs';
import { cp, mkdir, rename, rm, symlink } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { success } from '../../base/result.ts';
import { napiVersion } from './layout.ts';
import type { Step, StepContext } from './step.ts';
import { runTool } from './tool.ts';

/** The addon, from the package's own binding.gyp and sources. */
export function addonStep({ layout, temporaryFolder }: StepContext): Step {
  const headers = nodeHeaders();
  return {
    title: 'the addon, by node-gyp',
    downloads: headers === undefined ? [`the headers of Node ${process.versions.node}, by node-gyp: about 10 MB`] : [],
    disk: 10e6,
    needs: ['npm', 'python', 'compiler', 'make'],
    isDone: () => existsSync(layout.addon),
    async run() {
      // In a folder of its own: a build that was killed may have left its compilers running.
      const folder = await temporaryFolder('addon');
      for (const name of ['binding', 'binding.gyp', 'package.json']) {
        await cp(join(layout.tfjsNode, name), join(folder, name), { recursive: true });
      }
      await symlink(layout.libtensorflow, join(folder, 'deps'));
      const definitions = {
        napi_version: napiVersion,
        napi_build_version: napiVersion,
        module_name: 'tfjs_binding',
        module_path: 'lib',
        ...(headers === undefined ? {} : { nodedir: headers }),
      };
      const flags = Object.entries(definitions).map(([name, value]) => `--${name}='${value}'`);
      // npm carries a node-gyp, and has it at hand for whatever it runs.
      const built = await runTool({
        command: 'npm',
        args: ['exec', '--call', ['node-gyp', 'rebuild', ...flags].join(' ')],
        cwd: folder,
        log: layout.log,
      });
      if (!built.ok) return built;
      const deps = join(layout.tfjsNode, 'deps');
      await rm(deps, { recursive: true, force: true });
      await symlink(relative(dirname(deps), layout.libtensorflow), deps);
      await mkdir(dirname(layout.addon), { recursive: true });
      await rename(join(folder, 'build', 'Release', 'tfjs_binding.node'), layout.addon);
      await rm(folder, { recursive: true });
      return success(undefined);
    },
  };
}

/** Node's installation, where it has its headers beside it. */
function nodeHeaders(): string | undefined {
  const prefix = dirname(dirname(process.execPath));
  return existsSync(join(prefix, 'include', 'node', 'node_api.h')) ? prefix : undefined;
}
