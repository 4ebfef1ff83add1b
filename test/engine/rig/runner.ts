/** A whole run as a process of its own, that a test can kill; its events come as JSON lines. */
import { writeSync } from 'node:fs';
import { openLocalExecutor } from '../../../src/engine/local/pool.ts';
import { runStages } from '../../../src/engine/run.ts';
import { openLocalStore } from '../../../src/store/local-store.ts';
import { planContext, runContext } from './context.ts';
import type { TestStages } from './pipeline.ts';

export interface RunnerOrder {
  readonly run: string;
  readonly store: string;
  readonly folder: string;
  readonly entry: string;
  readonly stages: TestStages;
}

const order = JSON.parse(process.argv[2] ?? '') as RunnerOrder;
const store = await openLocalStore(order.store);
const executor = openLocalExecutor({
  entry: order.entry,
  size: 2,
  projectFolder: order.folder,
  downloadFolder: store.downloadFolder,
});
const cancel = new AbortController();
process.on('SIGINT', () => {
  cancel.abort();
});
const context = await planContext({ folder: order.folder, store }, order.stages);
await runStages(
  runContext(context, {
    executor,
    run: order.run,
    signal: cancel.signal,
    emit: (event) => writeSync(1, `${JSON.stringify(event)}\n`),
  }),
);
await executor.close();
