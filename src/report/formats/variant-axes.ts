import type { VariantAxes } from '../../core/pipeline-spec.ts';

/** `temperature=4,replicate=0`, as ids have it. */
export function axesName(axes: VariantAxes): string {
  return Object.entries(axes)
    .map(([axis, value]) => `${axis}=${value}`)
    .join(',');
}
