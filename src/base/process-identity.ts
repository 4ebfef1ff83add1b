import { readFileSync, readlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { hostname } from 'node:os';
import { isErrno } from './errno.ts';
import { sha256 } from './hash.ts';

/** Who a process is, so that another one can tell later whether it is still there. */
export interface ProcessIdentity {
  /** The host's name, for people. */
  readonly host: string;
  /** Tells hosts, and process namespaces of one host, with the same name apart; stays the same when the host starts anew. */
  readonly machine: string;
  /** Changes with every start of the host. */
  readonly boot: string;
  readonly pid: number;
  /** When the process started, in the system's words, which only equality is asked of: process ids are given anew. */
  readonly started: string;
}

/** Of this process. */
export function processIdentity(): ProcessIdentity {
  return (own ??= { ...hostIdentity(), pid: process.pid, started: look(process.pid)?.started ?? '' });
}

/** `elsewhere`: on another host, where nobody here can tell. */
export type ProcessState = 'alive' | 'dead' | 'elsewhere';

/** A stopped process is alive; one that ended and was not yet collected by its parent is dead: it will do nothing more. */
export function processState(identity: ProcessIdentity): ProcessState {
  const here = processIdentity();
  if (identity.host !== here.host || identity.machine !== here.machine) return 'elsewhere';
  if (identity.boot !== here.boot) return 'dead';
  if (!exists(identity.pid)) return 'dead';
  const seen = look(identity.pid);
  // There, but not to be looked at: another user's, where the system hides these. Nobody is robbed on a guess.
  if (seen === undefined) return exists(identity.pid) ? 'alive' : 'dead';
  return seen.ended || seen.started !== identity.started ? 'dead' : 'alive';
}

/**
 * Sends a signal to exactly this process, which somebody wrote down: never to one that was given its id later, to a group, or to one that
 * cannot be looked at.
 * @returns whether it was sent
 */
export function signalProcess(identity: ProcessIdentity, signal: NodeJS.Signals): boolean {
  const { pid, started } = identity;
  // 0 and below stand for groups, 1 for the system's own.
  if (!Number.isSafeInteger(pid) || pid <= 1 || started === '') return false;
  if (processState(identity) !== 'alive' || look(pid)?.started !== started) return false;
  try {
    return process.kill(pid, signal);
  } catch (error) {
    if (isErrno(error, 'ESRCH', 'EPERM')) return false;
    throw error;
  }
}

let own: ProcessIdentity | undefined;

function hostIdentity(): Pick<ProcessIdentity, 'host' | 'machine' | 'boot'> {
  if (process.platform === 'darwin') {
    return { host: hostname(), machine: '', boot: output('sysctl', '-n', 'kern.bootsessionuuid') };
  }
  const machine = `${fileText('/etc/machine-id')}\n${namespace()}`;
  return { host: hostname(), machine: sha256(machine).slice(0, 16), boot: fileText('/proc/sys/kernel/random/boot_id') };
}

/** A container has process ids of its own: `pid:[4026531836]`. The first namespace of a host has this number on every boot. */
function namespace(): string {
  try {
    return readlinkSync('/proc/self/ns/pid');
  } catch {
    return '';
  }
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

function look(pid: number): { started: string; ended: boolean } | undefined {
  return process.platform === 'darwin' ? lookWithPs(pid) : lookInProc(pid);
}

/** proc(5): field 3 is the state, field 22 the start in clock ticks since boot; the name in field 2 may hold spaces and `)`. */
function lookInProc(pid: number): { started: string; ended: boolean } | undefined {
  const stat = fileText(`/proc/${pid}/stat`);
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state, started] = [fields[0], fields[19]];
  if (state === undefined || started === undefined) return undefined;
  return { started, ended: state === 'Z' || state === 'X' };
}

function lookWithPs(pid: number): { started: string; ended: boolean } | undefined {
  const text = output('ps', '-o', 'stat=,lstart=', '-p', String(pid));
  const [, state, started] = /^(\S+)\s+(.+)$/.exec(text) ?? [];
  if (state === undefined || started === undefined) return undefined;
  return { started, ended: state.startsWith('Z') };
}

function fileText(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return '';
  }
}

function output(command: string, ...args: readonly string[]): string {
  try {
    // Loaded here: elsewhere than on macOS nobody needs it, and it takes a millisecond or two of every start.
    const { execFileSync } = createRequire(import.meta.url)('node:child_process') as ChildProcesses;
    // The same words whatever the person's language and time zone: `lstart` is compared as text.
    const env = { ...process.env, LC_ALL: 'C', TZ: 'UTC' };
    return execFileSync(command, args, { encoding: 'utf8', env, stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    return '';
  }
}

type ChildProcesses = typeof import('node:child_process');
