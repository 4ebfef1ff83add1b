import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { programFile } from '../api/program-file.ts';
import { isJsonObject } from '../base/json.ts';
import { failure, success, type Result } from '../base/result.ts';
import type { RunId } from '../core/ids.ts';
import type { Refusal, StartRequest } from './protocol.ts';

/**
 * Starts `pipeline run` as a process of its own, which goes on when the server ends: it is the person's run, and can be stopped from another
 * page or terminal.
 * @param cwd the project's folder, which the file is relative to
 */
export function startRun({ file, stages = [], set = [] }: StartRequest, cwd: string): Promise<Result<RunId, Refusal>> {
  const options = ['--json', ...set.map((assignment) => `--set=${assignment}`)];
  const args = [programFile('cli.cjs'), 'run', ...options, '--', file, ...stages];
  const child = spawn(process.execPath, args, { cwd, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  child.unref();
  return new Promise((resolve) => {
    let said = '';
    child.stderr.on('data', (data: Buffer) => {
      if (said.length < MOST_SAID) said += data.toString();
    });
    createInterface({ input: child.stdout }).on('line', (line) => {
      const told = parsed(line);
      if (told?.['type'] === 'run-started') resolve(success(told['run'] as RunId));
      else if (said.length < MOST_SAID) said += line;
    });
    child.on('error', ({ message }) => {
      resolve(failure({ message: `the run could not be started: ${message}` }));
    });
    child.on('close', () => {
      resolve(failure(refusalIn(said)));
    });
  });
}

const MOST_SAID = 100_000;

function parsed(line: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** As `--json` tells problems; anything else as it is. */
function refusalIn(said: string): Refusal {
  const problems = parsed(said)?.['problems'];
  const [first, ...others] = Array.isArray(problems) ? (problems as readonly Refusal[]) : [];
  if (first === undefined) return { message: said.trim() === '' ? 'the run ended before it began' : said.trim() };
  const told = ({ message, hint }: Refusal): Refusal => ({ message, ...(hint === undefined ? {} : { hint }) });
  return others.length === 0 ? told(first) : { ...told(first), more: others.map(told) };
}
