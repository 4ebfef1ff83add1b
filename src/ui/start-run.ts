import { spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import { createInterface } from 'node:readline';
import { programFile } from '../api/program-file.ts';
import { isJsonObject } from '../base/json.ts';
import { failure, success, type Result } from '../base/result.ts';
import type { RunId } from '../core/ids.ts';
import type { ProblemJson } from '../report/problem-json.ts';
import type { Refusal, StartRequest } from './protocol.ts';

/**
 * Starts `pipeline run` as a process of its own, which goes on when the server ends: it is the person's run, and can be stopped from another
 * page or terminal.
 * @param cwd the project's folder, which the file is relative to
 * @returns the run, when it is recorded; or why it did not come to that
 */
export function startRun({ file, stages = [], set = [] }: StartRequest, cwd: string): Promise<Result<RunId, Refusal>> {
  const options = ['--json', ...set.map((assignment) => `--set=${assignment}`)];
  const args = [programFile('cli.cjs'), 'run', ...options, '--', file, ...stages];
  const child = spawn(process.execPath, args, { cwd, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  // What it prints is read as long as there is a server; it must not keep the server, nor the server it.
  for (const output of [child.stdout, child.stderr]) (output as Readable & { unref(): void }).unref();
  child.unref();
  return new Promise((resolve) => {
    let errors = '';
    let problems: readonly ProblemJson[] = [];
    child.stderr.on('data', (data: Buffer) => {
      if (errors.length < MOST_SAID) errors += data.toString();
    });
    createInterface({ input: child.stdout }).on('line', (line) => {
      const { type, run, problems: told } = parsed(line);
      if (type === 'run-started') resolve(success(run as RunId));
      if (type === 'problems' && Array.isArray(told)) problems = told as readonly ProblemJson[];
    });
    child.on('error', ({ message }) => {
      resolve(failure({ message: `the run could not be started: ${message}` }));
    });
    child.on('close', () => {
      resolve(failure(refusalIn(problems, errors.trim())));
    });
  });
}

const MOST_SAID = 10_000;

function parsed(line: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(line);
    return isJsonObject(value) ? value : {};
  } catch {
    return {};
  }
}

/** @param problems as `--json` tells them */
function refusalIn(problems: readonly ProblemJson[], errors: string): Refusal {
  const [first, ...others] = problems.map(({ message, hint, where }) => ({
    message,
    ...(hint === undefined ? {} : { hint }),
    ...(where === undefined ? {} : { where: placeText(where) }),
  }));
  if (first === undefined) return { message: errors === '' ? 'the run ended before it began' : errors };
  return others.length === 0 ? first : { ...first, more: others };
}

function placeText({ source, line, column }: NonNullable<ProblemJson['where']>): string {
  return line === undefined || column === undefined ? source : `${source}:${line}:${column}`;
}
