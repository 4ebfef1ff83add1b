import { slotName } from '../../core/stage-type.ts';

/** What a model is to the others: its colour and its place on every page. */
export type Role = 'teacher' | 'student' | 'baseline' | 'other';

const roles: readonly Role[] = ['teacher', 'student', 'baseline'];

/** @param model its slot of an evaluation: `student@temperature=4` */
export function roleOf(model: string): Role {
  const slot = slotName(model);
  return roles.find((role) => role === slot) ?? 'other';
}

/** Less for what stands before others. */
export function rankOf(role: Role): number {
  const index = roles.indexOf(role);
  return index === -1 ? roles.length : index;
}
