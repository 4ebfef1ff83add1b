import type { BackendName, PipelineSpec } from '../core/pipeline-spec.ts';
import type { StageTypes } from '../core/stage-type.ts';
import { originOf } from '../diagnostics/origin.ts';
import type { Problem } from '../diagnostics/problem.ts';
import { toldOnce } from '../diagnostics/variant-problems.ts';

/** Stages of types that run on another backend than the pipeline. @param isChosen whether a person asked for this one, or `auto` found no other */
export function backendProblems(
  { stages }: PipelineSpec,
  types: StageTypes,
  { backend, isChosen }: { readonly backend: BackendName; readonly isChosen: boolean },
): Problem[] {
  const found = stages.flatMap((stage) => {
    const needs = types.get(stage.type)?.uses.backend;
    if (needs === undefined || needs === backend || stage.faulty === true) return [];
    const where = stage.locate('/type');
    const message = `${stage.type} runs on the ${needs} backend, and ${isChosen ? `this pipeline on ${backend}` : `\`auto\` found that it does not load here`}`;
    const problem: Problem = { code: 'backend-unavailable', message, where, hint: hints[needs], ...originOf(where) };
    return [{ problem, variant: '' }];
  });
  return toldOnce(found, 1);
}

const hints: Readonly<Record<BackendName, string>> = {
  native:
    'write `backend: native` beside `stages`, or give --backend native; `pipeline doctor --install-native` sets it up. Where it cannot be had, compute the logits elsewhere, and take them with import-soft-labels',
  wasm: 'write `backend: wasm` beside `stages`, or give --backend wasm',
};
