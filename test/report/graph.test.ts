import { describe, expect, test } from '@jest/globals';
import type { StageId } from '../../src/core/ids.ts';
import type { StageSpec } from '../../src/core/pipeline-spec.ts';
import { graphDot } from '../../src/report/graph/dot.ts';
import { drawingOf, type Drawing, type DrawnStage } from '../../src/report/graph/drawing.ts';
import { graphMermaid } from '../../src/report/graph/mermaid.ts';
import { graphSvg } from '../../src/report/graph/svg.ts';
import { graphText } from '../../src/report/graph/text.ts';
import { makeStyle } from '../../src/report/style.ts';

const node = (id: string, type: string, layer: number, needs: Record<string, string> = {}): DrawnStage => ({
  id: id as StageId,
  type,
  layer,
  edges: Object.entries(needs).map(([slot, from]) => ({ slot, from: from as StageId })),
});

const drawing: Drawing = {
  name: 'mnist "distill"',
  nodes: [
    node('load-data', 'load-data', 0),
    node('end', 'train-teacher', 1, { data: 'load-data' }),
    node('baseline', 'train-student', 1, { data: 'load-data' }),
    node('evaluate', 'evaluate', 2, { teacher: 'end', baseline: 'baseline' }),
  ],
};

describe('a condition', () => {
  const conditioned: Drawing = {
    name: 'p',
    nodes: [
      node('evaluate', 'evaluate', 0),
      {
        ...node('student', 'student', 1, { data: 'evaluate' }),
        edges: [{ slot: 'when', from: 'evaluate' as StageId, condition: true }],
      },
    ],
  };

  test('is drawn dashed', async () => {
    expect(graphText(conditioned, makeStyle(false))).toContain('student   ← when: evaluate');
    expect(graphMermaid(conditioned)).toContain('stage-evaluate -.->|when| stage-student');
    expect(graphDot(conditioned)).toContain('"evaluate" -> "student" [label="when", style=dashed];');
    expect(await graphSvg(conditioned)).toContain('stroke-dasharray');
  });
});

describe('the graph', () => {
  test('as text', () => {
    expect(graphText(drawing, makeStyle(false)).split('\n')).toEqual([
      'mnist "distill": 4 stages',
      '── load-data',
      '┬─ end       (train-teacher) ← data: load-data',
      '└─ baseline  (train-student) ← data: load-data',
      '── evaluate                  ← teacher: end, baseline',
      '',
    ]);
  });

  test('as Mermaid', () => {
    expect(graphMermaid(drawing).split('\n')).toEqual([
      'flowchart TD',
      '  stage-load-data["load-data"]',
      '  stage-end["end<br/><i>train-teacher</i>"]',
      '  stage-baseline["baseline<br/><i>train-student</i>"]',
      '  stage-evaluate["evaluate"]',
      '  stage-load-data -->|data| stage-end',
      '  stage-load-data -->|data| stage-baseline',
      '  stage-end -->|teacher| stage-evaluate',
      '  stage-baseline -->|baseline| stage-evaluate',
      '',
    ]);
  });

  test('as DOT, with quotes escaped', () => {
    const dot = graphDot(drawing);
    expect(dot).toContain('digraph "mnist \\"distill\\"" {');
    expect(dot).toContain('  "end" [label="end\\ntrain-teacher"];');
    expect(dot).toContain('  "load-data" -> "end" [label="data"];');
  });

  test('as SVG, drawn by Graphviz', async () => {
    const svg = await graphSvg(drawing);
    expect(svg).toMatch(/<svg[\s\S]*<\/svg>\s*$/);
    for (const text of ['load-data', 'end', 'train-teacher', 'baseline', 'evaluate', 'teacher']) {
      expect(svg).toContain(`>${text.replaceAll('-', '&#45;')}</text>`);
    }
  });
});

describe('a drawing', () => {
  test('has a stage with variants once, and what is gathered as one edge', () => {
    const where = { source: { name: 'p.yaml', text: '' }, start: 0, end: 1 };
    const stage = (id: string, needs: Record<string, string>, variant?: StageSpec['variant']): StageSpec => ({
      ...{ id: id as StageId, type: 'any', where, options: {}, locate: () => where },
      needs: Object.fromEntries(Object.entries(needs).map(([slot, from]) => [slot, { stage: from as StageId, where }])),
      ...(variant === undefined ? {} : { variant }),
    });
    const train = 'train' as StageId;
    const stages = [
      stage('train@t=1', {}, { of: train, axes: { t: 1 } }),
      stage('train@t=4', {}, { of: train, axes: { t: 4 } }),
      stage('test', { 'model@t=1': 'train@t=1', 'model@t=4': 'train@t=4' }),
      stage('plot', {}),
    ];
    const spec = {
      name: 'p',
      source: where.source,
      folder: '/',
      params: {},
      backend: 'wasm' as const,
      stages,
      gates: [],
    };
    const drawn = drawingOf(spec, {
      order: stages.map(({ id }) => id),
      dependencies: (id) => (id === 'plot' ? ['train@t=1' as StageId, 'train@t=4' as StageId] : []),
    });
    expect(drawn.nodes).toEqual([
      { id: 'train', type: 'any', layer: 0, edges: [], variants: { count: 2, axes: ['t'] } },
      { id: 'test', type: 'any', layer: 1, edges: [{ slot: 'model', from: 'train' }] },
      { id: 'plot', type: 'any', layer: 1, edges: [{ slot: 'files', from: 'train' }] },
    ]);
    expect(graphText(drawn, makeStyle(false)).split('\n')).toEqual([
      'p: 3 stages, with variants 4',
      '── train (any) × 2 by t',
      '┬─ test  (any)          ← model: train',
      '└─ plot  (any)          ← files: train',
      '',
    ]);
    expect(graphMermaid(drawn)).toContain('stage-train -->|files| stage-plot');
    expect(graphDot(drawn)).toContain('"train" -> "plot" [label="files"];');
    expect(graphMermaid(drawn)).toContain('stage-train["train<br/><i>any</i><br/>2 by t"]');
    expect(graphDot(drawn)).toContain('"train" [label="train\\nany\\n2 by t"];');
  });
});
