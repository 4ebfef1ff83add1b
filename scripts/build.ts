/**
 * Builds dist/: the command, the library and the stage process, each bundled so that a run with nothing to do starts as fast as
 * Node does; and the digest of each stage type's code, which enters its keys.
 */
import { chmod, copyFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { build, type BuildOptions } from 'esbuild';
import { codeDigest, stageCodeDigests } from './stage-code-digests.ts';

const outdir = 'dist';

/** Packages that stay outside the bundle: they carry binaries or data, or are seldom needed (cosmiconfig would bring TypeScript along). */
const external = ['@temporalio/*', '@tensorflow/*', 'mnist', 'mnist/*', '@viz-js/viz', 'cosmiconfig', 'esbuild'];

const common: BuildOptions = {
  outdir,
  bundle: true,
  platform: 'node',
  target: 'node20',
  external,
  minifySyntax: true,
  minifyWhitespace: true,
  keepNames: true,
  legalComments: 'linked',
  logLevel: 'warning',
};

async function main(): Promise<void> {
  await rm(outdir, { recursive: true, force: true });
  await mkdir(outdir, { recursive: true });
  const manifest = JSON.parse(await readFile('package.json', 'utf8')) as { version: string };
  const define = {
    STAGE_CODE_DIGESTS: JSON.stringify(await stageCodeDigests()),
    PLUGIN_BUNDLER_DIGEST: JSON.stringify(await codeDigest('src/plugins/bundle-cache.ts')),
    YAML_PARSER_DIGEST: JSON.stringify(await codeDigest('src/config/yaml/kept-parse.ts')),
    PLUGIN_INTERFACE_DIGEST: JSON.stringify(await codeDigest('src/plugin-interface.ts')),
    PACKAGE_VERSION: JSON.stringify(manifest.version),
  };
  const modules: BuildOptions = {
    ...common,
    format: 'esm',
    // Bundled CommonJS packages still ask for Node's own modules by `require`.
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module';const require = __createRequire(import.meta.url);",
    },
    define,
  };
  await build({
    ...modules,
    entryPoints: {
      'stage-process': 'src/cli/stage-process.ts',
      index: 'src/index.ts',
      'plugin-interface': 'src/plugin-interface.ts',
    },
    splitting: true,
  });
  // Apart from the command's own, since each start of that costs what is in it.
  await build({ ...modules, entryPoints: { 'ui-server': 'src/ui/server.ts' } });
  // CommonJS, because Node's loader of modules and its views of Node's own cost 10 ms a start; and each program in one file of its
  // own, so that its compiled code can be kept: see src/cli/main.ts.
  const commonJs: BuildOptions = { ...common, format: 'cjs', outExtension: { '.js': '.cjs' } };
  await build({ ...commonJs, banner: { js: '#!/usr/bin/env node' }, entryPoints: { cli: 'src/cli/main.ts' } });
  // `import()` loses its way in code that was compiled before: packages outside are loaded by `require`.
  const programs = { again: 'src/cli/again.ts', 'command-line': 'src/cli/command-line.ts' };
  await build({
    ...commonJs,
    entryPoints: programs,
    supported: { 'dynamic-import': false },
    banner: { js: "const __importMetaUrl = require('node:url').pathToFileURL(__filename).href;" },
    define: { ...define, 'import.meta.url': '__importMetaUrl' },
  });
  await chmod(`${outdir}/cli.cjs`, 0o755);
  await buildWorkflow();
  await buildPage('report');
  await buildPage('ui');
  await copyFile('src/report/web/ui/page.html', `${outdir}/web/ui/index.html`);
}

/** The workflow of runs on a cluster: Temporal's own bundler closes it off from all that is not deterministic. */
async function buildWorkflow(): Promise<void> {
  const { bundleWorkflowCode, DefaultLogger } = await import('@temporalio/worker');
  const { code } = await bundleWorkflowCode({
    workflowsPath: resolve('src/engine/temporal/workflow.ts'),
    logger: new DefaultLogger('WARN'),
  });
  await writeFile(`${outdir}/temporal-workflow.js`, code);
}

/**
 * A page for browsers: dist/web/<name>/main.js and main.css. The report carries them, so the licences of what is bundled stand in
 * them; others are files that a server gives, with what they load where it is needed. Pages are in no key.
 */
async function buildPage(name: 'report' | 'ui'): Promise<void> {
  await build({
    entryPoints: { main: `src/report/web/${name}/main.tsx` },
    outdir: `${outdir}/web/${name}`,
    bundle: true,
    platform: 'browser',
    format: 'esm',
    splitting: true,
    chunkNames: '[name]-[hash]',
    target: 'es2022',
    minify: true,
    jsx: 'automatic',
    jsxImportSource: 'preact',
    legalComments: 'eof',
    logLevel: 'warning',
  });
}

await main();
