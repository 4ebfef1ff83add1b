import type { Hono } from 'hono';
import type { RunPages } from '../../api/report/run-pages.ts';
import type { ModelAnswer } from '../protocol.ts';
import { refusalOf } from '../refusal.ts';

/** Models of a run, for TensorFlow.js in the page. */
export function addModels(app: Hono, { pages }: { readonly pages: RunPages }): void {
  app.get('/api/runs/:run/models/:stage', async (context) => {
    const { run, stage } = context.req.param();
    const model = await pages.model(run, stage);
    if (!model.ok) return context.json(refusalOf([model.error]), 404);
    const { topology, weights, inputShape, scale } = model.value;
    return context.json<ModelAnswer>({
      modelTopology: topology,
      weightSpecs: weights,
      shape: inputShape,
      scale,
    });
  });

  app.get('/api/runs/:run/models/:stage/weights', async (context) => {
    const { run, stage } = context.req.param();
    const model = await pages.model(run, stage);
    if (!model.ok) return context.json(refusalOf([model.error]), 404);
    const bytes = await model.value.weightBytes();
    if (bytes === undefined) return context.json({ message: 'the store has these weights no more' }, 404);
    return context.body(new Uint8Array(bytes), 200, { 'content-type': 'application/octet-stream' });
  });
}
