import { relative } from 'node:path';
import type { FinishedRun } from '../api/run.ts';
import type { PipelineEvent } from '../core/event.ts';
import { formatBytes } from '../report/format.ts';
import { jsonLinesSink } from '../report/json-lines.ts';
import { plainLinesSink } from '../report/plain-lines.ts';
import { liveListSink } from '../report/live/live-list.ts';
import { applyEvent, newRunView } from '../report/run-view.ts';
import type { EventSink } from '../report/sink.ts';
import { renderSummary } from '../report/summary.ts';
import { layoutOf, type Terminal } from './terminal.ts';

/** What a run shows: while it goes on, and at its end. */
export interface Screen {
  emit(event: PipelineEvent): void;
  /** A word to the person, beside the events. */
  say(text: string): void;
  summarize(finished: Omit<FinishedRun, 'record'>): Promise<void>;
  /** Leaves what is shown as it stands; again is harmless. */
  close(): Promise<void>;
}

/** JSON lines where asked for, the live list on a terminal, plain lines elsewhere. */
export function openScreen(terminal: Terminal, json: boolean): Screen {
  const sink = sinkFor(terminal, json);
  const view = newRunView();
  return {
    emit(event) {
      applyEvent(view, event);
      sink.emit(event);
    },
    say(message) {
      const warning = { time: Date.now(), type: 'warning' as const, message };
      if (json) terminal.stderr.write(`${message}\n`);
      else sink.emit(warning);
    },
    close: () => sink.close(),
    async summarize(finished) {
      if (finished.recordProblem !== undefined) {
        terminal.stderr.write(`the run's record is not whole: ${finished.recordProblem.message}\n`);
      }
      const full = finished.storeOverLimit;
      const notice =
        full === undefined
          ? ''
          : `the store has ${formatBytes(full.bytes)}, over its limit of ${formatBytes(full.limit)}: pipeline gc makes room\n`;
      if (json) {
        terminal.stderr.write(notice);
        return;
      }
      const record = relative(terminal.cwd, finished.folder);
      if (view.stages.size > 0) terminal.stdout.write('\n');
      terminal.stdout.write(await renderSummary(view, { ...layoutOf(terminal), record }));
      terminal.stdout.write(notice);
    },
  };
}

function sinkFor({ stdout, env }: Terminal, json: boolean): EventSink {
  if (json) return jsonLinesSink(stdout);
  const live = stdout.isTTY === true && env['TERM'] !== 'dumb' && ['', 'false', undefined].includes(env['CI']);
  return live ? liveListSink(stdout) : plainLinesSink(stdout);
}
