/** The boxes of a plan: what would run, what is reused, and why. Pure. */
import { groupBy } from '../../../../base/group-by.ts';
import { writtenId } from '../../../../core/pipeline-spec.ts';
import type { ExplainedPlan, ExplainedStage, KeyChange } from '../../../../core/explained-plan.ts';
import { formatSeconds } from '../../../format.ts';
import type { DagStage } from '../../charts/dag/stage.ts';
import { groupStages } from '../run/stage-groups.ts';
import type { Sign } from '../signs.ts';

export const planSigns: Readonly<Record<ExplainedStage['status'], Sign>> = {
  hit: { sign: '⟲', tone: 'kept', word: 'reuse' },
  miss: { sign: '▶', tone: 'busy', word: 'run' },
  unknown: { sign: '?', tone: 'warn', word: 'run, perhaps' },
  skipped: { sign: '–', tone: 'plain', word: 'skip' },
  blocked: { sign: '✕', tone: 'bad', word: 'cannot run' },
};

/** What weighs most says what a group of variants will do. */
const BY_WEIGHT: readonly ExplainedStage['status'][] = ['blocked', 'miss', 'unknown', 'hit', 'skipped'];

export function planBoxes({ stages }: ExplainedPlan, apart: boolean): readonly DagStage[] {
  const named = stages.map((stage) => ({ ...stage, id: stage.stage }));
  if (apart) return named.map((stage) => planBox(stage));
  return groupStages(named).map(({ id, needs, stages: own, varies }) => {
    const [only] = own;
    if (only !== undefined && own.length === 1) return { ...planBox(only), id, needs, ...(varies ? { count: 1 } : {}) };
    const counts = groupBy(own, ({ status }) => status);
    const told = BY_WEIGHT.filter((status) => counts.has(status));
    const { sign, tone } = planSigns[told[0] ?? 'hit'];
    const more = told.map((status) => `${counts.get(status)?.length ?? 0} ${planSigns[status].word}`).join(', ');
    return {
      id,
      needs,
      title: id,
      sign,
      tone,
      more,
      count: own.length,
      label: `${id}, ${own.length} variants: ${more}`,
    };
  });
}

function planBox(stage: ExplainedStage): DagStage {
  const { sign, tone, word } = planSigns[stage.status];
  const more = planWords(stage);
  return {
    ...{ id: stage.stage, needs: stage.needs, title: stage.stage, sign, tone, more },
    label: `${stage.stage}: ${more.startsWith(word) ? more : `${word}, ${more}`}`,
  };
}

export function planWords({ status, seconds, reason, problem, waitsFor }: ExplainedStage): string {
  const time = seconds === undefined ? '' : formatSeconds(seconds);
  switch (status) {
    case 'hit':
      return time === '' ? 'reuse' : `reuse, saves ${time}`;
    case 'miss':
      return time === '' ? 'run' : `run, about ${time}`;
    case 'unknown':
      return `known after ${(waitsFor ?? []).join(', ')}`;
    case 'skipped':
      return `skip: ${reason ?? ''}`;
    case 'blocked':
      return problem?.message ?? 'cannot run';
  }
}

/** Stages of the plan that a box stands for. */
export function stagesOf({ stages }: ExplainedPlan, box: string): readonly ExplainedStage[] {
  return stages.filter((stage) => stage.stage === box || writtenId({ ...stage, id: stage.stage }) === box);
}

/** `distillation.temperature: 4 → 8` */
export function changeWords({ component, pointer, before, after }: KeyChange): string {
  const name = pointer
    .replace(/^\/with\//, '')
    .replace(/^\//, '')
    .replaceAll('/', '.');
  const told = name === '' ? component : name;
  if (before === undefined) return `${told}: ${short(after)}, which was not there`;
  if (after === undefined) return `${told}: ${short(before)} is gone`;
  return `${told}: ${short(before)} → ${short(after)}`;
}

function short(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
