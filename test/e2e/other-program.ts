import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { temporaryFolder } from '../base/temporary-folder.ts';
import { command } from './project.ts';

const here = join(dirname(command), '../node_modules');
const TENSORFLOW = '@tensorflow';
const WASM = `${TENSORFLOW}/tfjs-backend-wasm`;

interface Installation {
  /** Of this program. */
  readonly version?: string;
  /** Of TensorFlow.js. */
  readonly tfjs?: string;
  /** Scopes that are not installed, as in @aws-sdk. */
  readonly without?: readonly string[];
}

/** This program, as if it were another installation. @returns its command */
export function otherProgram({ version, tfjs, without = [] }: Installation): string {
  const folder = temporaryFolder();
  const [dist, modules] = [join(folder, 'dist'), join(folder, 'node_modules')];
  cpSync(dirname(command), dist, { recursive: true });
  mkdirSync(join(modules, TENSORFLOW), { recursive: true });
  const ofTensorFlow = readdirSync(join(here, TENSORFLOW)).map((name) => `${TENSORFLOW}/${name}`);
  for (const name of [...readdirSync(here), ...ofTensorFlow])
    if (![TENSORFLOW, WASM, ...without].includes(name)) symlinkSync(join(here, name), join(modules, name));
  cpSync(join(here, WASM), join(modules, WASM), { recursive: true });
  if (tfjs !== undefined) {
    const file = join(modules, WASM, 'package.json');
    const own = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
    writeFileSync(file, JSON.stringify({ ...own, version: tfjs }));
  }
  if (version !== undefined) {
    const file = join(dist, 'command-line.cjs');
    const parts = readFileSync(file, 'utf8').split(JSON.stringify(ownVersion()));
    if (parts.length === 1) throw new Error(`${file} does not hold its version`);
    writeFileSync(file, parts.join(JSON.stringify(version)));
  }
  return join(dist, 'cli.cjs');
}

export function ownVersion(): string {
  return (JSON.parse(readFileSync(join(dirname(command), '../package.json'), 'utf8')) as { version: string }).version;
}
