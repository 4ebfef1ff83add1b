import type { JsonValue } from '../base/json.ts';
import type { KeyChange } from '../core/explained-plan.ts';
import { oneLine } from './format.ts';
import { fitText } from './text-width.ts';

/** `distillation.temperature: 4 -> 8 (pipelines/mnist-distill.yaml:31:22)` */
export function changeText(change: KeyChange): string {
  const where = change.where === undefined ? '' : ` (${change.where})`;
  return `${subject(change)}${values(change)}${where}`;
}

function subject(change: KeyChange): string {
  const path = change.pointer
    .split('/')
    .slice(2)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
  switch (change.component) {
    case 'options':
      return path.length === 0 ? 'options' : path.join('.');
    case 'inputs':
      return `input ${path.join('.')}`;
    case 'files':
      return `file ${path.join('.')}`;
    case 'environment':
      return path.length === 0 ? 'environment' : path.join('.');
    case 'code':
      return 'code of the stage type';
    case 'type':
      return path.length === 0 ? 'stage type' : `stage type's ${path.join('.')}`;
    case 'seed':
      return 'seed';
    case 'env':
      return `variable ${path.join('.')}`;
    case 'node':
      return "Node's major version";
  }
}

/** Digests say nothing to a person: that the content changed is all there is to tell. */
function values({ component, before, after }: KeyChange): string {
  const isContent = component === 'inputs' || component === 'files' || component === 'code' || component === 'env';
  if (before === undefined) return isContent ? ' added' : ` added: ${valueText(after)}`;
  if (after === undefined) return isContent ? ' removed' : ` removed: ${valueText(before)}`;
  return isContent ? ' changed' : `: ${valueText(before)} -> ${valueText(after)}`;
}

function valueText(value: JsonValue | undefined): string {
  return fitText(oneLine(JSON.stringify(value ?? null)), 60);
}
