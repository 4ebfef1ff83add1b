import { defineStageType } from 'distill-pipeline';

/** Declares the stage type; planning loads this file, and it is cheap. What the stage does is in run.ts, which only its own process loads. */
export default defineStageType({
  name: 'confusion-matrix',
  description: 'Writes which class a model takes for which, as CSV, and the pairs that it mixes up most.',
  output: 'confusion',
  slots: { evaluation: { kind: 'evaluation', description: 'Where the counts come from.' } },
  determinism: 'bitwise',
  schema: {
    required: ['model'],
    properties: {
      model: { description: 'The model, by its name in the evaluation.', type: 'string', examples: ['student'] },
      split: { description: 'The images that count.', enum: ['validation', 'test'], default: 'validation' },
      normalize: {
        description: 'Shares of each true class in place of counts.',
        type: 'boolean',
        default: false,
      },
      pairs: { description: 'How many pairs to tell.', type: 'integer', minimum: 1, default: 3 },
    },
  },
  load: () => import('./run.ts'),
});
