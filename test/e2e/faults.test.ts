import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  rmdirSync,
  statfsSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { noProcessIsLeftIn, processesIn, until } from './processes.ts';
import { command, newProject, type Project } from './project.ts';
import { digestsOf, faultsOf, filesIn } from './store-content.ts';
import { ranIn, runJson, stages, tinyPipeline, type Events } from './tiny-pipeline.ts';

const cleaning: (() => void)[] = [];
afterEach(() => {
  for (const clean of cleaning.splice(0).reverse()) clean();
});

/** But for `at pipeline.yaml:7:3`, which is a place. */
const noStack = expect.not.stringMatching(/^\s+at .*\.js:\d+/m) as unknown;

function digests(project: Project, events: Events): Readonly<Record<string, string>> {
  return digestsOf(project.path('artifacts'), String(events[0]?.['run']));
}

describe('a store that was damaged while nobody worked', () => {
  let project: Project;
  let whole: Readonly<Record<string, string>> | undefined;

  /** Made by one run; each test damages a copy. */
  const template = mkdtempSync(join(tmpdir(), 'store-'));
  afterAll(() => {
    rmSync(template, { recursive: true });
  });

  beforeEach(async () => {
    project = await newProject({ 'tiny.yaml': tinyPipeline });
    if (whole === undefined) {
      whole = digests(project, (await runJson(project)).events);
      cpSync(project.path('artifacts'), template, { recursive: true });
    } else cpSync(template, project.path('artifacts'), { recursive: true });
  });

  const inStore = (area: string): readonly string[] =>
    filesIn(project.path(`artifacts/${area}`)).map((path) => project.path(`artifacts/${area}/${path}`));
  const garble = (path: string): void => {
    chmodSync(path, 0o644);
    writeFileSync(
      path,
      readFileSync(path).map((byte, index) => (index % 7 === 3 ? byte ^ 0x55 : byte)),
    );
  };

  test.each<[string, () => void, readonly string[] | undefined]>([
    [
      'objects gone',
      () => {
        inStore('objects').forEach((path) => {
          rmSync(path);
        });
      },
      stages,
    ],
    [
      'objects cut short',
      () => {
        inStore('objects').forEach((path) => {
          chmodSync(path, 0o644);
          truncateSync(path, 5);
        });
      },
      stages,
    ],
    [
      'records garbled',
      () => {
        inStore('keys').forEach(garble);
      },
      stages,
    ],
    [
      'records empty',
      () => {
        inStore('keys').forEach((path) => {
          chmodSync(path, 0o644);
          truncateSync(path, 0);
        });
      },
      stages,
    ],
    [
      'run records and events garbled',
      () => {
        inStore('runs').forEach(garble);
      },
      [],
    ],
    [
      'checkpoints garbled',
      () => {
        inStore('checkpoints').forEach(garble);
      },
      [],
    ],
    [
      'the stat cache garbled',
      () => {
        writeFileSync(project.path('artifacts/file-hashes.json'), '{"checksum":"x"');
      },
      [],
    ],
    [
      'records dated to the future',
      () => {
        inStore('keys').forEach((path) => {
          utimesSync(path, 4e9, 4e9);
        });
      },
      [],
    ],
  ])(
    '%s: what is needed is made again, to the same bytes',
    async (_how, damage, runs) => {
      damage();
      expect(await project.pipeline('runs')).toMatchObject({ exitCode: 0, stderr: '' });
      expect(await project.pipeline('plan', 'tiny.yaml')).toMatchObject({ exitCode: 0, stderr: '' });
      const { events, exitCode } = await runJson(project);
      expect(exitCode).toBe(0);
      expect(ranIn(events)).toEqual(runs);
      expect(digests(project, events)).toEqual(whole);
      expect(faultsOf(project.path('artifacts'))).toEqual([]);
    },
    120_000,
  );

  test('a flipped bit is found by the stage that reads it, and what it belongs to is made again', async () => {
    for (const path of inStore('objects')) {
      chmodSync(path, 0o644);
      const bytes = readFileSync(path);
      bytes.writeUInt8(bytes.readUInt8(bytes.length >> 1) ^ 4, bytes.length >> 1);
      writeFileSync(path, bytes);
    }
    const { events, exitCode } = await runJson(project, '--force', 'evaluate', '--force', 'train-student');
    expect(exitCode).toBe(0);
    expect(events.some(({ type, message }) => type === 'warning' && String(message).includes('damaged'))).toBe(true);
    expect(digests(project, events)).toEqual(whole);
  }, 120_000);

  test('of a newer format: refused with 2 and left alone', async () => {
    await project.write('artifacts/store.json', '{"format":99}');
    const before = inStore('');
    for (const args of [
      ['run', 'tiny.yaml'],
      ['plan', 'tiny.yaml'],
    ]) {
      expect(await project.pipeline(...args)).toMatchObject({
        exitCode: 2,
        stderr: expect.stringContaining('format 99') as unknown,
      });
    }
    expect(inStore('')).toEqual(before);
  }, 60_000);

  test('copied elsewhere with its project: all is there', async () => {
    const copy = await newProject();
    cpSync(project.folder, copy.folder, { recursive: true });
    const { events } = await runJson(copy);
    expect(ranIn(events)).toEqual([]);
    expect(digests(copy, events)).toEqual(whole);
  }, 60_000);
});

/** A folder on a disk of its own, of so many KiB; undefined where this may not be mounted. */
function smallDisk(kibibytes: number): string | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'disk-'));
  cleaning.push(() => {
    rmdirSync(folder);
  });
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${kibibytes}k`, 'tmpfs', folder]);
  if (mounted.status !== 0) return undefined;
  cleaning.push(() => execFileSync('umount', ['-l', folder]));
  return folder;
}

/** Only root may; where it is not allowed, test/store/unusable.test.ts still fills a disk by a limit. */
const mayMount = ((): boolean => {
  const folder = mkdtempSync(join(tmpdir(), 'disk-'));
  const mounted = spawnSync('mount', ['-t', 'tmpfs', 'tmpfs', folder]).status === 0;
  if (mounted) execFileSync('umount', [folder]);
  rmdirSync(folder);
  return mounted;
})();

(mayMount ? describe : describe.skip)('a disk', () => {
  let undisturbed: Readonly<Record<string, string>> | undefined;

  test.each([100, 800])(
    'with room for %i KiB only ends a run in words, and more room completes it',
    async (room) => {
      const project = await newProject({ 'tiny.yaml': tinyPipeline });
      const disk = smallDisk(8192);
      if (disk === undefined) throw new Error('it could be mounted a moment ago');
      await project.write('pipeline.config.yaml', `store: ${disk}/store\n`);
      const { bavail, bsize } = statfsSync(disk);
      writeFileSync(`${disk}/filler`, Buffer.alloc(bavail * bsize - room * 1024));
      const full = await project.pipeline('run', 'tiny.yaml');
      expect(full).toMatchObject({ stdout: noStack, stderr: noStack });
      expect([1, 2]).toContain(full.exitCode);
      expect(full.stdout + full.stderr).toContain('disk is full');
      await noProcessIsLeftIn(project.folder);
      rmSync(`${disk}/filler`);
      const { exitCode, events } = await runJson(project);
      expect(exitCode).toBe(0);
      expect(faultsOf(`${disk}/store`)).toEqual([]);
      if (undisturbed === undefined) {
        const elsewhere = await newProject({ 'tiny.yaml': tinyPipeline });
        undisturbed = digests(elsewhere, (await runJson(elsewhere)).events);
      }
      // On another disk than the project, and in it: the same bytes.
      expect(digestsOf(`${disk}/store`, String(events[0]?.['run']))).toEqual(undisturbed);
    },
    120_000,
  );
});

(mayMount ? test : test.skip)(
  'a store on a read-only disk: plan and get go on, a run is refused in words, and works again on one that can be written to',
  async () => {
    const project = await newProject({ 'tiny.yaml': tinyPipeline });
    const disk = smallDisk(8192);
    if (disk === undefined) throw new Error('it could be mounted a moment ago');
    await project.write('pipeline.config.yaml', `store: ${disk}/store\n`);
    expect((await runJson(project, 'load-data')).exitCode).toBe(0);
    execFileSync('mount', ['-o', 'remount,ro', disk]);
    const plan = await project.pipeline('plan', 'tiny.yaml', 'load-data');
    expect(plan).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('1 reused') as unknown, stderr: '' });
    expect((await project.pipeline('get', 'latest', 'load-data', '-o', 'out')).exitCode).toBe(0);
    const refused = await project.pipeline('run', 'tiny.yaml');
    expect(refused).toMatchObject({ exitCode: 2, stdout: '', stderr: noStack });
    expect(refused.stderr).toContain('read-only');
    execFileSync('mount', ['-o', 'remount,rw', disk]);
    expect(ranIn((await runJson(project, 'load-data')).events)).toEqual([]);
  },
  60_000,
);

/** Loaded into every process of the run; only the one that runs stages grows. */
const eatInStages = `
if (process.argv[1].endsWith('stage-process.js')) {
  const eaten = [];
  setInterval(() => eaten.push(Array.from({ length: 300_000 }, (_, index) => ({ index }))), 1);
}
`;

const eatBuffersInStages = eatInStages.replace(/Array\.from.*\)\), 1\)/, 'Buffer.alloc(20_000_000, 1)), 1)');

/** A group of processes that may have so much memory together; undefined where this may not be made. */
function memoryGroup(bytes: number): string | undefined {
  const [root, limit] = existsSync('/sys/fs/cgroup/cgroup.controllers')
    ? ['/sys/fs/cgroup', 'memory.max']
    : ['/sys/fs/cgroup/memory', 'memory.limit_in_bytes'];
  const folder = `${root}/pipeline-test-${process.pid}`;
  try {
    mkdirSync(folder);
    cleaning.push(() => {
      rmdirSync(folder);
    });
    writeFileSync(`${folder}/${limit}`, String(bytes));
    return folder;
  } catch {
    return undefined;
  }
}

describe('an odd surrounding', () => {
  const shell = (project: Project, line: string) =>
    spawnSync('bash', ['-c', line, process.execPath, command], { cwd: project.folder, encoding: 'utf8' });

  test('a full disk behind stdout does not end the run, and is told', async () => {
    const project = await newProject({ 'tiny.yaml': tinyPipeline });
    const { status, stderr } = shell(project, '"$0" "$1" run tiny.yaml load-data > /dev/full');
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr: expect.stringMatching(/^what was printed is not whole: ENOSPC.*\n$/) as unknown,
    });
    expect(ranIn((await runJson(project, 'load-data')).events)).toEqual([]);
  }, 60_000);

  test.each([
    ['a reader that leaves', '"$0" "$1" run tiny.yaml load-data | head -1; exit "${PIPESTATUS[0]}"'],
    ['a reader that leaves JSON', '"$0" "$1" run tiny.yaml load-data --json | head -1; exit "${PIPESTATUS[0]}"'],
    ['closed outputs', '"$0" "$1" run tiny.yaml load-data >&- 2>&-'],
    ['no HOME and an empty environment', 'env -i "$0" "$1" run tiny.yaml load-data'],
    ['a folder for temporary files that is not there', 'TMPDIR=/dev/null/nowhere "$0" "$1" run tiny.yaml load-data'],
  ])(
    '%s: the run ends well',
    async (_how, line) => {
      const project = await newProject({ 'tiny.yaml': tinyPipeline });
      expect(shell(project, line)).toMatchObject({ status: 0, stderr: '' });
      expect(ranIn((await runJson(project, 'load-data')).events)).toEqual([]);
    },
    60_000,
  );

  test('a working folder that is gone is one sentence', async () => {
    const project = await newProject();
    const { status, stderr } = shell(project, 'mkdir gone && cd gone && rmdir ../gone && "$0" "$1" runs');
    expect({ status, stderr }).toEqual({
      status: 2,
      stderr: expect.stringMatching(/^the folder .* is gone.*\n$/) as unknown,
    });
  });

  test('a stage that eats all memory is a failed stage with a hint', async () => {
    const project = await newProject({ 'tiny.yaml': tinyPipeline, 'eat.mjs': eatInStages });
    const options = '--max-old-space-size=40 --import=./eat.mjs';
    const { status, stdout, stderr } = shell(
      project,
      `NODE_OPTIONS='${options}' "$0" "$1" run tiny.yaml train-teacher`,
    );
    expect([stdout, stderr]).toEqual([noStack, noStack]);
    expect(status).toBe(1);
    expect(stdout).toContain('NODE_OPTIONS=--max-old-space-size');
  }, 60_000);

  test('a stage that the system kills for its memory, or gives no more, is told with that as the likely cause', async () => {
    const project = await newProject({ 'tiny.yaml': tinyPipeline, 'eat.mjs': eatBuffersInStages });
    const run = `NODE_OPTIONS=--import=./eat.mjs "$0" "$1" run tiny.yaml train-teacher`;
    const group = memoryGroup(400_000_000);
    const limited = [
      `ulimit -d 1000000; ${run}`,
      ...(group === undefined ? [] : [`echo $$ > ${group}/cgroup.procs; ${run}`]),
    ];
    for (const line of limited) {
      const { status, stdout, stderr } = shell(project, line);
      expect([line, status, stdout, stderr]).toEqual([line, 1, noStack, noStack]);
      expect(stdout).toContain('memory ran out; try fewer stages at once');
      await noProcessIsLeftIn(project.folder);
    }
  }, 60_000);

  test('a run that is stopped and continued ends well, and nobody took its place meanwhile', async () => {
    const project = await newProject({ 'tiny.yaml': tinyPipeline });
    const runner = project.start('run', 'tiny.yaml', 'train-teacher');
    const group = -Number(runner.pid);
    const closed = once(runner, 'close');
    runner.stdout.resume();
    await until(
      () => processesIn(project.folder).length > 1 && filesIn(project.path('artifacts/locks')).length > 0,
      'a stage runs',
    );
    process.kill(group, 'SIGSTOP');
    const other = project.start('run', 'tiny.yaml', 'train-teacher', '--json');
    let text = '';
    other.stdout.on('data', (data: Buffer) => (text += data.toString()));
    const otherClosed = once(other, 'close');
    await until(() => text.includes('"stage-waiting"'), 'the second run waits');
    process.kill(group, 'SIGCONT');
    await Promise.all([closed, otherClosed]);
    expect([runner.exitCode, other.exitCode]).toEqual([0, 0]);
    const events = text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Events[number]);
    expect(events.some(({ type }) => type === 'stage-reused')).toBe(true);
  }, 120_000);
});
