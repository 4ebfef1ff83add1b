import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { constants, cp, mkdir, readdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { failure, success, type Result } from '../../base/result.ts';
import type { NativeLayout } from './layout.ts';
import { isLibrary, type LibtensorflowSource } from './source.ts';
import type { Step, StepContext } from './step.ts';
import { runTool } from './tool.ts';

/** tensorflow-cpu's wheel and what is taken out of it. None of them is done where the package's own way has made an addon. */
export function libtensorflowSteps(context: StepContext, source: LibtensorflowSource): readonly Step[] {
  return source.kind === 'network' ? [downloadStep(context), placeStep(context, source)] : [placeStep(context, source)];
}

function sourceName(source: LibtensorflowSource): string {
  switch (source.kind) {
    case 'network':
      return `tensorflow-cpu ${pinned.version} from PyPI`;
    case 'wheel':
      return source.file;
    case 'folder':
      return source.libraries;
  }
}

/** The one that this was tried with. A wheel is for one Python, but what is in it for none: any will do. */
const pinned = {
  version: '2.21.0',
  bytes: 274_000_871,
  sha256: 'dcc8afd32930e42d5296b6ee19078b773706830af4ea97fbe503b9f5e0f820cb',
  target: ['--implementation', 'cp', '--python-version', '3.12', '--platform', 'manylinux_2_27_x86_64'],
};

function downloadStep({ layout, temporaryFolder }: StepContext): Step {
  const title = `tensorflow-cpu ${pinned.version}`;
  return {
    title: `${title}, download`,
    downloads: [`${title} from PyPI, by pip: ${Math.round(pinned.bytes / 1e6)} MB`],
    disk: pinned.bytes,
    needs: ['pip'],
    isDone: () => existsSync(layout.wheel) || existsSync(layout.libtensorflow) || existsSync(layout.addon),
    async run() {
      const folder = await temporaryFolder('wheel');
      // The only way to have pip compare a checksum.
      const requirements = join(folder, 'requirements.txt');
      await writeFile(requirements, `tensorflow-cpu==${pinned.version} --hash=sha256:${pinned.sha256}\n`);
      const args = ['--no-deps', '--only-binary=:all:', '--require-hashes', '--progress-bar', 'off', ...pinned.target];
      const downloaded = await runTool({
        command: python(),
        args: ['-m', 'pip', 'download', ...args, '--dest', folder, '--requirement', requirements],
        cwd: folder,
        log: layout.log,
      });
      if (!downloaded.ok) return downloaded;
      await rename(folder, layout.wheel);
      return success(undefined);
    },
  };
}

function placeStep(context: StepContext, source: LibtensorflowSource): Step {
  const { layout } = context;
  return {
    title: `libtensorflow out of ${sourceName(source)}`,
    downloads: [],
    disk: 900e6,
    needs: ['processor', 'libc', ...(source.kind === 'folder' ? [] : ['python' as const])],
    // What an earlier call has placed does, unless a person now names something else.
    isDone: () =>
      existsSync(layout.addon) ||
      (existsSync(layout.libtensorflow) && (source.kind === 'network' || originOf(layout) === sourceName(source))),
    async run() {
      const folder = await context.temporaryFolder('libtensorflow');
      const taken = await take(layout, source, folder);
      if (!taken.ok) return taken;
      await addNames(join(folder, 'lib'));
      await writeFile(join(folder, 'source'), sourceName(source));
      await rm(layout.libtensorflow, { recursive: true, force: true });
      await rename(folder, layout.libtensorflow);
      await rm(layout.wheel, { recursive: true, force: true });
      return success(undefined);
    },
  };
}

/** Where what is placed came from, in words. */
export function originOf(layout: NativeLayout): string {
  return readFileSync(join(layout.libtensorflow, 'source'), 'utf8');
}

function take(layout: NativeLayout, source: LibtensorflowSource, to: string): Promise<Result<undefined, string>> {
  switch (source.kind) {
    case 'network':
      return unpack(
        layout,
        join(layout.wheel, readdirSync(layout.wheel).find((name) => name.endsWith('.whl')) ?? ''),
        to,
      );
    case 'wheel':
      return unpack(layout, source.file, to);
    case 'folder':
      return copy(source, to);
  }
}

/** A wheel is a zip file, and where there is pip there is a reader of these. */
async function unpack(layout: NativeLayout, wheel: string, to: string): Promise<Result<undefined, string>> {
  const run = await runTool({
    command: python(),
    args: ['-c', UNPACKING, wheel, to, ...headerFolders.map((name) => `tensorflow/include/${name}/`)],
    cwd: to,
    log: layout.log,
  });
  if (!run.ok) return failure(`${wheel}: ${run.error}`);
  const content = join(to, 'tensorflow');
  await mkdir(join(to, 'lib'));
  for (const name of await readdir(content)) {
    if (isLibrary(name)) await rename(join(content, name), join(to, 'lib', name));
  }
  await rename(join(content, 'include'), join(to, 'include'));
  await rm(content, { recursive: true });
  return success(undefined);
}

const UNPACKING = `
import sys, zipfile
wheel, folder, *headers = sys.argv[1:]
libraries = ['tensorflow/libtensorflow_cc.so.2', 'tensorflow/libtensorflow_framework.so.2']
try:
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        missing = [name for name in libraries if name not in names]
        if missing: sys.exit('error: it does not hold ' + missing[0])
        archive.extractall(folder, libraries + [name for name in names if name.startswith(tuple(headers))])
except (OSError, zipfile.BadZipFile) as error:
    sys.exit(f'error: {error}')
`;

/** Where the headers of the C interface lie, and what they include. */
const headerFolders = ['tensorflow/c', 'tensorflow/core', 'xla/tsl', 'tsl'];

async function copy(
  { libraries, headers }: Extract<LibtensorflowSource, { kind: 'folder' }>,
  to: string,
): Promise<Result<undefined, string>> {
  const options = { recursive: true, verbatimSymlinks: true, mode: constants.COPYFILE_FICLONE };
  for (const name of (await readdir(libraries)).filter(isLibrary)) {
    await cp(join(libraries, name), join(to, 'lib', name), options);
  }
  for (const name of headerFolders.filter((each) => existsSync(join(headers, each)))) {
    await cp(join(headers, name), join(to, 'include', name), options);
  }
  return success(undefined);
}

/** What the addon is linked by. The wheel has the libraries only under the names by which they are loaded. */
async function addNames(lib: string): Promise<void> {
  const names = new Set(await readdir(lib));
  for (const [name, target] of [
    ['libtensorflow.so', 'libtensorflow_cc.so.2'],
    ['libtensorflow_framework.so', 'libtensorflow_framework.so.2'],
  ] as const) {
    if (!names.has(name) && names.has(target)) await symlink(target, join(lib, name));
  }
}

/** As node-gyp finds it too. */
export function python(): string {
  return process.env['PYTHON'] ?? 'python3';
}
