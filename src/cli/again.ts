import { parseArgs } from 'node:util';
import { findSnapshot } from '../api/again/find.ts';
import { runAgain } from '../api/again/run-again.ts';
import type { PipelineRequest } from '../api/open-pipeline.ts';
import type { Selection } from '../api/select-stages.ts';
import { reportBug } from './bug.ts';
import { exitCodes } from './exit-codes.ts';
import { withTerminal } from './process.ts';
import { openScreen } from './screen.ts';

/**
 * `pipeline run` with nothing to do: a small program of its own, so that neither the YAML's nor the command line's is loaded. It only
 * ever saves time: of what it does not know at once, it says nothing and does nothing.
 * @returns whether the command was carried out
 */
export async function runCommandAgain(args: readonly string[]): Promise<boolean> {
  const asked = readArguments(args);
  const found = asked === undefined ? undefined : findSnapshot(asked.request);
  if (asked === undefined || found === undefined) return false;
  let done = true;
  await withTerminal(async (terminal) => {
    const screen = openScreen(terminal, asked.json);
    try {
      const finished = await runAgain(found, {
        ...asked,
        onEvent: (event) => {
          screen.emit(event);
        },
      });
      if (finished === undefined) {
        done = false;
        return exitCodes.done;
      }
      await screen.close();
      await screen.summarize(finished);
      return finished.status === 'succeeded' && finished.recordProblem === undefined
        ? exitCodes.done
        : exitCodes.failed;
    } catch (error) {
      reportBug(error, terminal);
      return exitCodes.bug;
    }
  });
  return done;
}

interface AskedRun {
  readonly request: PipelineRequest & Selection;
  readonly jobs?: number;
  readonly json: boolean;
}

/** Flags as `commands/run.ts` has them; undefined for any other one, and for what has to be complained of. */
function readArguments([command, ...args]: readonly string[]): AskedRun | undefined {
  if (command !== 'run') return undefined;
  try {
    const { values, positionals } = parseArgs({ args, options, allowPositionals: true });
    const { set = [], params: paramsFiles = [], backend, jobs, json = false } = values;
    const [file, ...targets] = positionals;
    if (file === undefined || !/^[1-9]\d{0,8}$/.test(jobs ?? '1')) return undefined;
    const request = {
      file,
      cwd: process.cwd(),
      targets,
      set,
      paramsFiles,
      ...(backend === undefined ? {} : { backend }),
    };
    return { request, json, ...(jobs === undefined ? {} : { jobs: Number(jobs) }) };
  } catch {
    return undefined;
  }
}

const options = {
  set: { type: 'string', multiple: true },
  params: { type: 'string', multiple: true },
  backend: { type: 'string' },
  jobs: { type: 'string', short: 'j' },
  json: { type: 'boolean' },
} as const;
