import { existsSync, readFileSync, truncateSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { installationIn, lackingTools, makeNativeWorld, type NativeWorld } from './native-fixture.ts';
import { until } from './processes.ts';
import { newProject, type Project } from './project.ts';

const lacking = lackingTools();
const title = `doctor --install-native${lacking === undefined ? '' : ` (skipped: this needs ${lacking})`}`;

(lacking === undefined ? describe : describe.skip)(title, () => {
  let fixtures: string;
  let world: NativeWorld;
  let place: string;
  let project: Project;
  beforeAll(async () => {
    fixtures = await mkdtemp(join(tmpdir(), 'native-'));
    world = makeNativeWorld(fixtures);
  }, 60_000);
  afterAll(() => rm(fixtures, { recursive: true }));
  beforeEach(async () => {
    place = (await newProject()).folder;
    project = await newProject({}, world.env(place));
  });
  const install = (...args: string[]) => project.pipeline('doctor', '--install-native', ...args);
  const calls = (): string => readFileSync(join(place, 'calls'), 'utf8');

  test('killed in the download, the unpacking and the build, it goes on; then doctor finds it, and it can be taken away', async () => {
    const groups: number[] = [];
    for (const stage of ['download', 'unpack', 'build']) groups.push(await killIn(stage));
    const { stdout, exitCode } = await install();
    expect(stdout).toContain('Set up: the native backend, with libtensorflow 9.8.7');
    expect(exitCode).toBe(0);
    expect(downloadsOf(stdout)).toEqual([]);
    expect(stepsOf(stdout)).toEqual(['the addon, by node-gyp']);
    // The tools of those that were killed have gone on sleeping beside it.
    for (const group of groups) process.kill(-group, 'SIGKILL');
    // Asked for once and again after the kill in it; never after it was whole.
    expect(calls().match(/pip download/g)).toHaveLength(2);
    expect(calls().match(/npm install/g)).toHaveLength(1);

    const { checks } = JSON.parse((await project.pipeline('doctor', '--json')).stdout) as {
      checks: { name: string; status: string; found: string }[];
    };
    expect(checks.find(({ name }) => name === 'native backend')).toMatchObject({
      status: 'ok',
      found: expect.stringMatching(
        /^loads in .*libtensorflow 9\.8\.7, threads: \d+, matrix product .* GFLOP\/s/,
      ) as unknown,
    });

    const before = calls();
    expect((await install()).stdout).toMatch(/^Nothing to do: the native backend, .* is there, and computes\./);
    expect(calls()).toBe(before);

    expect((await project.pipeline('doctor', '--remove-native')).stdout).toBe(`Removed: ${installationIn(place)}`);
    expect(existsSync(installationIn(place))).toBe(false);
    expect((await project.pipeline('doctor', '--remove-native')).stdout).toBe('Nothing to do: it is not there.');
    expect((await project.pipeline('doctor')).stdout).toMatch(
      /^- native backend .*\n +→ pipeline doctor --install-native$/m,
    );
  }, 120_000);

  test('from a folder, without the network; of two at once the second finds it done; a damaged addon is built anew', async () => {
    const from = ['--native-from', world.unpacked];
    const both = await Promise.all([install(...from), install(...from)]);
    const texts = both.map(({ stdout }) => stdout).sort((a, b) => a.length - b.length);
    expect(texts[0]).toMatch(/^(waiting for .*\n)?Nothing to do: /);
    expect(texts[1]).toContain('Set up: the native backend, with libtensorflow 9.8.7');
    expect(calls()).not.toContain('-m pip');

    const addon = 'package/node_modules/@tensorflow/tfjs-node/lib/napi-v8/tfjs_binding.node';
    truncateSync(join(installationIn(place), addon), 100);
    const { stdout, exitCode } = await install();
    expect(stdout).toMatch(/^The native backend is there, but does not work: .*\. Its addon is built anew\.$/m);
    expect(stdout).toContain('Set up: the native backend');
    expect(exitCode).toBe(0);
  }, 120_000);

  test("the package's own way comes first, and spares the rest where it works", async () => {
    const headers = join(process.execPath, '../../include/node');
    if (!existsSync(headers)) return;
    project = await newProject({}, { ...world.env(place), OWN_WAY: '1', NODE_HEADERS: headers });
    const { stdout } = await install();
    expect(stdout).toContain('Set up: the native backend, with libtensorflow 2.9.1 from the package’s own way');
    expect(calls()).not.toMatch(/pip download|node-gyp/);
  }, 60_000);

  test('what is lacking is told with its remedy before anything is fetched', async () => {
    project = await newProject({}, { ...world.env(place), NO_PIP: '1', CXX: '/no/such/compiler' });
    const { stdout, stderr, exitCode } = await install();
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/^To download:\n {2}@tensorflow\/tfjs-node@4\.22\.0 .*: about 75 MB$/m);
    expect(stdout).toMatch(/^ {2}tensorflow-cpu \S+ from PyPI, by pip: 274 MB$/m);
    expect(stdout).toMatch(/✖ pip .*\n.*→ .+/);
    expect(stdout).toMatch(/✖ compiler .*\n.*→ .+/);
    expect(stderr).toMatch(/^error\[native-install\]: .*nothing was fetched.*: pip \(.*\), compiler \(/m);
    expect(calls()).not.toMatch(/npm install|pip download/);
  }, 60_000);

  test('a copy that is none, a damaged wheel, and flags that do not go together are told', async () => {
    await project.write('broken.whl', 'no zip');
    for (const [args, code, words] of [
      [['--install-native', '--native-from', 'nowhere'], 2, /nowhere is no copy of libtensorflow: it does not exist/],
      [['--install-native', '--native-from', '.'], 2, /holds no tensorflow\*\.whl/],
      [['--native-from', 'broken.whl'], 2, /add --install-native/],
      [['--install-native', '--remove-native'], 2, /exclude one another/],
      [['--install-native', '--native-from', 'broken.whl'], 1, /broken\.whl: error: File is not a zip file/],
    ] as const) {
      const { stderr, exitCode } = await project.pipeline('doctor', ...args);
      expect(stderr).toMatch(words);
      expect(exitCode).toBe(code);
    }
  }, 60_000);

  /** Kills the command while it waits for a tool. @returns the process group, in which the tool is still there */
  async function killIn(stage: string): Promise<number> {
    const stalling = await newProject({}, { ...world.env(place), STALL: stage });
    const child = stalling.start('doctor', '--install-native');
    const stalled = join(place, 'stalled');
    await until(() => existsSync(stalled), `${stage} stalls`);
    child.kill('SIGKILL');
    await until(() => child.signalCode !== null, 'it is gone');
    await rm(stalled);
    return child.pid!;
  }
});

/** Without Node's headers, which not every Node has beside it: node-gyp asks for them by itself. */
function downloadsOf(stdout: string): readonly string[] {
  const [, list = ''] = /^To download:\n((?: {2}.*\n)+)/m.exec(stdout) ?? [];
  return list.split('\n').filter((line) => line !== '' && !line.startsWith('  the headers of Node '));
}

/** The titles of the steps that were begun. */
function stepsOf(stdout: string): string[] {
  return [...stdout.matchAll(/^(.*) … /gm)].map(([, title]) => title!);
}
