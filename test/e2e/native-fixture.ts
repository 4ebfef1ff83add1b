/**
 * What `doctor --install-native` meets, in small: a tfjs-node whose addon is ten lines of C, a tensorflow-cpu wheel whose libtensorflow
 * is one, and an npm, a python3 and a make that are the real ones, but fetch these instead of asking a registry, and stall
 * where a test says so. All that is built, linked, unpacked, loaded and killed is real.
 */
import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { command } from './project.ts';

export interface NativeWorld {
  readonly wheel: string;
  /** The wheel's content. */
  readonly unpacked: string;
  /**
   * For the command: its tools, what they fetch, and where it installs.
   * @param place a folder: what the tools were called with is in `calls`, and where one has stalled there is a file `stalled`
   */
  env(place: string): Readonly<Record<string, string>>;
}

/** Of a place: where the command installs in it. */
export function installationIn(place: string): string {
  return join(place, 'cache', `tfjs-node-4.22.0-${process.platform}-${process.arch}`);
}

/** Undefined where everything is there; else what these tests lack. */
export function lackingTools(): string | undefined {
  const lacking = ['python3', 'cc', 'g++', 'make', 'npm'].filter((tool) => where(tool) === undefined);
  if (process.platform !== 'linux' || process.arch !== 'x64') lacking.unshift('Linux x64');
  return lacking.length === 0 ? undefined : lacking.join(', ');
}

export function makeNativeWorld(folder: string): NativeWorld {
  const at = (...names: string[]): string => join(folder, ...names);
  const write = (name: string, text: string): void => {
    mkdirSync(dirname(at(name)), { recursive: true });
    writeFileSync(at(name), text);
  };
  cpSync(join(import.meta.dirname, '../fixtures/native'), at('package'), { recursive: true });
  execFileSync('tar', ['czf', at('tfjs-node.tgz'), 'package'], { cwd: folder });

  write('wheel/tensorflow/include/tensorflow/c/c_api.h', 'const char* TF_Version(void);\n');
  write('framework.c', 'int framework;\n');
  write('tensorflow.c', `const char* TF_Version(void) { return "9.8.7"; }\n`);
  for (const [source, library] of [
    ['tensorflow.c', 'libtensorflow_cc.so.2'],
    ['framework.c', 'libtensorflow_framework.so.2'],
  ] as const) {
    const flags = ['-shared', '-fPIC', `-Wl,-soname,${library}`];
    execFileSync('cc', [...flags, at(source), '-o', at('wheel/tensorflow', library)]);
  }
  const wheel = at('tensorflow_cpu-9.8.7-cp312-cp312-manylinux_2_27_x86_64.whl');
  execFileSync('python3', ['-m', 'zipfile', '-c', wheel, 'tensorflow'], { cwd: at('wheel') });

  mkdirSync(at('bin'));
  for (const [name, script] of Object.entries(tools)) {
    write(`bin/${name}`, `#!/bin/sh\necho "${name} $*" >> "$PLACE/calls"\nreal='${where(name) ?? ''}'\n${script}`);
    chmodSync(at('bin', name), 0o755);
  }
  return {
    wheel,
    unpacked: at('wheel'),
    env: (place) => ({
      PATH: `${at('bin')}:${process.env['PATH'] ?? ''}`,
      PIPELINE_NATIVE_FOLDER: join(place, 'cache'),
      PLACE: place,
      WHEEL: wheel,
      PACKAGE: at('tfjs-node.tgz'),
      REPOSITORY: join(dirname(command), '..', 'package.json'),
    }),
  };
}

function where(tool: string): string | undefined {
  try {
    return execFileSync('/bin/sh', ['-c', `command -v ${tool}`], { encoding: 'utf8' }).trim();
  } catch {
    return undefined;
  }
}

const stall = (when: string): string => `[ "$STALL" = ${when} ] && { touch "$PLACE/stalled"; exec sleep 600; }`;

const tools = {
  npm: `
for argument do
  shift
  case $argument in @tensorflow/tfjs-node@*) argument=$PACKAGE;; esac
  set -- "$@" "$argument"
done
exec "$real" "$@"
`,
  // Half a wheel is there when it stalls, and half of its content.
  python3: `
case "$*" in
  *"-m pip download"*)
    [ -n "$NO_PIP" ] && exit 1
    while [ "$1" != --dest ]; do shift; done
    if [ "$STALL" = download ]; then head -c 1000 "$WHEEL" > "$2/half.whl"; fi
    ${stall('download')}
    exec cp "$WHEEL" "$2";;
  *"-m pip --version"*) [ -n "$NO_PIP" ] && exit 1; echo "pip 24.0 from somewhere"; exit 0;;
  *zipfile*)
    if [ "$STALL" = unpack ]; then mkdir "$4/tensorflow"; touch "$4/tensorflow/libtensorflow_cc.so.2"; fi
    ${stall('unpack')};;
esac
exec "$real" "$@"
`,
  make: `
case "$*" in *--version*) ;; *) ${stall('build')};; esac
exec "$real" "$@"
`,
};
