import { beforeEach, describe, expect, it } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { gitState, hostFacts } from '../../src/records/host-facts.ts';
import { newRunId } from '../../src/records/run-id.ts';
import { temporaryFolder } from '../base/temporary-folder.ts';

describe('gitState', () => {
  let folder: string;
  const git = (...args: string[]): string => {
    const identity = ['-c', 'user.name=t', '-c', 'user.email=t@example.org', '-c', 'commit.gpgsign=false'];
    return execFileSync('git', [...identity, ...args], { cwd: folder, encoding: 'utf8', stdio: 'pipe' }).trim();
  };

  beforeEach(() => {
    folder = temporaryFolder();
    git('init', '-q');
  });

  it('tells the commit, and whether tracked files differ from it', async () => {
    expect(await gitState(folder)).toBeUndefined();
    writeFileSync(`${folder}/file`, 'one');
    git('add', '.');
    git('commit', '-q', '-m', 'first');
    const commit = git('rev-parse', 'HEAD');
    mkdirSync(`${folder}/below`);
    writeFileSync(`${folder}/below/untracked`, '');
    expect(await gitState(`${folder}/below`)).toEqual({ commit, dirty: false });
    writeFileSync(`${folder}/file`, 'two');
    expect(await gitState(folder)).toEqual({ commit, dirty: true });
  });
});

it('knows nothing of Git outside a repository or in a folder that is not there', async () => {
  expect(await gitState(temporaryFolder())).toBeUndefined();
  expect(await gitState('/nowhere')).toBeUndefined();
});

it('knows the host', () => {
  expect(hostFacts()).toMatchObject({ platform: process.platform, arch: process.arch });
  expect(hostFacts().memory).toBeGreaterThan(1e8);
});

describe('newRunId', () => {
  it('sorts by time, within a second too', () => {
    const times = Array.from({ length: 500 }, (_, index) => Date.UTC(2026, 10, 24, 14, 22, 33) + index * 4);
    const ids = times.map((time) => newRunId(() => time));
    expect([...ids].sort()).toEqual(ids);
  });

  it('begins with the time in UTC', () => {
    expect(newRunId(() => Date.UTC(2026, 10, 24, 14, 22, 33, 999))).toMatch(/^20261124-142233-[a-z0-9]{5}$/);
  });

  it('differs within the same second', () => {
    expect(new Set(Array.from({ length: 50 }, () => newRunId(() => 0))).size).toBeGreaterThan(48);
  });
});
