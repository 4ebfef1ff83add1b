import { describe, expect, it } from '@jest/globals';
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PipelineEvent } from '../../src/core/event.ts';
import type { StageId } from '../../src/core/ids.ts';
import { isAlive } from './rig/alive.ts';
import { type TestStages, conditionOn } from './rig/pipeline.ts';
import { type FinishedRun, type Project, openProject } from './rig/project.ts';
import { steeredType } from './rig/steered-type.ts';
import type { Step } from './rig/steps.ts';

function told(run: FinishedRun): string {
  return [...run.stages].map(([id, { status }]) => `${id} ${status}`).join(', ');
}

function eventsOf<T extends PipelineEvent['type']>(
  run: FinishedRun,
  type: T,
): readonly Extract<PipelineEvent, { type: T }>[] {
  return run.events.filter((event): event is Extract<PipelineEvent, { type: T }> => event.type === type);
}

function problemOf(run: FinishedRun, stage: string) {
  const result = run.stages.get(stage as StageId);
  if (result?.status !== 'failed') throw new Error(`${stage} did not fail: ${told(run)}`);
  return result.problem;
}

describe('a timeout', () => {
  const endless: readonly (readonly [string, readonly Step[]])[] = [
    ['waits', [{ do: 'hang' }]],
    ['waits and does not listen', [{ do: 'hang-deaf' }]],
    ['ignores SIGTERM', [{ do: 'ignore-sigterm' }, { do: 'hang-deaf' }]],
    ['computes without end', [{ do: 'spin' }]],
  ];

  it.each(endless)('ends a stage that %s, and its process', async (_how, steps) => {
    const project = await openProject({ graceMilliseconds: 100 });
    const run = await project.run({
      slow: { steps: [{ do: 'note-pid', file: project.path('pid') }, ...steps], policy: { timeout: 0.5 } },
      after: { needs: ['slow'] },
      other: { content: 'other' },
    });
    expect(told(run)).toBe('slow failed, after skipped, other ran');
    expect(problemOf(run, 'slow')).toMatchObject({
      code: 'stage-timeout',
      message: expect.stringContaining('0.5 s') as unknown,
      where: { source: { name: 'test.yaml/timeout' } },
    });
    expect(run.status).toBe('failed');
    // On a busy machine it may have been ended before it could note it.
    const pid = project.path('pid');
    if (existsSync(pid)) expect(isAlive(Number(readFileSync(pid, 'utf8')))).toBe(false);
    expect(project.leftovers()).toEqual([]);
  });

  it('does nothing to a stage that is quick enough, and is not in its key', async () => {
    const project = await openProject();
    expect(told(await project.run({ quick: { policy: { timeout: 60 } } }))).toBe('quick ran');
    expect(
      told(await project.run({ quick: { policy: { timeout: 61, retry: { attempts: 2, delay: 1, factor: 1 } } } })),
    ).toBe('quick reused');
    expect(told(await project.run({ quick: {} }))).toBe('quick reused');
  });

  it('may be longer than a timer of Node can wait', async () => {
    const project = await openProject();
    const run = await project.run({
      slow: { steps: [{ do: 'sleep', milliseconds: 50 }], policy: { timeout: 40 * 86_400 } },
    });
    expect(told(run)).toBe('slow ran');
  });
});

describe('a retry', () => {
  const quickly = { attempts: 3, delay: 0.01, factor: 2 };

  it('tries again until it succeeds, and tells of each failure', async () => {
    const project = await openProject();
    const steps = [{ do: 'fail-first', times: 2, file: project.path('count') }] as const;
    const run = await project.run({ flaky: { steps, policy: { retry: quickly } }, after: { needs: ['flaky'] } });
    expect(told(run)).toBe('flaky ran, after ran');
    expect(run.status).toBe('succeeded');
    expect(
      eventsOf(run, 'stage-retrying').map(({ attempt, of, delay, problem }) => [attempt, of, delay, problem.message]),
    ).toEqual([
      [1, 3, 0.01, 'failure 1'],
      [2, 3, 0.02, 'failure 2'],
    ]);
    expect(
      eventsOf(run, 'stage-started')
        .filter(({ stage }) => stage === 'flaky')
        .map(({ attempt }) => attempt),
    ).toEqual([undefined, 2, 3]);
    expect(project.leftovers()).toEqual([]);
  });

  it('gives up after the last attempt, with its problem', async () => {
    const project = await openProject();
    const steps = [{ do: 'fail-first', times: 9, file: project.path('count') }] as const;
    const run = await project.run({ flaky: { steps, policy: { retry: quickly } }, after: { needs: ['flaky'] } });
    expect(told(run)).toBe('flaky failed, after skipped');
    expect(problemOf(run, 'flaky').message).toBe('failure 3');
    expect(eventsOf(run, 'stage-retrying')).toHaveLength(2);
  });

  it('tries again what ran out of time', async () => {
    const project = await openProject({ graceMilliseconds: 50 });
    const run = await project.run({
      slow: { steps: [{ do: 'hang' }], policy: { timeout: 0.2, retry: { ...quickly, attempts: 2 } } },
    });
    expect(eventsOf(run, 'stage-retrying').map(({ problem }) => problem.code)).toEqual(['stage-timeout']);
    expect(problemOf(run, 'slow').code).toBe('stage-timeout');
  });

  it('goes on from the last epoch', async () => {
    const project = await openProject();
    const run = await project.run({ train: { epochs: 5, failsAfter: 3, policy: { retry: quickly } } });
    expect(told(run)).toBe('train ran');
    expect(eventsOf(run, 'stage-finished')[0]?.metrics).toMatchObject({ resumedAt: 3 });
    expect(eventsOf(run, 'epoch-ended').map(({ epoch }) => epoch)).toEqual([1, 2, 3, 4, 5]);
  });

  it('is not made for what would fail as before', async () => {
    const project = await openProject();
    const run = await project.run({
      wrong: {
        steps: [{ do: 'fail', message: 'too wide', hint: 'narrow it', pointer: '/with/width' }],
        policy: { retry: quickly },
      },
      reader: { file: 'absent.txt', policy: { retry: quickly } },
    });
    expect(told(run)).toBe('wrong failed, reader failed');
    expect(eventsOf(run, 'stage-retrying')).toEqual([]);
  });

  it('lets others work while it waits, and keeps the key to itself', async () => {
    const project = await openProject();
    const steps = [{ do: 'fail-first', times: 1, file: project.path('count') }] as const;
    const go = project.path('go');
    // With one place: `other` can only run while `flaky` waits for its second attempt.
    const run = await project.run(
      {
        flaky: { content: 'flaky', steps, policy: { retry: { attempts: 2, delay: 1, factor: 1 } } },
        same: { content: 'flaky', steps, policy: { retry: { attempts: 2, delay: 1, factor: 1 } } },
        other: { content: 'other', steps: [{ do: 'note', file: go, text: 'go' }] },
      },
      { jobs: 1 },
    );
    expect(run.status).toBe('succeeded');
    expect([...run.stages.values()].map(({ status }) => status).sort()).toEqual(['ran', 'ran', 'reused']);
    const types = run.events
      .filter((event) => 'stage' in event && ['stage-retrying', 'stage-finished'].includes(event.type))
      .map((event) => ('stage' in event ? `${event.stage} ${event.type}` : ''));
    expect(types.indexOf('other stage-finished')).toBeLessThan(
      types.findIndex((each) => /(flaky|same) stage-finished/.test(each)),
    );
  });

  it('ends with the run', async () => {
    const project = await openProject();
    const cancel = new AbortController();
    const steps = [{ do: 'fail-first', times: 9, file: project.path('count') }] as const;
    const run = await project.run(
      { flaky: { steps, policy: { retry: { attempts: 2, delay: 3600, factor: 1 } } } },
      {
        signal: cancel.signal,
        emit: ({ type }) => {
          if (type === 'stage-retrying') setTimeout(cancel.abort.bind(cancel), 20);
        },
      },
    );
    expect(run.status).toBe('cancelled');
    expect(problemOf(run, 'flaky').code).toBe('stage-cancelled');
    expect(project.leftovers()).toEqual([]);
  });
});

describe('a forced stage', () => {
  it('that makes other content takes the place of the earlier result, and says so', async () => {
    const project = await openProject();
    // What it writes is not all in its key: it holds how often it ran.
    const stages = { stage: { content: 'c', counts: project.path('count') }, after: { needs: ['stage'] } };
    const first = await project.run(stages);
    expect(await project.textOf(first, 'stage')).toBe('c 1');
    expect(await project.textOf(await project.run(stages), 'stage')).toBe('c 1');
    const forced = await project.run(stages, { force: ['stage'] });
    expect(told(forced)).toBe('stage ran, after ran');
    expect(eventsOf(forced, 'warning').map(({ message }) => message)).toEqual([
      'it made other content than the earlier run with the same key, though its stage type promises the same bits; it takes the place of the earlier result',
    ]);
    const last = await project.run(stages);
    expect(told(last)).toBe('stage reused, after reused');
    expect(await project.textOf(last, 'after')).toBe(' stage(c 2)');
  });

  it('trains anew, and goes on from its own epochs only where it was interrupted', async () => {
    const project = await openProject();
    const stages = { train: { epochs: 3 } };
    await project.run(stages);
    const forced = await project.run(stages, { force: ['train'] });
    expect(eventsOf(forced, 'stage-finished')[0]?.metrics).toMatchObject({ resumedAt: 0 });
    expect(eventsOf(forced, 'epoch-ended')).toHaveLength(3);

    await project.run({ train: { epochs: 3, failsAfter: 2 } }, { force: ['train'] });
    const again = await project.run(stages, { force: ['train'] });
    expect(eventsOf(again, 'stage-finished')[0]?.metrics).toMatchObject({ resumedAt: 2 });
    const longer = await project.run({ train: { epochs: 5 } });
    expect(eventsOf(longer, 'stage-finished')[0]?.metrics).toMatchObject({ resumedAt: 3 });
  });
});

describe('cache: false', () => {
  const uncached = { cache: false } as const;

  it('runs the stage each time, and what needs it only where the content is another', async () => {
    const project = await openProject();
    const stages = { load: { content: 'c', policy: uncached }, after: { content: 'a', needs: ['load'] } };
    expect(told(await project.run(stages))).toBe('load ran, after ran');
    const second = await project.run(stages);
    expect(told(second)).toBe('load ran, after reused');
    expect(eventsOf(second, 'stage-started').map(({ because }) => because)).toEqual(['cache: false']);
    expect((await project.plan(stages)).map(({ status }) => status)).toEqual(['miss', 'unknown']);
    // Its result is nobody's to find.
    expect(told(await project.run({ ...stages, load: { content: 'c' } }))).toBe('load ran, after reused');
    expect(project.leftovers()).toEqual([]);
  });

  it('keeps what the stage made for those that need it in the same run', async () => {
    const project = await openProject();
    const stages = {
      load: { content: 'c', counts: project.path('count'), policy: uncached },
      after: { needs: ['load'] },
    };
    await project.run(stages);
    const second = await project.run(stages);
    expect(told(second)).toBe('load ran, after ran');
    expect(await project.textOf(second, 'after')).toBe(' load(c 2)');
  });

  it('trains anew each time, but goes on where it was interrupted', async () => {
    const project = await openProject();
    const stages = { train: { epochs: 2, policy: uncached } };
    for (const failsAfter of [undefined, undefined, 1]) {
      const steering = failsAfter === undefined ? {} : { failsAfter };
      const run = await project.run({ train: { ...stages.train, ...steering } });
      const told = run.events.filter(({ type }) => type === 'epoch-ended').length;
      expect(told).toBe(failsAfter ?? 2);
    }
    expect(eventsOf(await project.run(stages), 'stage-finished')[0]?.metrics).toMatchObject({ resumedAt: 1 });
  });

  it('is healed like any other where its object was damaged', async () => {
    const project = await openProject();
    const objects = new Map<string, string>();
    const stages = {
      load: { content: 'c', policy: uncached },
      slow: { content: 's', needs: ['load'], steps: [{ do: 'wait-for', file: project.path('go') }] as const },
      after: { content: 'a', needs: ['load', 'slow'] },
    };
    const run = await project.run(stages, {
      emit: (event) => {
        if (event.type === 'stage-started' && event.stage === 'slow' && !existsSync(project.path('go'))) {
          const load = objects.get('load') ?? '';
          chmodSync(load, 0o644);
          writeFileSync(load, 'x');
          writeFileSync(project.path('go'), '');
        }
        if (event.type === 'stage-finished') {
          const digest = event.artifact.files[0]?.digest ?? '';
          objects.set(event.stage, join(project.storeFolder, 'objects', digest.slice(0, 2), digest.slice(2)));
        }
      },
    });
    expect(run.status).toBe('succeeded');
    expect(await project.textOf(run, 'after')).toBe('a load(c) slow(s load(c))');
    expect(eventsOf(run, 'warning')).toHaveLength(1);
  });
});

describe('after a failure', () => {
  const stages = (project: Project) =>
    ({
      slow: { content: 'slow', steps: [{ do: 'wait-for', file: project.path('failed') }] },
      broken: { steps: [{ do: 'throw', message: 'no such luck' }] },
      after: { needs: ['broken'] },
      independent: { content: 'fine' },
      later: { content: 'later', needs: ['slow'] },
    }) as const;

  const tellSlow =
    (project: Project) =>
    ({ type }: PipelineEvent): void => {
      if (type === 'stage-failed') writeFileSync(project.path('failed'), '');
    };

  it('the rest still runs', async () => {
    const project = await openProject();
    const run = await project.run(stages(project), { emit: tellSlow(project) });
    expect(told(run)).toBe('slow ran, broken failed, after skipped, independent ran, later ran');
  });

  it('without keep-going, what is under way is finished and kept, and nothing more is begun', async () => {
    const project = await openProject();
    const run = await project.run(stages(project), { emit: tellSlow(project), keepGoing: false });
    expect(told(run)).toBe('slow ran, broken failed, after skipped, independent skipped, later skipped');
    expect(run.status).toBe('failed');
    expect(
      eventsOf(run, 'stage-skipped')
        .map(({ stage, blockedBy, because }) => [stage, blockedBy ?? because])
        .sort(),
    ).toEqual([
      ['after', 'broken'],
      ['independent', 'broken failed, and nothing is begun after a failure'],
      ['later', 'broken failed, and nothing is begun after a failure'],
    ]);
    expect(told(await project.run({ slow: { content: 'slow' } }))).toBe('slow reused');
  });
});

describe('an audit', () => {
  const stages: TestStages = {
    data: { content: 'digits' },
    train: { content: 'train', needs: ['data'], epochs: 2 },
    after: { content: 'after', needs: ['train'] },
  };

  it('makes hits again from their first epoch on, beside the store', async () => {
    const project = await openProject();
    await project.run(stages);
    const run = await project.run(stages, { audit: 1 });
    expect(told(run)).toBe('data reused, train reused, after reused');
    expect(run.status).toBe('succeeded');
    expect(eventsOf(run, 'audit-started')).toMatchObject([{ stages: ['data', 'train', 'after'], of: 3 }]);
    expect(eventsOf(run, 'stage-audited').map(({ stage, verdict }) => [stage, verdict])).toEqual(
      expect.arrayContaining([
        ['data', 'same'],
        ['train', 'same'],
        ['after', 'same'],
      ]),
    );
    // It slept for each epoch, and told nothing of them: the stage has had its end.
    expect(eventsOf(run, 'epoch-ended')).toEqual([]);
    expect(eventsOf(run, 'stage-audited').find(({ stage }) => stage === 'train')?.seconds).toBeGreaterThan(0.03);
    expect(project.leftovers()).toEqual([]);
  });

  it('draws a share, one at least, by the id of the run', async () => {
    const project = await openProject();
    const many = Object.fromEntries(Array.from({ length: 8 }, (_, n) => [`s${n}`, { content: String(n) }]));
    await project.run(many);
    const drawnIn = async (run: string, audit: number) =>
      eventsOf(await project.run(many, { audit, run }), 'audit-started')[0]?.stages ?? [];
    expect(await drawnIn('a', 0.01)).toHaveLength(1);
    const half = await drawnIn('a', 0.5);
    expect(half).toHaveLength(4);
    expect(await drawnIn('a', 0.5)).toEqual(half);
    const others = await Promise.all(['b', 'c', 'd', 'e'].map((run) => drawnIn(run, 0.5)));
    expect(new Set([half, ...others].map(String)).size).toBeGreaterThan(1);
  });

  it('fails where the same key gives other bytes, says which, and leaves the store as it is', async () => {
    const project = await openProject();
    const counting: TestStages = { count: { content: 'c', counts: project.path('count') } };
    const first = await project.run(counting);
    const run = await project.run(counting, { audit: 0.05 });
    expect(run.status).toBe('failed');
    const [audited] = eventsOf(run, 'stage-audited');
    expect(audited).toMatchObject({
      verdict: 'differs',
      files: ['result.txt'],
      recorded: eventsOf(first, 'stage-finished')[0]?.artifact.digest,
      problem: { code: 'audit-differs', hint: expect.stringContaining('--force count') as unknown },
    });
    if (audited?.verdict !== 'differs') throw new Error('it does not differ');
    for (const digest of [audited.key, audited.recorded, audited.made])
      expect(audited.problem.message).toContain(digest.slice(0, 12));
    expect(await project.textOf(await project.run(counting), 'count')).toBe('c 1');
  });

  it('only tells how far results differ of which no more was promised', async () => {
    const project = await openProject();
    const stochastic = { ...steeredType, name: 'dice', determinism: 'stochastic' as const };
    const dice = (value: number): TestStages => ({
      dice: { type: 'dice', content: 'c', counts: project.path('count'), steps: [{ do: 'give-metric', value }] },
    });
    await project.run(dice(0.9), { types: [stochastic] });
    const run = await project.run(dice(0.8), { types: [stochastic], audit: 1 });
    expect(run.status).toBe('succeeded');
    const [audited] = eventsOf(run, 'stage-audited');
    expect(audited).toMatchObject({
      verdict: 'other',
      files: ['result.txt'],
      distances: expect.arrayContaining([{ metric: 'value', recorded: 0.9, made: 0.8 }]) as unknown,
    });
  });

  it('fails where a result cannot be made again', async () => {
    const project = await openProject();
    await project.run({ stage: { content: 'c' } });
    const run = await project.run({ stage: { content: 'c', steps: [{ do: 'throw', message: 'gone' }] } }, { audit: 1 });
    expect(told(run)).toBe('stage reused');
    expect(run.status).toBe('failed');
    expect(eventsOf(run, 'stage-audited')).toMatchObject([{ verdict: 'failed', problem: { message: 'gone' } }]);
  });

  it('ends with the run', async () => {
    const project = await openProject();
    const cancel = new AbortController();
    await project.run({ stage: { content: 'c' } });
    const run = await project.run(
      { stage: { content: 'c', steps: [{ do: 'hang' }] } },
      {
        audit: 1,
        signal: cancel.signal,
        emit: ({ type }) => {
          if (type === 'audit-started') setTimeout(cancel.abort.bind(cancel), 200);
        },
      },
    );
    expect(run.status).toBe('cancelled');
    expect(eventsOf(run, 'stage-audited')).toEqual([]);
    expect(project.leftovers()).toEqual([]);
  });
});

describe('when', () => {
  const over = (bound: number, stage = 'evaluate', ...path: readonly string[]) => ({
    when: [{ ...conditionOn(stage, ...(path.length > 0 ? path : ['value'])), operator: '>' as const, bound }],
  });
  const stages = (bound: number): TestStages => ({
    // Before what it waits for: the order is not the file's.
    student: { content: 's', policy: over(bound) },
    after: { content: 'a', needs: ['student'] },
    last: { content: 'l', needs: ['after'] },
    evaluate: { content: 'e', steps: [{ do: 'give-metric', value: 0.9 }] },
    other: { content: 'o' },
  });
  const byId = (run: FinishedRun): Readonly<Record<string, string>> =>
    Object.fromEntries([...run.stages].map(([id, { status }]) => [id, status]));

  it('skips a stage whose metric is not as it should be, with what needs it, and the run succeeds', async () => {
    const project = await openProject();
    const run = await project.run(stages(0.95));
    expect(byId(run)).toEqual({
      student: 'skipped',
      after: 'skipped',
      last: 'skipped',
      evaluate: 'ran',
      other: 'ran',
    });
    expect(run.status).toBe('succeeded');
    expect(eventsOf(run, 'stage-skipped').map(({ stage, blockedBy, because }) => [stage, blockedBy, because])).toEqual([
      ['student', undefined, 'evaluate.value is 0.9, and its condition > 0.95'],
      ['after', undefined, 'it needs student, which was skipped'],
      ['last', undefined, 'it needs student, which was skipped'],
    ]);
  });

  it('runs it where the metric is as it should be, on a hit as on a miss, and the condition is not in the key', async () => {
    const project = await openProject();
    expect(byId(await project.run(stages(0.5)))).toMatchObject({ student: 'ran', evaluate: 'ran' });
    expect(byId(await project.run(stages(0.6)))).toMatchObject({ student: 'reused', evaluate: 'reused' });
    expect(byId(await project.run(stages(0.95)))).toMatchObject({ student: 'skipped', evaluate: 'reused' });
  });

  it('waits for the stage of its condition, also where only it was asked for', async () => {
    const project = await openProject();
    const run = await project.run(stages(0.5), { only: ['student'] });
    expect(told(run)).toBe('evaluate ran, student ran');
  });

  it('is skipped with the stage that its condition is on, and blocked by one that failed', async () => {
    const project = await openProject();
    const run = await project.run({
      evaluate: { content: 'e', policy: { when: false } },
      student: { content: 's', policy: over(0) },
      broken: { content: 'b', steps: [{ do: 'throw', message: 'no such luck' }] },
      blocked: { content: 'c', policy: over(0, 'broken') },
    });
    expect(byId(run)).toEqual({ evaluate: 'skipped', student: 'skipped', broken: 'failed', blocked: 'skipped' });
    expect(
      eventsOf(run, 'stage-skipped')
        .map(({ stage, blockedBy, because }) => [stage, blockedBy ?? because])
        .sort(),
    ).toEqual([
      ['blocked', 'broken'],
      ['evaluate', 'its `when` is false'],
      ['student', 'its condition is on evaluate, which was skipped'],
    ]);
  });

  it('fails a stage whose condition is on a metric that is not there', async () => {
    const project = await openProject();
    const run = await project.run({ ...stages(0.5), student: { content: 's', policy: over(0, 'evaluate', 'valeu') } });
    expect(problemOf(run, 'student')).toMatchObject({
      code: 'bad-option',
      message: 'evaluate has no number "valeu" among its metrics, which this condition bounds',
      hint: 'did you mean "value"?',
      where: { source: { name: 'test.yaml/when' } },
    });
    expect(run.status).toBe('failed');
  });

  it('leaves the gates of a skipped stage alone, and says so', async () => {
    const project = await openProject();
    const gate = { stage: 'after', path: ['value'], operator: '>', bound: 5 } as const;
    const run = await project.run(stages(0.95), { gates: [gate] });
    expect(run.status).toBe('succeeded');
    expect(eventsOf(run, 'gate-checked')).toEqual([]);
    expect(eventsOf(run, 'warning').map(({ stage, message }) => [stage, message])).toEqual([
      ['after', 'the gate after.value > 5 is not checked: it was skipped'],
    ]);
  });
});

describe('resources', () => {
  it('let as many stages run at once as their pools allow, and are in no key', async () => {
    const project = await openProject();
    const stage = (content: string, gpu?: number): TestStages[string] => ({
      content,
      steps: [{ do: 'sleep', milliseconds: 150 }],
      ...(gpu === undefined ? {} : { policy: { resources: { gpu } } }),
    });
    const stages = { a: stage('a', 1), b: stage('b', 1), c: stage('c', 1), free: stage('d') };
    const run = await project.run(stages, { jobs: 4, resources: { gpu: 1 } });
    expect(run.status).toBe('succeeded');
    let [training, most] = [0, 0];
    for (const event of run.events) {
      if (!('stage' in event) || event.stage === 'free') continue;
      if (event.type === 'stage-started') most = Math.max(most, ++training);
      if (event.type === 'stage-finished') training--;
    }
    expect(most).toBe(1);
    const order = run.events
      .filter(({ type }) => type === 'stage-started')
      .map((event) => 'stage' in event && event.stage);
    // It does not wait behind those that wait for the pool.
    expect(order.indexOf('free' as StageId)).toBeLessThan(2);
    const other = await project.run({ ...stages, a: stage('a'), b: stage('b', 2) }, { resources: { gpu: 2 } });
    expect(told(other)).toBe('a reused, b reused, c reused, free reused');
  });

  it('are given back while a stage waits for its next attempt', async () => {
    const project = await openProject();
    const resources = { gpu: 1 };
    const run = await project.run(
      {
        flaky: {
          content: 'f',
          steps: [{ do: 'fail-first', times: 1, file: project.path('count') }],
          policy: { resources, retry: { attempts: 2, delay: 1, factor: 1 } },
        },
        other: { content: 'o', policy: { resources } },
      },
      { jobs: 2, resources },
    );
    const ends = eventsOf(run, 'stage-finished').map(({ stage }) => stage);
    expect(ends).toEqual(['other', 'flaky']);
  });
});
