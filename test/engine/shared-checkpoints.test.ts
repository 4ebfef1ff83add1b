import { beforeEach, describe, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { sha256 } from '../../src/base/hash.ts';
import { shareCheckpoints } from '../../src/engine/shared-checkpoints.ts';
import { backedStore } from '../../src/store/remote/backed-store.ts';
import { folderPlace } from '../../src/store/remote/folder-place.ts';
import { openRemoteStore } from '../../src/store/remote/remote-store.ts';
import { temporaryFolder } from '../base/temporary-folder.ts';
import { filesIn } from '../e2e/store-content.ts';
import type { RunWishes } from './rig/context.ts';
import type { TestStages } from './rig/pipeline.ts';
import { type FinishedRun, openProject } from './rig/project.ts';
import { steeredType } from './rig/steered-type.ts';

let shared: string;

beforeEach(() => {
  shared = `${temporaryFolder()}/shared`;
});

interface Machine {
  run(stages: TestStages, wishes?: Partial<RunWishes>): Promise<FinishedRun>;
  /** What was asked of the remote, in order. */
  readonly asked: readonly string[];
}

/** A project and a store of its own; the remote is one. */
async function machine(): Promise<Machine> {
  const project = await openProject();
  const remote = openRemoteStore(folderPlace(shared));
  const { signal } = new AbortController();
  const backed = backedStore(project.store, { remote, access: 'read-write', signal, warn: () => undefined });
  const asked: string[] = [];
  const store: typeof backed = {
    ...backed,
    fetchCheckpoint: async (key) => {
      asked.push('fetch');
      await backed.fetchCheckpoint?.(key);
    },
    sendCheckpoint: async (key) => {
      asked.push('send');
      await backed.sendCheckpoint?.(key);
    },
  };
  return { asked, run: (stages, wishes) => project.run(stages, { store, ...wishes }) };
}

function resumedAt({ events }: FinishedRun): unknown {
  return events.flatMap((event) => (event.type === 'stage-finished' ? [event.metrics['resumedAt']] : []))[0];
}

function sent(): readonly string[] {
  return filesIn(shared).flatMap((path) => /epoch-\d+(?=\/checkpoint\.json)/.exec(path) ?? []);
}

describe('the checkpoints of a stage with a remote behind its store', () => {
  it('are there when it has failed, and it goes on from them elsewhere, as one of more epochs does', async () => {
    const [first, second, third] = [await machine(), await machine(), await machine()];
    expect((await first.run({ train: { epochs: 6, failsAfter: 3 } })).status).toBe('failed');
    expect(sent()).toEqual(['epoch-000003']);
    expect(resumedAt(await second.run({ train: { epochs: 6 } }))).toBe(3);
    expect(sent()).toEqual(['epoch-000006']);
    expect(resumedAt(await third.run({ train: { epochs: 8 } }))).toBe(6);
  });

  it('are sent seldom while epochs are quick, and each of them where that is wanted', async () => {
    const [seldom, often] = [await machine(), await machine()];
    await seldom.run({ train: { epochs: 10 } });
    expect(seldom.asked).toEqual(['fetch', 'send', 'send']);
    await often.run({ train: { content: 'other', epochs: 10 } }, { checkpointPause: 0 });
    expect(often.asked).toEqual(['fetch', ...Array<string>(11).fill('send')]);
    await often.run({ train: { content: 'third', epochs: 10 } }, { checkpointPause: 70 });
    const sends = often.asked.length - 13;
    expect(sends).toBeGreaterThan(2);
    expect(sends).toBeLessThan(8);
  });

  it('are sent also when the next epoch takes long', async () => {
    const { store } = await openProject();
    let sends = 0;
    const counting = {
      ...store,
      sendCheckpoint: () => {
        sends++;
        return Promise.resolve();
      },
    };
    const checkpoints = shareCheckpoints(counting, { resumeKey: sha256('training'), isAfresh: false, pause: 30 });
    for (let epoch = 1; epoch <= 3; epoch++) checkpoints.saved();
    expect(sends).toBe(1);
    await sleep(200);
    expect(sends).toBe(2);
    checkpoints.saved();
    checkpoints.saved();
    await checkpoints.ended();
    expect(sends).toBe(4);
    await sleep(100);
    expect(sends).toBe(4);
  });

  it('are not gone on from by a stage that is forced, and those it ends with take their place', async () => {
    const [first, second] = [await machine(), await machine()];
    await first.run({ train: { epochs: 3 } });
    const forced = await second.run({ train: { epochs: 3 } }, { force: ['train'] });
    expect(resumedAt(forced)).toBe(0);
    expect(second.asked).toEqual(['send']);
    expect(sent()).toEqual(['epoch-000003']);
  });

  it('stay here where the result is not kept, and nobody asks for those of a type that has none', async () => {
    const only = await machine();
    await only.run({ train: { epochs: 3, policy: { cache: false } } });
    const plain = { ...steeredType, name: 'plain' };
    Reflect.deleteProperty(plain, 'resumableOptions');
    await only.run({ plain: { type: 'plain', content: 'plain' } }, { types: [plain] });
    expect([only.asked, sent()]).toEqual([[], []]);
  });
});
