import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { messageOf } from '../../base/error-message.ts';
import { lastLine } from '../../report/format.ts';
import type { BackendFacts } from '../../tensor/backend.ts';
import { programFile } from '../program-file.ts';

export type ProbeResult =
  | { readonly loads: true; readonly facts: BackendFacts; readonly seconds: number }
  | { readonly loads: false; readonly why: string; readonly remedy?: string };

/** Loading native TensorFlow takes a second or two; a minute means that it hangs. */
const patience = 60_000;

/** Loads a backend in a process of its own: one that crashes or hangs is an answer too. @param cwd where to look for packages first */
export async function probeInChild(backend: 'wasm' | 'native', cwd?: string): Promise<ProbeResult> {
  const args = [programFile('cli.cjs'), 'probe-backend', backend, ...(cwd === undefined ? [] : [cwd])];
  try {
    const { stdout } = await promisify(execFile)(process.execPath, args, { timeout: patience });
    return JSON.parse(lastLine(stdout)) as ProbeResult;
  } catch (error) {
    return { loads: false, why: whatHappened(error as ChildError) };
  }
}

interface ChildError extends Error {
  readonly killed?: boolean;
  readonly signal?: string | null;
  readonly stderr?: string;
}

function whatHappened(error: ChildError): string {
  if (error.killed === true) return `loading it took longer than ${patience / 1000} s`;
  if (typeof error.signal === 'string') return `loading it ended the process by ${error.signal}`;
  const told = lastLine(error.stderr ?? '');
  return told === '' ? error.message : told;
}

/** What the child does. Never throws: what went wrong is its answer. */
export async function probeHere(backend: 'wasm' | 'native', from?: string): Promise<ProbeResult> {
  const { BackendUnavailable, loadBackend } = await import('../../tensor/backend.ts');
  const started = performance.now();
  try {
    const facts = await loadBackend(backend, from);
    return { loads: true, facts, seconds: (performance.now() - started) / 1000 };
  } catch (error) {
    const why = messageOf(error);
    return { loads: false, why, ...(error instanceof BackendUnavailable ? { remedy: error.remedy } : {}) };
  }
}
