import type { Role } from '../../page-data/roles.ts';

/** How a model is drawn, everywhere the same: by colour, by dash and by sign, since colours are not seen by everybody. */
export interface RoleLook {
  /** As CSS has it. */
  readonly colour: string;
  /** Of lines, as SVG has it. */
  readonly dash?: string;
  /** Of points, by the name that Plot has for it. */
  readonly symbol: 'circle' | 'square' | 'triangle' | 'diamond';
}

export const roleLooks: Readonly<Record<Role, RoleLook>> = {
  teacher: { colour: 'var(--teacher)', dash: '8 3', symbol: 'square' },
  student: { colour: 'var(--student)', symbol: 'circle' },
  baseline: { colour: 'var(--baseline)', dash: '2 2.5', symbol: 'triangle' },
  other: { colour: 'var(--other-1)', dash: '9 3 2 3', symbol: 'diamond' },
};
