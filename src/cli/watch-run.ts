import type { RunOptions } from '../api/run.ts';
import { watchPipeline } from '../api/watch/watch.ts';
import { listed } from '../diagnostics/nearest.ts';
import { exitCodeOf, exitCodes } from './exit-codes.ts';
import { printProblems } from './print-problems.ts';
import { openScreen } from './screen.ts';
import { cancelOnSignal, endingStages } from './signals.ts';
import type { Terminal } from './terminal.ts';

/** `run --watch`: one run after the other, each shown as a run is, until a signal ends it. */
export async function watchRun(
  file: string,
  options: RunOptions,
  { terminal, json }: { readonly terminal: Terminal; readonly json: boolean },
): Promise<number> {
  // With `--json`, stdout is for events alone.
  const say = (text: string): void => void (json ? terminal.stderr : terminal.stdout).write(`${text}\n`);
  const hopeless = new AbortController();
  let screen = openScreen(terminal, json);
  let isRunning = true;
  const cancel = cancelOnSignal((signal) => {
    if (isRunning) screen.say(endingStages(signal));
  });
  try {
    await watchPipeline(file, {
      ...options,
      signal: AbortSignal.any([cancel.signal, hopeless.signal]),
      onEvent: (event) => {
        screen.emit(event);
      },
      async onResult(result) {
        isRunning = false;
        await screen.close();
        if (result.ok) await screen.summarize(result.value);
        else printProblems(terminal, result.error, { json });
        // No file that is edited mends the command line.
        if (!result.ok && result.error.every(({ code }) => code === 'bad-flag')) hopeless.abort();
        else if (!cancel.signal.aborted) say('waiting for a change; Ctrl-C ends');
      },
      onChange(files) {
        say(`\n${listed(files, MOST_FILES)} changed`);
        screen = openScreen(terminal, json);
        isRunning = true;
      },
      onOutdated(files) {
        screen.say(`${listed(files, MOST_FILES)} changed: this run goes on, and another one follows`);
      },
    });
  } finally {
    await screen.close();
    cancel.stop();
  }
  return cancel.received === undefined ? exitCodes.wrong : exitCodeOf(cancel.received);
}

const MOST_FILES = 3;
