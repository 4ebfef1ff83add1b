import type { StageView } from '../run-view.ts';
import type { Output } from '../sink.ts';

/** A list on the screen, one line an entry. */
export interface TaskList {
  show(id: string, state: StageView['state'], line: string): void;
  /** Leaves the list as it stands. */
  close(): Promise<void>;
}

/**
 * listr2 as a display: its tasks do nothing but wait for the stage that they stand for. listr2 is loaded here, not before.
 * @param entries in the order of the screen
 */
export async function openTaskList(output: Output, entries: readonly string[]): Promise<TaskList> {
  const {
    DefaultRenderer,
    Listr,
    ListrDefaultRendererLogLevels: Level,
    ListrLogger,
    ListrTaskState: State,
    ProcessOutput,
  } = await import('listr2');
  // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment -- listr2 asks for more than it uses
  const stream = output as NodeJS.WriteStream;
  const endings = new Map<string, { resolve(): void; reject(error: Error): void }>();
  const rendererOptions = {
    formatOutput: 'truncate' as const,
    logger: new ListrLogger<import('listr2').ListrDefaultRendererLogLevels>({
      useIcons: true,
      toStderr: [],
      processOutput: new ProcessOutput(stream, stream),
    }),
    icon: { [Level.SKIPPED_WITH_COLLAPSE]: '↺' },
    color: { [Level.SKIPPED_WITH_COLLAPSE]: (text?: string) => text ?? '' },
  };
  const list = new Listr(
    entries.map((id) => ({
      title: ' ',
      task: () => new Promise<void>((resolve, reject) => endings.set(id, { resolve, reject })),
    })),
    {
      concurrent: true,
      exitOnError: false,
      // Ctrl-C is the command's business.
      registerSignalListeners: false,
      // Whether there is a terminal to draw on is decided by whoever opens the list.
      renderer: DefaultRenderer,
      rendererOptions,
      fallbackRenderer: DefaultRenderer,
      fallbackRendererOptions: rendererOptions,
    },
  );
  const tasks = new Map(entries.map((id, index) => [id, list.tasks[index]]));
  const finished = list.run();
  while (endings.size < entries.length) await new Promise((resolve) => setImmediate(resolve));
  for (const task of tasks.values()) if (task !== undefined) task.state = State.WAITING;

  /** Told once how a stage ended, the list keeps that. */
  function end(id: string, error?: Error): void {
    const ending = endings.get(id);
    endings.delete(id);
    if (error === undefined) ending?.resolve();
    else ending?.reject(error);
  }

  return {
    show(id, state, line) {
      const task = tasks.get(id);
      if (task === undefined || !endings.has(id)) return;
      task.title = line;
      switch (state) {
        case 'pending':
          return;
        case 'waiting':
        case 'retrying':
        case 'running':
          // The spinner draws the new line within a tenth of a second; drawing at each event would flicker.
          task.state = State.STARTED;
          return;
        case 'done':
          task.state = State.STARTED;
          end(id);
          return;
        case 'reused':
          task.message = { skip: line };
          task.state = State.SKIPPED;
          end(id);
          return;
        case 'skipped':
          end(id);
          return;
        case 'failed':
          end(id, new Error(line));
      }
    },
    async close() {
      for (const id of [...endings.keys()]) {
        const task = tasks.get(id);
        // What never ended did not succeed either: no tick.
        if (task !== undefined) task.state = State.WAITING;
        end(id);
      }
      await finished;
    },
  };
}
