import type { ComponentChildren, JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { PageEvaluation, PageFigures, PageModel } from '../../../page-data/evaluation.ts';
import { Choice } from '../section.tsx';

interface OneEvaluationProps {
  readonly evaluations: readonly PageEvaluation[];
  readonly children: (models: readonly MeasuredModel[], split: string) => ComponentChildren;
}

export interface MeasuredModel extends Pick<PageModel, 'name' | 'role'> {
  readonly figures: PageFigures;
}

/** Of a sweep one evaluation at a time, and of that one split. */
export function OneEvaluation({ evaluations, children }: OneEvaluationProps): JSX.Element | null {
  const [stage, chooseStage] = useState(evaluations[0]?.stage ?? '');
  const [wanted, chooseSplit] = useState('');
  const evaluation = evaluations.find((each) => each.stage === stage) ?? evaluations[0];
  if (evaluation === undefined) return null;
  const split = evaluation.splits.find((each) => each === wanted) ?? evaluation.splits[0] ?? '';
  const models = evaluation.models.flatMap(({ name, role, splits }) => {
    const figures = splits[split];
    return figures === undefined ? [] : [{ name, role, figures }];
  });
  return (
    <>
      <div class="row">
        <Choice label="of" options={evaluations.map((each) => each.stage)} chosen={stage} onChoose={chooseStage} />
        <Choice label="on" options={evaluation.splits} chosen={split} onChoose={chooseSplit} />
      </div>
      {children(models, split)}
    </>
  );
}
