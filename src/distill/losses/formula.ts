/** Losses in writing, with their numbers in them. */

/** An option of a loss: the number that it is, or the letter that stands for it where it changes while the student trains. */
export interface Quantity {
  readonly text: string;
  readonly value?: number;
}

export interface Formula {
  /** By the names of the loss's terms. Undefined for what is multiplied by 0. */
  readonly terms: Readonly<Record<string, string | undefined>>;
  /** What the letters in them are. */
  readonly where: readonly string[];
}

const letters: Readonly<Record<string, string>> = {
  temperature: 'T',
  alpha: 'α',
  beta: 'β',
  labelWeight: 'w',
  teacherWeight: 'k',
  peerWeight: 'k',
};

/** The letter of an option that changes. */
export function letterOf(option: string): string {
  return letters[option] ?? option;
}

export function constant(value: number): Quantity {
  return { text: plain(value), value };
}

/** 1 − it. */
export function restOf({ text, value }: Quantity): Quantity {
  return value === undefined ? { text: `(1 − ${text})` } : constant(1 - value);
}

export function squared({ text, value }: Quantity): Quantity {
  return { text: `${text}²`, ...(value === undefined ? {} : { value: value ** 2 }) };
}

/** Factors that are 1 are left out. @returns undefined where one is 0 */
export function product(factors: readonly Quantity[], what: string): string | undefined {
  if (factors.some(({ value }) => value === 0)) return undefined;
  return [...factors.filter(({ value }) => value !== 1).map(({ text }) => text), what].join(' · ');
}

export function softmaxOf(logits: string, temperature: Quantity): string {
  return temperature.value === 1 ? `softmax(${logits})` : `softmax(${logits} / ${temperature.text})`;
}

export const unsoftened = 'p = softmax(z)';

/** s and t, of the student's and the teacher's logits. */
export function softened(temperature: Quantity): readonly string[] {
  return [`s = ${softmaxOf('z', temperature)}`, `t = ${softmaxOf('v', temperature)}`];
}

/** 0.1, where the arithmetic made 0.09999999999999998 of it. */
function plain(value: number): string {
  return String(Number(value.toPrecision(6)));
}
