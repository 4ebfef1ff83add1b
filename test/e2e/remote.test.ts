import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { execa } from 'execa';
import { temporaryFolder } from '../base/temporary-folder.ts';
import { faultyProxy } from '../store/remote/faulty-proxy.ts';
import { describeWithMinio, type Minio } from '../store/remote/minio.ts';
import { otherProgram } from './other-program.ts';
import { newProject, type Project } from './project.ts';
import { faultsOf, filesIn } from './store-content.ts';
import { type Events, ranIn, runJson, stages, tinyPipeline } from './tiny-pipeline.ts';

/** Commands whose results are other bytes each time, so that one that was made again is seen. */
const dice = `version: 1
name: dice
stages:
  throw:
    run: [node, -e, "require('fs').writeFileSync('thrown.bin', require('crypto').randomBytes(700000))"]
    outputs: [thrown.bin]
  keep:
    run: (cat thrown.bin; echo kept) > kept.bin
    inputs: [thrown.bin]
    outputs: [kept.bin]
`;

interface Machine extends Project {
  /** Of the artifacts, by stage. */
  run(...args: string[]): Promise<{ events: Events; exitCode: number | undefined; digests: Record<string, string> }>;
}

/** Each a machine of its own, as far as a project folder is one. */
async function machine(remote: string, env: Readonly<Record<string, string>> = {}): Promise<Machine> {
  const files = { 'pipeline.config.yaml': remote, 'dice.yaml': dice, 'tiny.yaml': tinyPipeline };
  const project = await newProject(files, { AWS_MAX_ATTEMPTS: '2', ...env });
  return {
    ...project,
    async run(...args) {
      const { stdout, exitCode } = await project.pipeline('run', 'dice.yaml', '--json', ...args);
      const events = stdout.split('\n').map((line) => JSON.parse(line) as Events[number]);
      const made = events.filter(({ artifact }) => artifact !== undefined);
      const digests = made.map(({ stage = '', artifact }) => [stage, (artifact as { digest: string }).digest]);
      return { events, exitCode, digests: Object.fromEntries(digests) as Record<string, string> };
    },
  };
}

let count = 0;

function inBucket({ bucket }: Minio, endpoint: string, more = ''): string {
  return `remote: { s3: { bucket: ${bucket}, prefix: test-${count}, endpoint: '${endpoint}', timeout: 2s${more} } }\n`;
}

function ofType(events: Events, type: string): Events {
  return events.filter((event) => event.type === type);
}

function warningsOf(events: Events): string {
  return ofType(events, 'warning')
    .map(({ message }) => String(message))
    .join('\n');
}

describe('a remote in a folder', () => {
  test('has what another machine made; what is switched off is not asked', async () => {
    const remote = `remote: { folder: ${temporaryFolder()}/shared }\n`;
    const [first, second, third] = [await machine(remote), await machine(remote), await machine(remote)];
    const made = await first.run();
    const reused = await second.run();
    expect(ofType(reused.events, 'stage-reused').map(({ stage }) => stage)).toEqual(['throw', 'keep']);
    expect(reused.digests).toEqual(made.digests);
    expect((await third.run('--no-remote')).digests).not.toEqual(made.digests);
    const off = await newProject({ 'pipeline.config.yaml': remote, 'dice.yaml': dice }, { PIPELINE_REMOTE: 'off' });
    expect((await off.pipeline('plan', 'dice.yaml')).stdout).toContain('1 stage to run, 1 known later, 0 reused');
    const wrong = await newProject({ 'pipeline.config.yaml': remote, 'dice.yaml': dice }, { PIPELINE_REMOTE: 'of' });
    expect(await wrong.pipeline('run', 'dice.yaml')).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('PIPELINE_REMOTE is "of"'),
    });
  }, 120_000);

  test('that is only read gets nothing', async () => {
    const shared = `${temporaryFolder()}/shared`;
    const reader = await machine(`remote: { folder: ${shared}, access: read }\n`);
    expect((await reader.run()).exitCode).toBe(0);
    expect(filesIn(shared)).toEqual([]);
    expect(await reader.pipeline('push')).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('only read') });
  }, 120_000);
});

test('a project without a remote is told how to name one', async () => {
  const project = await newProject({ 'dice.yaml': dice });
  for (const command of [['push'], ['pull', 'dice.yaml']]) {
    const { exitCode, stderr } = await project.pipeline(...command);
    expect(stderr).toMatch(/has no remote|no runs/);
    expect(exitCode).toBe(2);
  }
}, 60_000);

test('who names a bucket without the client is told the one command that installs it', async () => {
  const project = await newProject({
    'pipeline.config.yaml': 'remote: { s3: { bucket: some-bucket } }\n',
    'dice.yaml': dice,
  });
  const program = otherProgram({ without: ['@aws-sdk'] });
  const { exitCode, stderr } = await execa(process.execPath, [program, 'run', 'dice.yaml'], {
    cwd: project.folder,
    reject: false,
  });
  expect(stderr).toContain('npm install @aws-sdk/client-s3 @aws-sdk/lib-storage');
  expect(exitCode).toBe(2);
}, 60_000);

describeWithMinio('a remote in a real bucket', (minio) => {
  test('makes everything a hit on a second machine, bit for bit, and keeps no credentials', async () => {
    count++;
    const server = minio();
    const settings = inBucket(server, server.endpoint);
    const [first, second] = [await machine(settings, server.env), await machine(settings, server.env)];
    expect(ranIn((await runJson(first)).events)).toEqual([...stages]);
    expect((await second.pipeline('plan', 'tiny.yaml')).stdout).toContain('from s3://artifacts/test-');
    const again = (await runJson(second)).events;
    expect(ofType(again, 'stage-reused').map(({ stage, from }) => [stage, String(from).slice(0, 14)])).toEqual(
      ofType(again, 'stage-reused').map(({ stage }) => [stage, 's3://artifacts']),
    );
    expect(ranIn(again)).toEqual([]);
    const objects = (machineOf: Machine): string[] =>
      filesIn(machineOf.path('artifacts')).filter((path) => /^(objects|keys)\//.test(path));
    expect(objects(second)).toEqual(objects(first));
    for (const path of objects(first))
      expect(readFileSync(second.path(`artifacts/${path}`)).equals(readFileSync(first.path(`artifacts/${path}`)))).toBe(
        true,
      );
    expect(faultsOf(second.path('artifacts'))).toEqual([]);
    const secrets = Object.values(server.env);
    for (const { folder } of [first, second])
      for (const path of filesIn(folder))
        for (const secret of secrets)
          expect([path, readFileSync(join(folder, path)).includes(secret)]).toEqual([path, false]);
    for (const path of filesIn(server.folder).filter((each) => !each.startsWith('.minio.sys')))
      for (const secret of secrets) expect(readFileSync(join(server.folder, path)).includes(secret)).toBe(false);
  }, 180_000);

  test('is pushed to and pulled from', async () => {
    count++;
    const server = minio();
    const project = await machine(inBucket(server, server.endpoint), server.env);
    const { digests } = await project.run('--no-remote');
    expect((await project.pipeline('push')).stdout).toContain('2 results brought to s3://artifacts');
    expect((await project.pipeline('push')).stdout).toContain('0 results brought to s3://artifacts');
    for (const folder of ['objects', 'keys'])
      rmSync(project.path(`artifacts/${folder}`), { recursive: true, force: true });
    expect((await project.pipeline('pull')).stdout).toContain('2 results brought from s3://artifacts');
    expect((await project.run('--no-remote')).digests).toEqual(digests);

    const other = await machine(inBucket(server, server.endpoint), server.env);
    const pulled = await other.pipeline('pull', 'dice.yaml', '--json');
    expect(JSON.parse(pulled.stdout)).toMatchObject({ results: [{ outcome: 'moved' }, { outcome: 'moved' }] });
    expect((await other.run('--no-remote')).digests).toEqual(digests);
  }, 180_000);

  test('is made smaller by gc, which leaves what is young, needed here, or named', async () => {
    count++;
    const server = minio();
    const project = await machine(inBucket(server, server.endpoint), server.env);
    await project.run();
    const gc = async (...args: string[]): Promise<Record<string, unknown>> => {
      const { stdout } = await project.pipeline('gc', '--remote', '--json', ...args);
      return JSON.parse(stdout) as Record<string, unknown>;
    };
    expect(await gc('--limit', '0')).toMatchObject({ objects: 0, results: [], bytesBefore: 1_400_005 });
    expect(await gc('--limit', '0', '--grace', '0')).toMatchObject({ objects: 0, results: [] });
    // Another machine's gc knows nothing of this one's runs.
    const other = await machine(inBucket(server, server.endpoint), server.env);
    const dry = await other.pipeline('gc', '--remote', '--limit', '800kB', '--grace', '0', '--dry-run');
    expect(dry.stdout).toContain('would go: 1 object, 1 result');
    const done = await other.pipeline('gc', '--remote', '--limit', '800kB', '--grace', '0');
    expect(done.stdout).toContain('gone: 1 object, 1 result');
    expect(await gc('--grace', '0')).toMatchObject({ objects: 0, results: [] });
    // What is gone there is made again, or brought there again from here.
    expect((await project.pipeline('push')).stdout).toContain('1 result brought');
    expect(ofType((await other.run()).events, 'stage-reused')).toHaveLength(2);
    // Objects without a record are nobody's.
    await server.remove(`test-${count}/records/`, 'all');
    expect(await gc('--grace', '0')).toMatchObject({ objects: 2, bytesAfter: 0 });
  }, 180_000);

  test('agrees with two machines that make the same at once', async () => {
    count++;
    const server = minio();
    const settings = inBucket(server, server.endpoint);
    const machines = [await machine(settings, server.env), await machine(settings, server.env)];
    const runs = await Promise.all(machines.map((each) => each.run()));
    expect(runs.map(({ exitCode }) => exitCode)).toEqual([0, 0]);
    expect(runs[0]?.digests['throw']).toBeDefined();
    expect(runs[1]?.digests).toEqual(runs[0]?.digests);
    for (const each of machines) expect(faultsOf(each.path('artifacts'))).toEqual([]);
  }, 180_000);

  test.each([
    ['answers 503', { status: 503 }],
    ['answers 500', { status: 500 }],
    ['closes every connection', 'reset'],
    ['never answers', 'silent'],
  ] as const)(
    'that %s leaves the run to what is here, with a warning',
    async (_, fault) => {
      count++;
      const server = minio();
      const proxy = await faultyProxy(server.port);
      proxy.when(() => fault);
      const project = await machine(inBucket(server, proxy.endpoint), server.env);
      const { events, exitCode } = await project.run();
      expect(exitCode).toBe(0);
      expect(warningsOf(events)).toMatch(/the remote s3:\/\/artifacts.*(503|500|reached).*going on with what is here/);
      expect(faultsOf(project.path('artifacts'))).toEqual([]);
      // What could not be brought then is brought later.
      proxy.when(() => 'none');
      expect((await project.pipeline('push')).stdout).toContain('2 results brought');
    },
    180_000,
  );

  test('that cuts objects off and stumbles now and then gives them whole', async () => {
    count++;
    const server = minio();
    const proxy = await faultyProxy(server.port);
    const [first, second] = [
      await machine(inBucket(server, server.endpoint), server.env),
      await machine(inBucket(server, proxy.endpoint), server.env),
    ];
    const made = await first.run();
    let [asked, given] = [0, 0];
    proxy.when(({ method, path }) => {
      if (method !== 'GET' || !path.includes('/objects/')) return ++asked % 5 === 4 ? { status: 503 } : 'none';
      return ++given % 3 === 0 ? 'none' : { cutAfter: 200_000 };
    });
    const brought = await second.run();
    expect(brought.digests).toEqual(made.digests);
    expect(ofType(brought.events, 'stage-reused')).toHaveLength(2);
    expect(proxy.seen.filter((each) => each.includes('/objects/')).length).toBe(6);
    expect(faultsOf(second.path('artifacts'))).toEqual([]);
  }, 180_000);

  test('with a damaged object gives nothing of it, and is mended by the stage that makes it', async () => {
    count++;
    const server = minio();
    const settings = inBucket(server, server.endpoint);
    const [first, second, third] = [
      await machine(settings, server.env),
      await machine(settings, server.env),
      await machine(settings, server.env),
    ];
    await first.run();
    expect((await second.pipeline('verify', '--remote')).stdout).toContain('2 records, 2 objects');
    await server.damage(`test-${count}/objects/`);
    const verified = await second.pipeline('verify', '--remote');
    expect(verified.stdout).toMatch(/damaged: object [0-9a-f]{12} of throw/);
    expect(verified.exitCode).toBe(1);
    const { events, digests, exitCode } = await second.run();
    expect(exitCode).toBe(0);
    expect(warningsOf(events)).toContain('is damaged, and was not taken');
    expect(ofType(events, 'stage-finished').map(({ stage }) => stage)).toContain('throw');
    expect(faultsOf(second.path('artifacts'))).toEqual([]);
    const last = await third.run();
    expect(last.digests).toEqual(digests);
    expect(ofType(last.events, 'stage-reused')).toHaveLength(2);
  }, 180_000);

  test('whose server ignores conditional writes is refused, in words', async () => {
    count++;
    const server = minio();
    const proxy = await faultyProxy(server.port);
    // Nothing is there for it when a condition is looked at.
    proxy.when(async ({ method, path }) => {
      if (method === 'PUT') await server.remove(path.replace(/^\/artifacts\/|\?.*/g, ''));
      return 'none' as const;
    });
    const project = await machine(inBucket(server, proxy.endpoint), server.env);
    expect(warningsOf((await project.run()).events)).toContain('overwrites what a conditional write');
    const { exitCode, stderr } = await project.pipeline('push');
    expect(stderr).toContain('error[remote-unusable]');
    expect(stderr).toContain('conditional write');
    expect(exitCode).toBe(2);
  }, 120_000);

  test.each([
    ['a bucket that is not there', { bucket: 'no-such-bucket' }, {}, 'has no such bucket'],
    ['wrong credentials', {}, { AWS_SECRET_ACCESS_KEY: 'wrong' }, 'refuses the credentials'],
  ])(
    'with %s says so',
    async (_, settings, env, words) => {
      count++;
      const server = { ...minio(), ...settings };
      const project = await machine(inBucket(server, server.endpoint), { ...server.env, ...env });
      await project.run('--no-remote');
      const { exitCode, stderr } = await project.pipeline('push');
      expect(stderr).toContain(words);
      expect(exitCode).toBe(2);
    },
    120_000,
  );
});
