import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe } from '@jest/globals';
import { temporalProgram } from '../../../scripts/temporal.ts';
import { guarded, type Guarded } from '../../base/guarded.ts';
import { freePort } from '../../base/loopback.ts';
import { firstProgram, inPath } from '../../base/programs.ts';
import { temporaryFolder } from '../../base/temporary-folder.ts';

/** Temporal's development server on loopback: a real one, with its data in a file. */
export interface Temporal {
  readonly port: number;
  /** The same after a restart. */
  readonly address: string;
  /** @returns what the command `temporal` prints about this server; rejects where it fails */
  ask(...args: readonly string[]): Promise<string>;
  /** Again, with the data that it had. When the promise is kept, it answers. */
  start(): Promise<void>;
  /** As who maintains it would. */
  stop(): Promise<void>;
  /** With SIGKILL, as when the machine fails. */
  kill(): Promise<void>;
}

/** PIPELINE_TEST_TEMPORAL, or one in PATH, or what `npm run install:temporal` built. */
const program = firstProgram([process.env['PIPELINE_TEST_TEMPORAL'], ...inPath('temporal'), temporalProgram()]);

/** Of its dynamic configuration, by their names. */
export type ServerSettings = Readonly<Record<string, number>>;

/** Tests against a real Temporal; skipped, with the reason in their name, where there is none. */
export function describeWithTemporal(
  name: string,
  tests: (temporal: () => Temporal) => void,
  settings: ServerSettings = {},
): void {
  if (program === undefined) {
    const why = 'no Temporal in PATH or PIPELINE_TEST_TEMPORAL; `npm run install:temporal` builds one';
    describe.skip(`${name} (skipped: ${why})`, () => {
      tests(() => {
        throw new Error('there is no Temporal');
      });
    });
    return;
  }
  describe(name, () => {
    let temporal: Temporal | undefined;
    beforeAll(async () => {
      temporal = temporalServer(program, { port: await freePort(), folder: temporaryFolder(), settings });
      await temporal.start();
    }, 120_000);
    afterAll(async () => {
      await temporal?.kill();
    });
    tests(() => {
      if (temporal === undefined) throw new Error('the server has not started');
      return temporal;
    });
  });
}

interface Place {
  readonly port: number;
  readonly folder: string;
  readonly settings: ServerSettings;
}

function temporalServer(path: string, { port, folder, settings }: Place): Temporal {
  const address = `127.0.0.1:${port}`;
  // Nobody's own settings: neither TEMPORAL_… nor what lies in their home.
  const env = { HOME: folder, TEMPORAL_ADDRESS: address };
  const ask = async (...args: readonly string[]): Promise<string> => {
    const { stdout } = await promisify(execFile)(path, args, { env, timeout: 20_000 });
    return stdout;
  };
  let running: Guarded | undefined;
  const end = async (signal: 'TERM' | 'KILL'): Promise<void> => {
    await running?.end(signal);
    running = undefined;
  };
  return {
    port,
    address,
    ask,
    start: async () => {
      if (running !== undefined) throw new Error('the server runs already');
      const data = ['--db-filename', join(folder, 'temporal.db')];
      const bind = ['--ip', '127.0.0.1', '--port', String(port)];
      const values = Object.entries(settings).flatMap(([key, value]) => ['--dynamic-config-value', `${key}=${value}`]);
      const quiet = ['--headless', '--log-level', 'error'];
      running = guarded([path, 'server', 'start-dev', ...quiet, ...bind, ...data, ...values], env);
      await untilHealthy(ask, running);
    },
    stop: () => end('TERM'),
    kill: () => end('KILL'),
  };
}

async function untilHealthy(ask: Temporal['ask'], server: Guarded): Promise<void> {
  for (const end = Date.now() + 60_000; ;) {
    if (server.hasEnded()) throw new Error(`Temporal ended: ${server.said()}`);
    const health = await ask('operator', 'cluster', 'health').catch(() => '');
    if (health.includes('SERVING')) return;
    if (Date.now() > end) throw new Error(`Temporal did not get ready: ${server.said()}`);
    await sleep(50);
  }
}
