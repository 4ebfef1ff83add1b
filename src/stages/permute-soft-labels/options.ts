import type { JsonObject } from '../../base/json.ts';
import type { ArtifactFacts } from '../../core/artifact.ts';
import type { StageCheck } from '../../core/stage-type.ts';
import { readFacts, splitNames, writeFacts } from '../artifacts/facts.ts';
import type { KnownFacts } from '../artifacts/facts.ts';

export function checkPermute(_: JsonObject, inputs: Readonly<Record<string, ArtifactFacts | undefined>>): StageCheck {
  const softLabels = readFacts(inputs['softLabels']);
  const how = misfit(readFacts(inputs['data']), softLabels);
  if (how === undefined) return { problems: [], facts: writeFacts(softLabels) };
  return {
    problems: [
      {
        code: 'bad-option',
        message: `the soft labels ${how}`,
        hint: 'the teacher has to look at the same data set',
        pointer: '/needs/softLabels',
      },
    ],
  };
}

/** @returns how they do not fit the data, as the rest of a sentence */
function misfit(data: KnownFacts, softLabels: KnownFacts): string | undefined {
  const [ours, theirs] = [data.classes, softLabels.classes];
  if (ours !== undefined && theirs !== undefined && ours !== theirs) {
    return `are for ${theirs} classes, and the data set has ${ours}`;
  }
  const other = splitNames.find((split) => {
    const labelled = softLabels.counts?.[split];
    return labelled !== undefined && data.counts !== undefined && labelled !== (data.counts[split] ?? 0);
  });
  if (other === undefined) return undefined;
  return `are for ${softLabels.counts?.[other] ?? 0} ${other} images, and the data set has ${data.counts?.[other] ?? 0}`;
}
