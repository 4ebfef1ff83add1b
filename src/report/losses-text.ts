import { groupBy } from '../base/group-by.ts';
import type { ExplainedLoss, LossShares } from '../core/explained-loss.ts';
import type { Style } from './style.ts';
import { padEnd, padStart, textWidth } from './text-width.ts';

/** What each training makes small, as a formula; those with the same one stand together. With a line break at the end. */
export function renderLosses(losses: readonly ExplainedLoss[], style: Style): string {
  if (losses.length === 0) return 'No stage of it trains.\n';
  const alike = groupBy(losses, ({ method, terms, where }) => JSON.stringify([method, terms, where]));
  const blocks = [...alike.values()].map((group) => block(group, style));
  return `${[...blocks, LETTERS].join('\n\n')}\n`;
}

function block(group: readonly ExplainedLoss[], style: Style): string {
  const [loss] = group;
  if (loss === undefined) return '';
  const { method, source, terms, where } = loss;
  const title = style.heading(group.map(({ stage }) => stage).join(', '));
  const shares = group.flatMap((each) => each.shares ?? []);
  return [
    `${title}: ${method}${source === undefined ? '' : ` (${source})`}`,
    `  loss = ${terms.map(({ formula }) => formula).join(' + ')}`,
    ...where.map((each, index) => `  ${index === 0 ? 'where' : '     '} ${each}`),
    ...(shares.length === 0 || terms.length === 1 ? [] : shareLines(terms, shares, style)),
  ].join('\n');
}

function shareLines(terms: ExplainedLoss['terms'], shares: readonly LossShares[], style: Style): string[] {
  const names = Math.max(...terms.map(({ name }) => textWidth(name)));
  const formulas = Math.max(...terms.map(({ formula }) => textWidth(formula)));
  const rows = terms.map(({ name, formula }) => {
    const mean = shares.reduce((sum, { byTerm }) => sum + (byTerm[name] ?? 0), 0) / shares.length;
    return `    ${padEnd(name, names)}  ${padEnd(formula, formulas)}  ${padStart(`${(100 * mean).toFixed(1)}%`, 6)}`;
  });
  return [`  of the gradient's norm${style.faint(`, ${measured(shares)}`)}`, ...rows];
}

function measured(shares: readonly LossShares[]): string {
  const other = shares.every(({ isOwn }) => isOwn) ? '' : ', with other options or inputs';
  const [only] = shares;
  if (shares.length === 1) return `in run ${only?.run ?? ''}${other}`;
  return `the mean of ${shares.length} trainings${other}`;
}

const LETTERS = `The mean over the batch, with z the student's logits, v the teacher's, y the label, and over the classes
CE(a, b) = −Σ a · log b, KL(a ‖ b) = Σ a · (log a − log b).`;
