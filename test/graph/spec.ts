import { sha256 } from '../../src/base/hash.ts';
import type { StageId } from '../../src/core/ids.ts';
import type { PipelineSpec, StageSpec } from '../../src/core/pipeline-spec.ts';
import type { Slot, StageType } from '../../src/core/stage-type.ts';
import type { SourceRange } from '../../src/diagnostics/source.ts';

export const id = (name: string) => name as StageId;

/** A pipeline from `{ b: ['a'] }`: b needs a, in slots named by number. Each line of its source is one stage. */
export function specOf(
  needs: Readonly<Record<string, readonly string[]>>,
  type: (id: string) => string = () => 'any',
): PipelineSpec {
  const text = Object.entries(needs)
    .map(([stage, needed]) => `${stage}: ${needed.join(' ')}\n`)
    .join('');
  const source = { name: 'p.yaml', text };
  const range = (line: string, piece: string): SourceRange => {
    const start = text.indexOf(piece, `\n${text}`.indexOf(`\n${line}:`) + (piece === line ? 0 : line.length + 1));
    return { source, start, end: start + piece.length };
  };
  const stages = Object.entries(needs).map(([stage, needed]): StageSpec => {
    const where = range(stage, stage);
    const slots = needed.map(
      (name, index) => [`slot${index}`, { stage: id(name), where: range(stage, name) }] as const,
    );
    return {
      id: id(stage),
      type: type(stage),
      where,
      needs: Object.fromEntries(slots),
      options: {},
      locate: () => where,
    };
  });
  return { name: 'p', source, folder: '/', params: {}, backend: 'wasm', stages, gates: [] };
}

const many: Slot = { kind: 'thing', required: false, description: '' };

export function typeOf(name: string, more: Partial<StageType> = {}): StageType {
  return {
    name,
    description: '',
    version: 1,
    schema: { type: 'object' },
    slots: {},
    otherSlots: many,
    output: 'thing',
    determinism: 'bitwise',
    uses: { tensors: false, seed: false },
    code: sha256(name),
    ...more,
  };
}
