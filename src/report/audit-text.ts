import type { AuditFinding, PipelineEvent } from '../core/event.ts';
import { counted, formatFigure } from './format.ts';

/** `audit: 2 of 5 reused results are made again: load-data, train-teacher` */
export function auditLine({ stages, of }: Extract<PipelineEvent, { type: 'audit-started' }>): string {
  if (of === 0) return 'audit: nothing was reused';
  const names = [...stages.slice(0, MOST_NAMED), ...(stages.length > MOST_NAMED ? ['…'] : [])].join(', ');
  return `audit: ${stages.length} of ${counted(of, 'reused result')} ${stages.length === 1 ? 'is' : 'are'} made again: ${names}`;
}

const MOST_NAMED = 10;

/** What came of it, in a line. */
export function auditedText(finding: AuditFinding): string {
  switch (finding.verdict) {
    case 'same':
      return 'the same bytes';
    case 'other': {
      const distances = finding.distances.slice(0, MOST_DISTANCES).map(({ metric, recorded, made }) => {
        return `${metric} ${formatFigure(metric, recorded)} -> ${formatFigure(metric, made)}`;
      });
      const told = distances.length === 0 ? 'and the same metrics' : distances.join(', ');
      return `other bytes, which its stage type allows, ${told}`;
    }
    case 'differs':
    case 'failed':
      return finding.problem.message;
  }
}

const MOST_DISTANCES = 3;
