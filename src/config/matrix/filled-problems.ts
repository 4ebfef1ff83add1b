import { originOf } from '../../diagnostics/origin.ts';
import type { Problem } from '../../diagnostics/problem.ts';
import { toldOnce } from '../../diagnostics/variant-problems.ts';
import { locate } from '../locator.ts';
import { builtInValidator, findingsOf } from '../schema/validators.ts';
import type { FilledStage } from './expand-stages.ts';

/** Tells what is wrong with stages once their axes are filled in: what all variants of a stage have, once. */
export async function tellOfFilled(
  { alike }: { readonly alike: readonly (readonly FilledStage[])[] },
  problems: Problem[],
): Promise<void> {
  for (const stages of alike) {
    for (const stage of stages) if (stage.beyondOptions) await checkShape(stage);
    const found = stages.flatMap((stage) => stage.problems.map((problem) => ({ problem, variant: stage.name })));
    // One by one: thousands of variants may have more of them than a call takes arguments.
    for (const problem of toldOnce(found, stages.length)) problems.push(problem);
  }
}

/** The pipeline's schema saw the stage before its axes were filled in. */
async function checkShape({ stage, place, locator, problems }: FilledStage): Promise<void> {
  const around = { version: 1, name: 'any', stages: { any: stage } };
  const findings = await findingsOf(builtInValidator('pipeline.schema.json'), around, 'the pipeline');
  for (const { code, message, hint, pointer, part } of findings) {
    const { range, unknown } = locate(locator, place, pointer.replace('/stages/any', ''), part);
    if (!unknown)
      problems.push({ code, message, where: range, ...(hint === undefined ? {} : { hint }), ...originOf(range) });
  }
}
