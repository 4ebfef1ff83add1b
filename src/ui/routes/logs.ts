import { open } from 'node:fs/promises';
import type { Hono } from 'hono';
import type { Runs } from '../../api/runs.ts';
import { isErrno } from '../../base/errno.ts';
import { runFolder } from '../../records/run-folder.ts';
import { fileOfRun } from '../files-of-run.ts';
import type { LogAnswer } from '../protocol.ts';
import { wholeNumber } from '../query.ts';
import { refusalOf } from '../refusal.ts';

/** Of a log, at once. */
const mostBytes = 256 * 1024;

/** What stages print, in pieces. */
export function addLogs(app: Hono, { runs, folder }: { readonly runs: Runs; readonly folder: string }): void {
  app.get('/api/runs/:run/logs/:stage', async (context) => {
    const found = await runs.find(context.req.param('run'));
    if (!found.ok) return context.json(refusalOf([found.error]), 404);
    const stage = found.value.stages.find(({ id }) => id === context.req.param('stage'));
    if (stage === undefined) return context.json({ message: 'the run has no such stage' }, 404);
    const files = runFolder(folder, found.value.id);
    const log = fileOfRun(files.root, files.log(stage.id));
    return context.json(log === undefined ? empty : await readLog(log, context.req.query('from')));
  });
}

/** Of a stage that printed nothing. */
const empty: LogAnswer = { text: '', next: 0, size: 0 };

/** @param from a byte; with a minus, so many before the end */
async function readLog(path: string, from = '0'): Promise<LogAnswer> {
  try {
    const file = await open(path, 'r');
    try {
      const { size } = await file.stat();
      const asked = wholeNumber(from.replace(/^-/, ''), 0);
      const start = Math.min(size, Math.max(0, from.startsWith('-') ? size - asked : asked));
      const bytes = Buffer.alloc(Math.min(mostBytes, size - start));
      const { bytesRead } = await file.read(bytes, 0, bytes.length, start);
      const whole = wholeCharacters(bytes.subarray(0, bytesRead));
      return { text: whole.toString('utf8'), next: start + whole.length, size };
    } finally {
      await file.close();
    }
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return empty;
    throw error;
  }
}

/** Without the beginning of a character whose rest comes with the next piece. */
function wholeCharacters(bytes: Buffer): Buffer {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back] ?? 0;
    if ((byte & 0b1100_0000) === 0b1000_0000) continue;
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
    return length > back ? bytes.subarray(0, bytes.length - back) : bytes;
  }
  return bytes;
}
