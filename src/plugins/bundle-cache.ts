import { randomBytes } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { replaceFileSync } from '../base/atomic-file.ts';
import { isErrno } from '../base/errno.ts';
import { type Digest, sha256 } from '../base/hash.ts';
import type { JsonValue } from '../base/json.ts';
import { success, type Result } from '../base/result.ts';
import { sealJson, unsealJson } from '../base/sealed-json.ts';
import {
  type Bundle,
  type BundleRequest,
  bundlePlugin,
  ENTRY,
  type FailedBundle,
  type PluginInterface,
} from './bundle.ts';
import { isUnchanged, seePlaces, type SeenPlaces } from './places.ts';

/** A plugin whose code lies ready to be loaded. */
export interface ReadyPlugin {
  readonly code: Digest;
  /** Absolute path of the module that has the plugin's exports under `plugin`. Its content never changes. */
  readonly entry: string;
  /** Absolute path of the module with the validators of its schemas; there once somebody wrote it. */
  readonly validators: string;
  /** Absolute; every file that went into the code. */
  readonly inputs: readonly string[];
  /** Where this is unchanged, so is all of the above. */
  readonly seen: SeenPlaces;
}

/**
 * The plugin's bundle, made anew only where something that it was made from has changed.
 * @param cache absolute folder; where nothing can be written there, the bundle is this process' own
 */
export async function readyPlugin(cache: string, request: BundleRequest): Promise<Result<ReadyPlugin, FailedBundle>> {
  const folder = join(cache, sha256(JSON.stringify([request.folder, request.name])).slice(0, 24));
  const known = readManifest(folder, request.interface);
  if (known !== undefined) return success(known);
  const readAt = Date.now();
  const bundle = await bundlePlugin(request);
  if (!bundle.ok) return bundle;
  const made = { bundle: bundle.value, interface: request.interface, seen: seePlaces(bundle.value.inputs, readAt) };
  try {
    return success(keep(folder, made));
  } catch (error) {
    if (!isErrno(error)) throw error;
    return success(keep(ownFolder(), made));
  }
}

/** Put in place by the build: digest of the code that makes bundles. */
declare const PLUGIN_BUNDLER_DIGEST: string | undefined;

function bundler(): string {
  return typeof PLUGIN_BUNDLER_DIGEST === 'undefined' ? 'unbuilt' : PLUGIN_BUNDLER_DIGEST;
}

interface Made {
  readonly bundle: Bundle;
  readonly interface: PluginInterface;
  readonly seen: SeenPlaces;
}

interface Manifest {
  /** What made it. */
  readonly bundler: string;
  /** The bundle imports it by its address. */
  readonly interface: PluginInterface;
  readonly code: Digest;
  /** Name of the folder with the bundle's files. */
  readonly bundle: string;
  readonly inputs: readonly string[];
  readonly seen: SeenPlaces;
}

function readManifest(folder: string, { file, digest }: PluginInterface): ReadyPlugin | undefined {
  try {
    const manifest = unsealJson(readFileSync(join(folder, MANIFEST), 'utf8')) as unknown as Manifest;
    const isOurs =
      manifest.bundler === bundler() && manifest.interface.file === file && manifest.interface.digest === digest;
    if (!isOurs || !isUnchanged(manifest.seen)) return undefined;
    const ready = readyIn(join(folder, manifest.bundle), manifest);
    return existsSync(ready.entry) ? ready : undefined;
  } catch {
    return undefined;
  }
}

const MANIFEST = 'manifest.json';

/** The files first, the manifest last: a kill at any instant leaves the old state or the new one. */
function keep(folder: string, { bundle, interface: api, seen }: Made): ReadyPlugin {
  const name = contentOf(bundle);
  mkdirSync(folder, { recursive: true });
  writeFiles(folder, name, bundle.files);
  const manifest: Manifest = {
    bundler: bundler(),
    interface: api,
    code: bundle.code,
    bundle: name,
    inputs: bundle.inputs,
    seen,
  };
  replaceFileSync(join(folder, MANIFEST), sealJson(manifest as unknown as JsonValue));
  sweep(folder, name);
  return readyIn(join(folder, name), manifest);
}

function readyIn(folder: string, { code, inputs, seen }: Manifest): ReadyPlugin {
  return { code, inputs, seen, entry: join(folder, ENTRY), validators: join(folder, 'validators.mjs') };
}

/** Another content has another name, so that a process which loaded one module never gets a part of another. */
function contentOf({ files }: Bundle): string {
  return sha256(JSON.stringify([...files].map(([name, bytes]) => [name, sha256(bytes)]))).slice(0, 32);
}

function writeFiles(folder: string, name: string, files: Bundle['files']): void {
  const target = join(folder, name);
  if (existsSync(join(target, ENTRY))) {
    // Still in use: not to be swept.
    const now = new Date();
    utimesSync(target, now, now);
    return;
  }
  const temporary = `${target}.${process.pid}-${randomBytes(6).toString('hex')}.tmp`;
  try {
    mkdirSync(temporary);
    for (const [file, bytes] of files) writeFileSync(join(temporary, file), bytes);
    renameSync(temporary, target);
  } catch (error) {
    rmSync(temporary, { recursive: true, force: true });
    // Another process made the same meanwhile.
    if (!existsSync(join(target, ENTRY))) throw error;
  }
}

/** Earlier bundles that no run can still be using. */
function sweep(folder: string, current: string): void {
  try {
    for (const name of readdirSync(folder)) {
      if (name === current || name === MANIFEST) continue;
      const path = join(folder, name);
      if (Date.now() - statSync(path).mtimeMs > UNUSED_MS) rmSync(path, { recursive: true, force: true });
    }
  } catch {
    // Another process sweeps as well.
  }
}

const UNUSED_MS = 30 * 24 * 60 * 60 * 1000;

function ownFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'pipeline-plugin-'));
  process.once('exit', () => {
    rmSync(folder, { recursive: true, force: true });
  });
  return folder;
}
