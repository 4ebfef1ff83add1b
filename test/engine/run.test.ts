import { describe, expect, it } from '@jest/globals';
import { writeFileSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import type { EventBody } from '../../src/core/event.ts';
import type { StageId } from '../../src/core/ids.ts';
import { runStages } from '../../src/engine/run.ts';
import { planContext, runContext } from './rig/context.ts';
import type { TestStages } from './rig/pipeline.ts';
import { type FinishedRun, openProject } from './rig/project.ts';
import { steeredType, withOtherCode } from './rig/steered-type.ts';

const CHAIN: TestStages = {
  data: { content: 'digits' },
  teacher: { content: 'teacher', needs: ['data'] },
  student: { content: 'student', needs: ['data', 'teacher'] },
};

/** `data ran, teacher reused`, in topological order. */
function told(run: FinishedRun): string {
  return [...run.stages].map(([id, { status }]) => `${id} ${status}`).join(', ');
}

function eventsOf<T extends EventBody['type']>(run: FinishedRun, type: T): readonly Extract<EventBody, { type: T }>[] {
  return run.events.filter((event) => event.type === type) as unknown as Extract<EventBody, { type: T }>[];
}

function problemOf(run: FinishedRun, stage: string): { code: string; message: string; hint?: string } {
  const result = run.stages.get(stage as StageId);
  if (result?.status !== 'failed') throw new Error(`${stage} did not fail: ${told(run)}`);
  return result.problem;
}

describe('what runs again', () => {
  it('runs everything once, and then nothing', async () => {
    const project = await openProject();
    const first = await project.run(CHAIN);
    expect(told(first)).toBe('data ran, teacher ran, student ran');
    expect(first.status).toBe('succeeded');
    expect(await project.textOf(first, 'student')).toBe('student data(digits) teacher(teacher data(digits))');
    const second = await project.run(CHAIN);
    expect(told(second)).toBe('data reused, teacher reused, student reused');
    expect(eventsOf(second, 'stage-reused').map(({ metrics }) => metrics['value'])).toEqual([1, 1, 1]);
    expect(project.leftovers()).toEqual([]);
  });

  it('runs a changed stage and what depends on it, and takes the old results when it is set back', async () => {
    const project = await openProject();
    await project.run(CHAIN);
    const changed = await project.run({ ...CHAIN, teacher: { content: 'other', needs: ['data'] } });
    expect(told(changed)).toBe('data reused, teacher ran, student ran');
    expect(told(await project.run(CHAIN))).toBe('data reused, teacher reused, student reused');
  });

  it('stops where a stage that ran again made the same bytes', async () => {
    const project = await openProject();
    const stages = { ...CHAIN, teacher: { content: 'teacher', constant: true, needs: ['data'] } };
    await project.run(stages);
    const run = await project.run({
      ...stages,
      data: { content: 'other digits' },
      student: { content: 'student', needs: ['teacher'] },
    });
    expect(told(run)).toBe('data ran, teacher ran, student ran');
    const cutOff = await project.run({
      ...stages,
      data: { content: 'third digits' },
      student: { content: 'student', needs: ['teacher'] },
    });
    expect(told(cutOff)).toBe('data ran, teacher ran, student reused');
  });

  it('runs all of a type again when its code changed', async () => {
    const project = await openProject();
    await project.run(CHAIN);
    const run = await project.run(CHAIN, { types: [withOtherCode(steeredType)] });
    expect(told(run)).toBe('data ran, teacher ran, student ran');
    expect(eventsOf(run, 'stage-started')[0]?.because).toBe('new code of its stage type');
  });

  it('runs a forced stage again, and its dependents only where it made something else', async () => {
    const project = await openProject();
    await project.run(CHAIN);
    const run = await project.run(CHAIN, { force: ['teacher'] });
    expect(told(run)).toBe('data reused, teacher ran, student reused');
    expect(eventsOf(run, 'stage-started').map(({ because }) => because)).toEqual(['forced']);
  });

  it('runs only the targets and what they need', async () => {
    const project = await openProject();
    expect(told(await project.run(CHAIN, { targets: ['data', 'teacher'] }))).toBe('data ran, teacher ran');
  });

  it('tells a seed and a file of the person by their content', async () => {
    const project = await openProject();
    await writeFile(project.path('words.txt'), 'one');
    const stages = { seeded: { seed: 1 }, reader: { file: 'words.txt' } };
    const first = await project.run(stages);
    expect(await project.textOf(first, 'reader')).toBe(' one');
    expect(told(await project.run({ ...stages, seeded: { seed: 2 } }))).toBe('seeded ran, reader reused');
    await writeFile(project.path('words.txt'), 'two');
    const edited = await project.run(stages);
    expect(told(edited)).toBe('seeded reused, reader ran');
    expect(eventsOf(edited, 'stage-started').map(({ because }) => because)).toEqual(['new content of the file file']);
  });
});

describe('a result that is no longer whole', () => {
  it('is made again where its object is gone', async () => {
    const project = await openProject();
    const first = await project.run(CHAIN);
    await rm(await objectOf(project, first, 'teacher'));
    const run = await project.run(CHAIN);
    expect(told(run)).toBe('data reused, teacher ran, student reused');
    expect(eventsOf(run, 'stage-started').map(({ because }) => because)).toEqual(['its result is gone from the store']);
  });

  it('is made again when a stage reads it and finds other bytes of the same length', async () => {
    const project = await openProject();
    const first = await project.run(CHAIN);
    const object = await objectOf(project, first, 'teacher');
    await rm(object);
    await writeFile(object, 'TEACHER data(digits)');
    const run = await project.run({ ...CHAIN, student: { content: 'new student', needs: ['teacher'] } });
    expect(told(run)).toBe('data reused, teacher ran, student ran');
    expect(await project.textOf(run, 'student')).toBe('new student teacher(teacher data(digits))');
    expect(eventsOf(run, 'warning').map(({ message }) => message)).toEqual([
      'its artifact was damaged in the store and is made again',
    ]);
    expect(run.status).toBe('succeeded');
    expect(project.leftovers()).toEqual([]);
  });

  it('is made again once for all that stumble over it', async () => {
    const project = await openProject();
    const first = await project.run(CHAIN);
    const object = await objectOf(project, first, 'data');
    await rm(object);
    await writeFile(object, 'DIGITS');
    const many = Object.fromEntries([1, 2, 3, 4].map((n) => [`s${n}`, { content: `${n}`, needs: ['data'] }]));
    const run = await project.run({ data: CHAIN['data'] ?? {}, ...many });
    expect(run.status).toBe('succeeded');
    expect(eventsOf(run, 'stage-started').filter(({ stage }) => stage === 'data')).toHaveLength(1);
  });

  async function objectOf(
    project: Awaited<ReturnType<typeof openProject>>,
    run: FinishedRun,
    stage: string,
  ): Promise<string> {
    const result = run.stages.get(stage as StageId);
    if (result?.status !== 'ran') throw new Error(`${stage} did not run`);
    return project.store.objectPath(result.record.artifact.files[0]?.digest ?? ('' as never));
  }
});

describe('a failure', () => {
  it('blocks what depends on it, lets the rest finish, and is never stored', async () => {
    const project = await openProject();
    const stages: TestStages = {
      broken: { steps: [{ do: 'throw', message: 'no such luck' }] },
      after: { needs: ['broken'] },
      later: { needs: ['after'] },
      independent: { content: 'fine' },
    };
    const run = await project.run(stages);
    expect(told(run)).toBe('broken failed, after skipped, later skipped, independent ran');
    expect(run.status).toBe('failed');
    expect(eventsOf(run, 'stage-skipped').map(({ stage, blockedBy }) => [stage, blockedBy])).toEqual([
      ['after', 'broken'],
      ['later', 'broken'],
    ]);
    expect(problemOf(run, 'broken')).toMatchObject({ code: 'stage-failed', message: 'no such luck' });
    expect(project.leftovers()).toEqual([]);
    const repaired = await project.run({ ...stages, broken: {} });
    expect(told(repaired)).toBe('broken ran, after ran, later ran, independent reused');
  });

  it('is told where it belongs in the pipeline', async () => {
    const project = await openProject();
    const steps = [{ do: 'fail', message: 'too wide', hint: 'narrow it', pointer: '/with/width' }] as const;
    const run = await project.run({ model: { steps } });
    expect(eventsOf(run, 'stage-failed').map(({ problem }) => problem)).toEqual([
      { code: 'bad-option', message: 'too wide', hint: 'narrow it', where: 'test.yaml/with/width:1:1' },
    ]);
  });

  it('is a missing file, told before anything runs', async () => {
    const project = await openProject();
    const run = await project.run({ reader: { file: 'absent.txt' } });
    expect(problemOf(run, 'reader')).toMatchObject({
      code: 'input-missing',
      message: 'the file absent.txt is not there',
    });
    expect(eventsOf(run, 'stage-started')).toEqual([]);
  });

  it('is a file that changed while the stage ran: its result is not kept', async () => {
    const project = await openProject();
    await writeFile(project.path('words.txt'), 'one');
    const stages: TestStages = {
      reader: { file: 'words.txt', steps: [{ do: 'note', file: project.path('words.txt'), text: 'two' }] },
    };
    const run = await project.run(stages);
    expect(problemOf(run, 'reader').code).toBe('input-changed');
    expect(await recordedStages(project)).toEqual([]);
    expect(project.leftovers()).toEqual([]);
  });

  it('is a file that changed while the stage waited for its turn: it does not begin', async () => {
    const project = await openProject();
    const words = project.path('words.txt');
    await writeFile(words, 'one');
    const stages: TestStages = {
      first: { content: 'first', file: 'words.txt', steps: [{ do: 'sleep', milliseconds: 100 }] },
      second: { content: 'second', file: 'words.txt' },
    };
    const emit = (event: { type: string }): void => {
      if (event.type === 'stage-started') writeFileSync(words, 'two');
    };
    const run = await project.run(stages, { jobs: 1, emit });
    expect(told(run)).toBe('first failed, second failed');
    expect(eventsOf(run, 'stage-started')).toHaveLength(1);
    expect((await project.run(stages)).status).toBe('succeeded');
  });

  it('is a store that refuses, with its reason', async () => {
    const project = await openProject();
    const refusing = { ...project.store, putFolder: () => Promise.reject(new Error('the disk is full')) };
    const context = await planContext({ folder: project.folder, store: refusing }, { other: { content: 'other' } });
    const events: string[] = [];
    const result = await runStages(
      runContext(context, { executor: project.executor, emit: (event) => events.push(JSON.stringify(event)) }),
    );
    expect(result.stages.get('other' as StageId)).toMatchObject({ problem: { message: 'the disk is full' } });
    expect(events.at(-1)).toContain('run-finished');
    expect(project.leftovers()).toEqual([]);
  });

  async function recordedStages(project: Awaited<ReturnType<typeof openProject>>): Promise<readonly string[]> {
    const stages: string[] = [];
    for await (const record of project.store.records()) stages.push(record.madeBy.stage);
    return stages;
  }
});

describe('gates', () => {
  const stages: TestStages = { evaluate: { steps: [{ do: 'give-metric', value: 0.93 }] } };
  const gate = { stage: 'evaluate', path: ['value'], operator: '>=', bound: 0.9 } as const;

  it('pass, on a hit as on a miss', async () => {
    const project = await openProject();
    for (const status of ['ran', 'reused']) {
      const run = await project.run(stages, { gates: [gate] });
      expect([told(run), run.status]).toEqual([`evaluate ${status}`, 'succeeded']);
      expect(eventsOf(run, 'gate-checked')).toMatchObject([{ bound: '>= 0.9', value: 0.93, passed: true }]);
    }
  });

  it('are missed below their bound, and where the metric is missing', async () => {
    const project = await openProject();
    const run = await project.run(stages, {
      gates: [
        { ...gate, bound: 0.95 },
        { ...gate, path: ['value', 'nowhere'] },
      ],
    });
    expect(run.status).toBe('gate-missed');
    expect(eventsOf(run, 'gate-checked').map(({ value, passed }) => [value, passed])).toEqual([
      [0.93, false],
      [null, false],
    ]);
  });
});

describe('a bug of a sink', () => {
  it('ends the run with nothing left running', async () => {
    const project = await openProject();
    const emit = (event: { type: string }): void => {
      if (event.type === 'stage-output') throw new Error('broken sink');
    };
    const steps = [{ do: 'print', stream: 'stdout', text: 'hello\n', times: 1 }, { do: 'hang' }] as const;
    await expect(
      project.run({ loud: { content: 'loud', steps }, other: { steps: [{ do: 'hang' }] } }, { emit }),
    ).rejects.toThrow('broken sink');
    expect(project.leftovers()).toEqual([]);
  });
});

describe('two stages with one key', () => {
  it('are computed once', async () => {
    const project = await openProject();
    const steps = [
      { do: 'note', file: project.path('ran'), text: 'ran' },
      { do: 'sleep', milliseconds: 150 },
    ] as const;
    const run = await project.run({ left: { steps }, right: { steps } });
    expect(eventsOf(run, 'stage-started')).toHaveLength(1);
    expect(eventsOf(run, 'stage-waiting')).toHaveLength(1);
    expect([...run.stages.values()].map(({ status }) => status).sort()).toEqual(['ran', 'reused']);
  });
});
