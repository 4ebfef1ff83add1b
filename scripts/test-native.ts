/**
 * The native backend for real, from the network: `npm run test:native`. Sets it up in a temporary folder, kills that once on the way,
 * has it pass the tests of numbers and of training and run a pipeline, and takes it away.
 *
 *   --if-possible  where this machine or its network lacks something, says so and ends well
 */
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const command = join(import.meta.dirname, '../dist/cli.cjs');
const folder = mkdtempSync(join(tmpdir(), 'native-test-'));
const env = { ...process.env, PIPELINE_NATIVE_FOLDER: folder, PIPELINE_TEST_BACKEND: 'native' };
const tests = [
  'test/tensor/gradients',
  'test/tensor/kernels',
  'test/tensor/optimizer',
  'test/tensor/step',
  'test/tensor/training',
  'test/distill',
  'test/stages/predict-saved-model',
  'test/e2e/native-run',
  'test/e2e/saved-model',
];

try {
  process.exitCode = await main();
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function main(): Promise<number> {
  await killInDownload();
  const { status, stderr } = spawnSync(process.execPath, [command, 'doctor', '--install-native'], {
    env,
    stdio: ['ignore', 'inherit', 'pipe'],
    encoding: 'utf8',
  });
  process.stderr.write(stderr);
  if (status !== 0) {
    if (!process.argv.includes('--if-possible') || !IMPOSSIBLE.test(stderr)) return status ?? 1;
    console.log('native: skipped, as it cannot be set up here');
    return 0;
  }
  const jest = [
    '--experimental-vm-modules',
    '--no-warnings=ExperimentalWarning',
    'node_modules/jest/bin/jest.js',
    ...tests,
  ];
  const passed = spawnSync(process.execPath, jest, { env, stdio: 'inherit' }).status;
  execFileSync(process.execPath, [command, 'doctor', '--remove-native'], { env, stdio: 'inherit' });
  return passed ?? 1;
}

/** Something is lacking here, or what npm or pip were to fetch did not come. A build that fails is a failure. */
const IMPOSSIBLE = /is lacking: |@tensorflow\/tfjs-node@\S+: |, download: |for this system there is no other/;

/** In the middle of the wheel, or in what comes before it where that is slow. */
async function killInDownload(): Promise<void> {
  const child = spawn(process.execPath, [command, 'doctor', '--install-native'], {
    env,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let printed = '';
  child.stdout.on('data', (chunk: Buffer) => {
    printed += chunk.toString();
    if (printed.includes('download … ')) setTimeout(() => child.kill('SIGKILL'), 500);
  });
  await once(child, 'exit');
}
