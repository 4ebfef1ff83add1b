import type { Check } from './check.ts';
import type { Style } from './style.ts';
import { padEnd } from './text-width.ts';

/** What `doctor` found, and what it means. */
export function renderChecks(checks: readonly Check[], style: Style): string {
  return `${[...checkLines(checks, style), '', verdict(checks, style)].join('\n')}\n`;
}

/** A line a check, its remedy below it. */
export function checkLines(checks: readonly Check[], style: Style): readonly string[] {
  const width = Math.max(0, ...checks.map(({ name }) => name.length));
  return checks.flatMap((check) => {
    const line = `${mark(check, style)} ${padEnd(style.name(check.name), width)}  ${check.found}`;
    return check.remedy === undefined ? [line] : [line, `  ${' '.repeat(width)}  → ${check.remedy}`];
  });
}

function mark({ status }: Check, style: Style): string {
  switch (status) {
    case 'ok':
      return style.good('✔');
    case 'lacking':
      return style.warning('-');
    case 'broken':
      return style.bad('✖');
  }
}

function verdict(checks: readonly Check[], style: Style): string {
  const broken = checks.filter(({ status }) => status === 'broken').map(({ name }) => name);
  if (broken.length > 0) return style.bad(`Pipelines cannot run here until this is repaired: ${broken.join(', ')}.`);
  const lacking = checks.filter(({ status }) => status === 'lacking').map(({ name }) => name);
  return lacking.length === 0
    ? style.good('All is well.')
    : `Pipelines run here. Not available: ${lacking.join(', ')}.`;
}
