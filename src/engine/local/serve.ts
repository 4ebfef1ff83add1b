import type { StageExecution } from '../executor.ts';
import type { FromChild, ToChild } from './messages.ts';
import { ProgressThrottle } from './progress-throttle.ts';
import { type StageWork, failureOf, runTask } from './run-task.ts';
import { endWithParent } from './watch-parent.ts';

/** The child's side of the pool: runs the stages that it is told to, one at a time, until its parent lets go of it. */
export function serve(given: StageWork): void {
  const work = { ...given, prepare: announced(given.prepare) };
  let current: CurrentStage | undefined;
  process.on('message', (message: ToChild) => {
    if (message.type === 'cancel') {
      current?.cancel();
      return;
    }
    const stage = new CurrentStage(message.mark);
    current = stage;
    send({ type: 'begun' });
    const { task, downloadFolder } = message;
    const progress = new ProgressThrottle((event) => {
      send({ type: 'progress', event });
    });
    const hooks = { downloadFolder, signal: stage.signal, progress: progress.emit.bind(progress), log };
    void runTask(work, task, hooks).then((execution) => {
      progress.flush();
      stage.end(execution);
    });
  });
  const blame = (error: unknown): void => {
    const failure = failureOf(error, log);
    // Left behind by a stage that has ended: the next one shall not bear it.
    if (current === undefined || current.ended) process.exit(1);
    current.end({ status: 'failed', failure });
  };
  process.on('uncaughtException', blame);
  process.on('unhandledRejection', blame);
  endWithParent();
  process.on('disconnect', () => process.exit(0));
  // A terminal sends these to the whole group; whether to stop is the parent's decision.
  process.on('SIGINT', ignore);
  process.on('SIGHUP', ignore);
}

/** A backend that hangs blocks this process, so that only the parent can see to it. */
function announced(prepare: StageWork['prepare']): StageWork['prepare'] {
  return async (backend) => {
    send({ type: 'loading', backend });
    await prepare(backend);
    send({ type: 'loaded' });
  };
}

class CurrentStage {
  readonly #abort = new AbortController();
  readonly #mark: string;
  ended = false;

  constructor(mark: string) {
    this.#mark = mark;
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  cancel(): void {
    this.#abort.abort();
  }

  /** The first end counts: an exception that nobody caught may come before the stage's own. */
  end(execution: StageExecution): void {
    if (this.ended) return;
    this.ended = true;
    void Promise.all([written(process.stdout, this.#mark), written(process.stderr, this.#mark)]).then(() => {
      send({ type: 'ended', execution, rssBytes: process.memoryUsage.rss() });
    });
  }
}

function written(stream: NodeJS.WriteStream, text: string): Promise<void> {
  return new Promise((resolve) => {
    stream.write(text, () => {
      resolve();
    });
  });
}

function send(message: FromChild): void {
  if (process.connected) process.send?.(message);
}

function log(text: string): void {
  process.stderr.write(text);
}

function ignore(): void {
  // See where it is used.
}
