import { afterEach, describe, expect, it } from '@jest/globals';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { type ProcessIdentity, processIdentity, processState } from '../../src/base/process-identity.ts';

const children: ChildProcess[] = [];

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

describe('processState', () => {
  it('knows this process, and a child until it is killed', async () => {
    expect(processState(processIdentity())).toBe('alive');
    const { child, identity } = startChild();
    expect(processState(identity)).toBe('alive');
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(processState(identity)).toBe('dead');
  });

  it('takes a stopped process for alive', async () => {
    const { child, identity } = startChild();
    child.kill('SIGSTOP');
    await sleep(20);
    expect(processState(identity)).toBe('alive');
  });

  it('takes another process under the same id for what it is', () => {
    expect(processState({ ...processIdentity(), started: '1' })).toBe('dead');
  });

  it('takes every process from before the last start of the host for dead', () => {
    expect(processState({ ...processIdentity(), boot: 'another' })).toBe('dead');
  });

  it.each([{ host: 'another' }, { machine: 'another' }])('cannot tell of %j', (other) => {
    expect(processState({ ...processIdentity(), ...other, pid: 999_999_999 })).toBe('elsewhere');
  });

  it('takes one that ended uncollected for dead', async () => {
    // The shell becomes a sleep that never collects the child that it had.
    const parent = spawn('sh', ['-c', 'sleep 0.01 & echo $!; exec sleep 60'], { stdio: ['ignore', 'pipe', 'ignore'] });
    children.push(parent);
    const [output] = (await once(parent.stdout, 'data')) as [Buffer];
    const pid = Number(output.toString());
    const identity = { ...processIdentity(), pid, started: startOf(pid) };
    await sleep(300);
    expect(readFileSync(`/proc/${pid}/stat`, 'utf8')).toContain(') Z ');
    expect(processState(identity)).toBe('dead');
  });
});

function startChild(): { child: ChildProcess; identity: ProcessIdentity } {
  const child = spawn('sleep', ['60'], { stdio: 'ignore' });
  children.push(child);
  const pid = child.pid ?? 0;
  return { child, identity: { ...processIdentity(), pid, started: startOf(pid) } };
}

function startOf(pid: number): string {
  return readFileSync(`/proc/${pid}/stat`, 'utf8').split(' ')[21] ?? '';
}
