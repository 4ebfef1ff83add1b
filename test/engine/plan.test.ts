import { describe, expect, it } from '@jest/globals';
import { rm, writeFile } from 'node:fs/promises';
import type { StageId } from '../../src/core/ids.ts';
import type { PlannedStage } from '../../src/engine/plan.ts';
import { type TestStages, conditionOn } from './rig/pipeline.ts';
import type { Steering } from './rig/steered-type.ts';
import { openProject } from './rig/project.ts';

const CHAIN: TestStages = {
  data: { content: 'digits' },
  teacher: { content: 'teacher', epochs: 1, needs: ['data'] },
  student: { content: 'student', needs: ['data', 'teacher'] },
};

/** One line a stage: `teacher miss: changed /with/epochs`. */
function told(plan: readonly PlannedStage[]): readonly string[] {
  return plan.map((stage) => {
    switch (stage.status) {
      case 'hit':
        return `${stage.id} hit`;
      case 'miss': {
        const changes = stage.reason.kind === 'changed' ? stage.reason.differences.map(({ pointer }) => pointer) : [];
        return [`${stage.id} miss: ${stage.reason.kind}`, ...changes].join(' ');
      }
      case 'unknown':
        return `${stage.id} unknown until ${stage.waitsFor.join(' ')}`;
      case 'skipped':
        return `${stage.id} skipped: ${stage.because}`;
      case 'blocked':
        return `${stage.id} blocked: ${stage.problem.code}`;
    }
  });
}

describe('a plan with conditions', () => {
  const bound = (value: number) => ({
    when: [{ ...conditionOn('evaluate', 'value'), operator: '>' as const, bound: value }],
  });
  const stages = (when: number): TestStages => ({
    evaluate: { content: 'e', steps: [{ do: 'give-metric', value: 0.9 }] },
    student: { content: 's', policy: bound(when) },
    after: { content: 'a', needs: ['student'] },
    never: { content: 'n', policy: { when: false } },
  });

  it('tells what is skipped where that is known, and else after which stage it will be', async () => {
    const project = await openProject();
    expect(told(await project.plan(stages(0.95)))).toEqual([
      'evaluate miss: never-ran',
      'student unknown until evaluate',
      'after unknown until student',
      'never skipped: its `when` is false',
    ]);
    await project.run(stages(0.5), { targets: ['evaluate'] });
    expect(told(await project.plan(stages(0.95)))).toEqual([
      'evaluate hit',
      'student skipped: evaluate.value is 0.9, and its condition > 0.95',
      'after skipped: it needs student, which is skipped',
      'never skipped: its `when` is false',
    ]);
    expect((await project.plan(stages(0.5))).map(({ status }) => status)).toEqual([
      'hit',
      'miss',
      'unknown',
      'skipped',
    ]);
  });
});

describe('a plan', () => {
  it('tells what never ran, and what will be known after it', async () => {
    const project = await openProject();
    expect(told(await project.plan(CHAIN))).toEqual([
      'data miss: never-ran',
      'teacher unknown until data',
      'student unknown until data teacher',
    ]);
  });

  it('tells hits, and changes nothing', async () => {
    const project = await openProject();
    await project.run(CHAIN);
    expect(told(await project.plan(CHAIN))).toEqual(['data hit', 'teacher hit', 'student hit']);
    expect(project.leftovers()).toEqual([]);
  });

  it('names what differs from the earlier result of the same stage', async () => {
    const project = await openProject();
    await project.run(CHAIN);
    const changed = { ...CHAIN, teacher: { content: 'teacher', epochs: 2, needs: ['data'] } };
    expect(told(await project.plan(changed))).toEqual([
      'data hit',
      'teacher miss: changed /with/epochs',
      'student unknown until teacher',
    ]);
  });

  it('compares a renamed stage with results of its type', async () => {
    const project = await openProject();
    await project.run({ old: { content: 'a' } });
    expect(told(await project.plan({ young: { content: 'b' } }))).toEqual(['young miss: changed /with/content']);
  });

  it('tells a forced stage, and a result whose objects are gone', async () => {
    const project = await openProject();
    const run = await project.run(CHAIN);
    const result = run.stages.get('data' as StageId);
    if (result?.status !== 'ran') throw new Error('data did not run');
    expect(told(await project.plan(CHAIN, { force: ['teacher'] }))).toEqual([
      'data hit',
      'teacher miss: forced',
      'student unknown until teacher',
    ]);
    for (const { digest } of result.record.artifact.files) await rm(await project.store.objectPath(digest));
    expect(told(await project.plan(CHAIN))[0]).toBe('data miss: result-gone');
  });

  it('tells a stage whose file is missing, or a folder', async () => {
    const project = await openProject();
    expect(
      told(await project.plan({ reader: { file: 'absent.txt' }, folder: { file: '.' }, after: { needs: ['reader'] } })),
    ).toEqual(['reader blocked: input-missing', 'folder blocked: file-unreadable', 'after unknown until reader']);
    await writeFile(project.path('absent.txt'), '');
    expect(told(await project.plan({ reader: { file: 'absent.txt' } }))).toEqual(['reader miss: never-ran']);
  });

  it('counts the tensor environment for stages that compute with tensors, and for no others', async () => {
    const project = await openProject();
    const stages = { plain: {}, tensors: { type: 'tensor' } };
    await project.run(stages);
    expect(told(await project.plan(stages, { tfjs: '5.0.0' }))).toEqual([
      'plain hit',
      'tensors miss: changed /environment/tfjs',
    ]);
  });

  it('compares a stage whose type changed with what it was', async () => {
    const project = await openProject();
    await project.run({ stage: {}, other: { type: 'tensor' } });
    expect(told(await project.plan({ stage: { type: 'tensor' } }))).toEqual(['stage hit']);
    const changed = { stage: { type: 'tensor', content: 'x' } };
    expect(told(await project.plan(changed))).toEqual(['stage miss: changed /type/name']);
  });

  it('predicts seconds and bytes from the earlier result that a stage is compared with, by the work that it asks for', async () => {
    const project = await openProject();
    const first = await project.run({ ...CHAIN, teacher: { content: 'teacher', epochs: 4, needs: ['data'] } });
    const ran = first.stages.get('teacher' as StageId);
    if (ran?.status !== 'ran') throw new Error('the teacher did not run');
    const { seconds, artifact } = ran.record;
    const predicted = async (teacher: Steering) => {
      const plan = await project.plan({ ...CHAIN, teacher: { needs: ['data'], ...teacher } });
      return plan.map((stage) => ('prediction' in stage ? stage.prediction : undefined));
    };
    const bytes = artifact.files.reduce((sum, file) => sum + file.bytes, 0);
    // Fewer: from the start. More: it goes on from the fourth. Other content: all of it again.
    expect((await predicted({ content: 'teacher', epochs: 1 }))[1]).toEqual({ seconds: seconds / 4, bytes });
    expect((await predicted({ content: 'teacher', epochs: 10 }))[1]).toEqual({ seconds: seconds * 1.5, bytes });
    expect((await predicted({ content: 'other', epochs: 8 }))[1]).toEqual({ seconds: seconds * 2, bytes });
    const student = (await predicted({ content: 'other', epochs: 8 }))[2];
    expect(student).toEqual({ seconds: expect.any(Number), bytes: expect.any(Number) });
    const forced = await project.plan({ ...CHAIN, data: { content: 'digits' } }, { force: ['data'] });
    expect(forced[0]).toMatchObject({ status: 'miss', prediction: { bytes: 'digits'.length } });
    const unheardOf = await project.plan({ new: { type: 'tensor' } });
    expect(unheardOf[0]).not.toHaveProperty('prediction');
  });

  it('leaves out what no target needs', async () => {
    const project = await openProject();
    expect(told(await project.plan(CHAIN, { targets: ['data'] }))).toEqual(['data miss: never-ran']);
  });
});
