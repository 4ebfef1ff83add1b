import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type DagNode, type DagSizes, layOut } from '../../../../src/report/web/charts/dag/layout.ts';

const across: DagSizes = {
  box: { width: 180, height: 40 },
  gap: { layers: 50, boxes: 12 },
  direction: 'across',
};
const down: DagSizes = { ...across, direction: 'down' };

const pipeline: readonly DagNode[] = [
  { id: 'load-data', needs: [] },
  { id: 'train-teacher', needs: ['load-data'] },
  { id: 'soft-labels', needs: ['load-data', 'train-teacher'] },
  { id: 'train-student', needs: ['load-data', 'soft-labels'] },
  { id: 'train-baseline', needs: ['load-data'] },
  { id: 'evaluate', needs: ['load-data', 'train-teacher', 'train-student', 'train-baseline'] },
];

const dags = fc.array(fc.array(fc.nat({ max: 30 }), { maxLength: 4 }), { maxLength: 30 }).map((needs) =>
  needs.map((of, index): DagNode => ({
    id: `s${index}`,
    needs: index === 0 ? [] : of.map((n) => `s${n % index}`),
  })),
);

describe('layOut', () => {
  test('a stage stands in the layer after the last of those that it needs', () => {
    const layers = new Map(layOut(pipeline, across).boxes.map(({ id, layer }) => [id, layer]));
    expect(Object.fromEntries(layers)).toEqual({
      'load-data': 0,
      'train-teacher': 1,
      'train-baseline': 1,
      'soft-labels': 2,
      'train-student': 3,
      evaluate: 4,
    });
  });

  test.each([
    ['across', across],
    ['down', down],
  ])('%s: boxes do not touch each other, all is inside, and there is a line for each need', (_, sizes) => {
    fc.assert(
      fc.property(dags, (nodes) => {
        const { boxes, lines, width, height } = layOut(nodes, sizes);
        expect(boxes.map(({ id }) => id).sort()).toEqual(nodes.map(({ id }) => id).sort());
        expect(lines).toHaveLength(nodes.reduce((sum, { needs }) => sum + new Set(needs).size, 0));
        for (const [index, a] of boxes.entries()) {
          expect(a.x).toBeGreaterThanOrEqual(0);
          expect(a.y).toBeGreaterThanOrEqual(0);
          expect(a.x + sizes.box.width).toBeLessThanOrEqual(width + 0.2);
          expect(a.y + sizes.box.height).toBeLessThanOrEqual(height + 0.2);
          for (const b of boxes.slice(index + 1)) {
            const apart = Math.abs(a.x - b.x) >= sizes.box.width - 0.2 || Math.abs(a.y - b.y) >= sizes.box.height - 0.2;
            expect({ a, b, apart }).toMatchObject({ apart: true });
          }
        }
      }),
      { numRuns: 60 },
    );
  });

  test('lines of a small diamond do not cross', () => {
    const nodes = ['a', 'b'].flatMap((id) => [
      { id, needs: [] },
      { id: `${id}2`, needs: [id] },
    ]);
    const [a, a2, b, b2] = ['a', 'a2', 'b', 'b2'].map((id) => layOut(nodes, across).boxes.find((box) => box.id === id));
    expect(a!.y < b!.y).toBe(a2!.y < b2!.y);
  });

  test('a need that is no node is left out', () => {
    expect(layOut([{ id: 'a', needs: ['elsewhere'] }], across)).toMatchObject({ lines: [], width: 180, height: 40 });
  });
});
