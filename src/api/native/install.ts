import { existsSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { replaceFile } from '../../base/atomic-file.ts';
import { isErrno } from '../../base/errno.ts';
import { failure, success, type Result } from '../../base/result.ts';
import type { Problem } from '../../diagnostics/problem.ts';
import type { Check } from '../../report/check.ts';
import { sweepTemporary } from '../../store/temporary.ts';
import { readNativeRecord, type NativeRecord } from '../../tensor/native-folder.ts';
import { probeInChild } from '../doctor/probe.ts';
import { nativeLayout, type NativeLayout } from './layout.ts';
import { originOf } from './libtensorflow-steps.ts';
import { holdInstallation } from './lock.ts';
import { checkNeeds } from './needs.ts';
import { findSource, type LibtensorflowSource } from './source.ts';
import type { Step } from './step.ts';
import { stepsFor, untested } from './steps.ts';

export interface NativeInstallOptions {
  /** Absolute: a wheel, a folder with one, or libtensorflow unpacked. Without it, the network is asked. */
  readonly from?: string;
  readonly onEvent: (event: NativeInstallEvent) => void;
}

export type NativeInstallEvent =
  | { readonly type: 'waiting'; readonly holder: string }
  /** It is there, but does not load any more. */
  | { readonly type: 'broken'; readonly why: string }
  /** Told before anything is fetched. */
  | {
      readonly type: 'plan';
      readonly folder: string;
      readonly untested?: string;
      readonly needs: readonly Check[];
      readonly downloads: readonly string[];
    }
  | { readonly type: 'step-started'; readonly title: string }
  | { readonly type: 'step-finished'; readonly seconds: number; readonly remark?: string };

export interface NativeInstallation extends NativeRecord {
  readonly folder: string;
  /** Nothing was done: it was there, and it loads. */
  readonly already: boolean;
}

/**
 * Makes tfjs-node work, in a folder of its own. What an earlier call had made before it was killed is kept: each step is whole or
 * absent. The record, without which nobody finds the installation, comes last, when the backend has computed a product.
 */
export async function installNative(options: NativeInstallOptions): Promise<Result<NativeInstallation, Problem>> {
  const source: Result<LibtensorflowSource, Problem> =
    options.from === undefined ? success({ kind: 'network' }) : findSource(options.from);
  if (!source.ok) return source;
  const layout = nativeLayout();
  const lock = await holdInstallation(layout, (holder) => {
    options.onEvent({ type: 'waiting', holder });
  });
  if (!lock.ok) return lock;
  try {
    const there = await alreadyThere(layout, options);
    return there === undefined ? await install(layout, source.value, options) : success(there);
  } finally {
    await lock.value.release();
  }
}

/** One that does not load any more loses its addon, which is then built anew. */
async function alreadyThere(
  layout: NativeLayout,
  { onEvent }: NativeInstallOptions,
): Promise<NativeInstallation | undefined> {
  const record = readNativeRecord(layout);
  if (record === undefined) return undefined;
  const probe = await probeInChild('native', layout.package);
  if (probe.loads) return { ...record, folder: layout.root, already: true };
  onEvent({ type: 'broken', why: probe.why });
  await rm(layout.record);
  await rm(layout.addon, { force: true });
  return undefined;
}

async function install(
  layout: NativeLayout,
  source: LibtensorflowSource,
  { onEvent }: NativeInstallOptions,
): Promise<Result<NativeInstallation, Problem>> {
  await mkdir(layout.temporary, { recursive: true });
  await sweepTemporary(layout.temporary);
  const steps = stepsFor(layout, source, whyNotLoading);
  const lacking = await tellPlan(layout, source, steps, onEvent);
  if (lacking !== undefined) return failure(lacking);
  for (const step of steps) {
    // Asked here again: the package's own way may spare the rest.
    if (step.isDone()) continue;
    const failed = await perform(step, onEvent);
    if (failed !== undefined) return failure(problem(`${step.title}: ${failed}`, seeLog(layout)));
  }
  return record(layout);
}

/** Has the backend compute; when it does, it is there for everybody. */
async function record(layout: NativeLayout): Promise<Result<NativeInstallation, Problem>> {
  if (!existsSync(layout.addon)) {
    // The package's own way is tried again by the next call.
    await rm(layout.package, { recursive: true });
    const hint = `--native-from takes a libtensorflow of yours; ${seeLog(layout)}`;
    return failure(problem('the package’s own way failed, and for this system there is no other', hint));
  }
  const probe = await probeInChild('native', layout.package);
  if (!probe.loads) {
    await rm(layout.addon);
    const hint = `pipeline doctor --remove-native, then again; ${seeLog(layout)}`;
    return failure(problem(`the addon was built, but does not work: ${probe.why}`, hint));
  }
  const made: NativeRecord = {
    tfjs: probe.facts.tfjsVersion,
    libtensorflow: probe.facts.libtensorflow ?? 'unknown',
    source: existsSync(layout.libtensorflow) ? originOf(layout) : 'the package’s own way',
    node: process.versions.node,
    installedAt: new Date().toISOString(),
  };
  await replaceFile(layout.record, `${JSON.stringify(made, null, 2)}\n`);
  return success({ ...made, folder: layout.root, already: false });
}

/** Says what will be done, and looks for everything that it needs. @returns what is lacking */
async function tellPlan(
  layout: NativeLayout,
  source: LibtensorflowSource,
  steps: readonly Step[],
  onEvent: NativeInstallOptions['onEvent'],
): Promise<Problem | undefined> {
  const open = steps.filter((step) => !step.isDone());
  const needs = await checkNeeds(open, layout.root);
  const downloads = open.flatMap((step) => step.downloads);
  const warning = untested(source);
  onEvent({
    ...{ type: 'plan', folder: layout.root, needs, downloads },
    ...(warning === undefined ? {} : { untested: warning }),
  });
  const lacking = needs.filter(({ status }) => status !== 'ok');
  if (lacking.length === 0) return undefined;
  return problem(
    `nothing was fetched, because this is lacking: ${lacking.map(({ name, found }) => `${name} (${found})`).join(', ')}`,
    lacking.map(({ remedy }) => remedy).join('; '),
  );
}

/** @returns what went wrong */
async function perform(step: Step, onEvent: NativeInstallOptions['onEvent']): Promise<string | undefined> {
  onEvent({ type: 'step-started', title: step.title });
  const started = performance.now();
  try {
    const done = await step.run();
    if (!done.ok) return done.error;
    const remark = done.value === undefined ? {} : { remark: done.value };
    onEvent({ type: 'step-finished', seconds: (performance.now() - started) / 1000, ...remark });
    return undefined;
  } catch (error) {
    // The system's own errors are the machine's: a full disk, a folder that may not be written to.
    if (isErrno(error)) return error.message;
    throw error;
  }
}

async function whyNotLoading(folder: string): Promise<string | undefined> {
  const probe = await probeInChild('native', folder);
  return probe.loads ? undefined : probe.why;
}

function problem(message: string, hint: string): Problem {
  return { code: 'native-install', message: `the native backend is not set up: ${message}`, hint };
}

function seeLog({ log }: NativeLayout): string {
  return `all that was printed is in ${log}`;
}
