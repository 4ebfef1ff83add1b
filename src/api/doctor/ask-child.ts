import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { failure, success, type Result } from '../../base/result.ts';
import { lastLine, oneLine } from '../../report/format.ts';

export interface Question {
  readonly command: string;
  readonly args: readonly string[];
  readonly patienceMs: number;
}

/**
 * What a child process answers: one line of JSON that bears the mark. One that crashes, hangs or talks of something else is a
 * failure, in words.
 */
export async function askChild<T>({ command, args, patienceMs }: Question): Promise<Result<T, string>> {
  try {
    // A process that hangs in a library's code hears of no signal but this one.
    const options = { timeout: patienceMs, killSignal: 'SIGKILL', maxBuffer: 1 << 24 } as const;
    const { stdout } = await promisify(execFile)(command, args, options);
    const answer = stdout.split('\n').findLast((line) => line.startsWith(ANSWER_MARK));
    if (answer !== undefined) return success(JSON.parse(answer.slice(ANSWER_MARK.length)) as T);
    return failure(
      stdout.trim() === '' ? 'it ended without an answer' : `it only printed: ${oneLine(lastLine(stdout))}`,
    );
  } catch (error) {
    return failure(whatHappened(error as ChildError, patienceMs));
  }
}

/** Begins the line that holds the answer: libraries print what they like. */
export const ANSWER_MARK = 'answer: ';

interface ChildError extends Error {
  readonly killed?: boolean;
  readonly signal?: string | null;
  readonly stderr?: string;
}

function whatHappened(error: ChildError, patienceMs: number): string {
  if (error.killed === true) return `it took longer than ${patienceMs / 1000} s`;
  if (typeof error.signal === 'string') return `it ended the process by ${error.signal}`;
  const told = lastLine(error.stderr ?? '');
  return told === '' ? error.message : told;
}
