import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { promisify } from 'node:util';
import { messageOf } from '../../base/error-message.ts';
import { failure, success, type Result } from '../../base/result.ts';

export interface ToolRun {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  /** A file that what it prints is added to. */
  readonly log: string;
  readonly patienceMs?: number;
}

/** Runs a tool to its end. @returns what went wrong, in its own last words */
export async function runTool({
  command,
  args,
  cwd,
  env,
  log,
  patienceMs,
}: ToolRun): Promise<Result<undefined, string>> {
  const output = createWriteStream(log, { flags: 'a' });
  await once(output, 'open');
  output.write(`\n$ ${[command, ...args].join(' ')}\n`);
  try {
    const child = spawn(command, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      ...(patienceMs === undefined ? {} : { timeout: patienceMs, killSignal: 'SIGKILL' }),
    });
    let tail = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.pipe(output, { end: false });
      stream.on('data', (chunk: Buffer) => (tail = (tail + chunk.toString()).slice(-TAIL)));
    }
    const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
    if (code === 0) return success(undefined);
    return failure(lastWords(tail) ?? `${command} ended by ${signal ?? `exit code ${code ?? 'unknown'}`}`);
  } catch (error) {
    return failure(`${command} did not start: ${messageOf(error)}`);
  } finally {
    output.end();
  }
}

/** What a tool answers on stdout; undefined where it is not there, or fails. */
export async function askTool(command: string, ...args: string[]): Promise<string | undefined> {
  try {
    const { stdout } = await promisify(execFile)(command, args, { timeout: 30_000, killSignal: 'SIGKILL' });
    return stdout.trim();
  } catch {
    return undefined;
  }
}

const TAIL = 8192;

/** The first line that names an error, as compilers, pip, npm and Node have it; else the last line. */
function lastWords(tail: string): string | undefined {
  const lines = tail
    .split(/[\r\n]+/)
    .map((line) => line.trim())
    .filter((line) => line !== '');
  return lines.find((line) => ERROR_LINE.test(line)) ?? lines.at(-1);
}

const ERROR_LINE = /^(\S+: |\w*)(fatal )?error: |^npm (error|ERR!) .*(failed|not found|ENO)/i;
