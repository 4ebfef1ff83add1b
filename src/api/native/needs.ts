import { existsSync } from 'node:fs';
import { mkdir, statfs } from 'node:fs/promises';
import { messageOf } from '../../base/error-message.ts';
import type { Check } from '../../report/check.ts';
import { cpuFeatures } from '../doctor/cpu-features.ts';
import { python } from './libtensorflow-steps.ts';
import type { Need, Step } from './step.ts';
import { askTool } from './tool.ts';

/** Looks for everything that the steps need, before any of them begins. What is not there is `broken`, with its remedy. */
export async function checkNeeds(steps: readonly Step[], root: string): Promise<readonly Check[]> {
  const needs = new Set(steps.flatMap((step) => step.needs));
  const checks = await Promise.all([...needs].map((need) => checkers[need]()));
  return [...checks, await checkDisk(steps, root)];
}

const checkers: Readonly<Record<Need, () => Promise<Check>>> = {
  npm: () => checkTool('npm', ['npm', '--version'], 'install npm: it comes with Node'),
  async python() {
    const version = await askTool(python(), '-c', 'import sys; print("%d.%d.%d" % sys.version_info[:3])');
    const remedy = install('python3', 'Python 3.8 or newer');
    if (version === undefined) return { name: 'Python', status: 'broken', found: `no ${python()}`, remedy };
    const [major = 0, minor = 0] = version.split('.').map(Number);
    return {
      name: 'Python',
      ...(major === 3 && minor >= 8 ? { status: 'ok' } : { status: 'broken', remedy }),
      found: version,
    };
  },
  pip: () => checkTool('pip', [python(), '-m', 'pip', '--version'], install('python3-pip', 'pip')),
  compiler: () =>
    checkTool(
      'compiler',
      [process.env['CXX'] ?? (macOS ? 'c++' : 'g++'), '--version'],
      install('g++', 'a C++ compiler'),
    ),
  make: () => checkTool('make', ['make', '--version'], install('make', 'make')),
  async processor() {
    const features = cpuFeatures();
    const name = 'processor';
    if (features === undefined || features.includes('AVX'))
      return { name, status: 'ok', found: features?.join(', ') ?? 'unknown' };
    return { name, status: 'broken', found: 'without AVX', remedy: 'none: libtensorflow needs it. Use --backend wasm' };
  },
  async libc() {
    const name = 'C library';
    const version = glibcVersion();
    const [major = 0, minor = 0] = (version ?? '').split('.').map(Number);
    if (macOS || major > 2 || (major === 2 && minor >= 27))
      return { name, status: 'ok', found: macOS ? 'of macOS' : `glibc ${version ?? ''}` };
    const found = version === undefined ? 'not glibc' : `glibc ${version}`;
    return {
      name,
      status: 'broken',
      found,
      remedy: 'a system with glibc 2.27 or newer: libtensorflow needs it. Use --backend wasm',
    };
  },
};

const macOS = process.platform === 'darwin';

async function checkTool(name: string, [command = '', ...args]: readonly string[], remedy: string): Promise<Check> {
  const [version] = (await askTool(command, ...args))?.split('\n') ?? [];
  if (version !== undefined) return { name, status: 'ok', found: version.replace(/ from .*/, '') };
  return { name, status: 'broken', found: `${[command, ...args].join(' ')} does not run`, remedy };
}

/** Steps do not begin where the disk cannot take them all. */
async function checkDisk(steps: readonly Step[], root: string): Promise<Check> {
  const bytes = steps.reduce((sum, { disk }) => sum + disk, 0);
  try {
    await mkdir(root, { recursive: true });
    const { bavail, bsize } = await statfs(root);
    const found = `${gigabytes(bavail * bsize)} free at ${root}, ${gigabytes(bytes)} needed`;
    if (bavail * bsize >= bytes) return { name: 'disk', status: 'ok', found };
    return {
      name: 'disk',
      status: 'broken',
      found,
      remedy: 'make room, or name another place: PIPELINE_NATIVE_FOLDER=/big/disk',
    };
  } catch (error) {
    const found = `${root} cannot be written to: ${messageOf(error)}`;
    return { name: 'disk', status: 'broken', found, remedy: 'name another place: PIPELINE_NATIVE_FOLDER=/some/folder' };
  }
}

function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(1)} GB`;
}

/** As this system installs it. @param debian the package's name there */
function install(debian: string, what: string): string {
  if (macOS) return 'xcode-select --install';
  if (existsSync('/usr/bin/apt-get')) return `sudo apt-get install ${debian}`;
  if (existsSync('/usr/bin/dnf')) return `sudo dnf install ${debian === 'g++' ? 'gcc-c++' : debian}`;
  return `install ${what}`;
}

function glibcVersion(): string | undefined {
  const report = process.report.getReport() as { readonly header?: { readonly glibcVersionRuntime?: string } };
  return report.header?.glibcVersionRuntime;
}
