import { join } from 'node:path';

/** What lies where in `<store>/runs/<id>`. */
export interface RunFolder {
  readonly root: string;
  readonly record: string;
  readonly summary: string;
  /** One event a line, but for what stages print, which is in their logs. */
  readonly events: string;
  /** How long its models took, where that was measured. */
  readonly latencies: string;
  readonly logs: string;
  log(stage: string): string;
}

export function runFolder(runs: string, run: string): RunFolder {
  const root = join(runs, run);
  const logs = join(root, 'logs');
  return {
    root,
    record: join(root, 'run.json'),
    summary: join(root, 'summary.json'),
    events: join(root, 'events.jsonl'),
    latencies: join(root, 'latencies.json'),
    logs,
    log: (stage) => join(logs, `${stage}.log`),
  };
}
