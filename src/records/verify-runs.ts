import { readFileSync } from 'node:fs';
import { isErrno } from '../base/errno.ts';
import type { RunId } from '../core/ids.ts';
import { usable } from '../core/usable.ts';
import type { Damage } from '../core/verify.ts';
import { readRecord } from './read-record.ts';
import { runFolder } from './run-folder.ts';
import { listRuns } from './runs.ts';

/**
 * What cannot be read of runs. Nothing of it is taken away: it is history, which nothing makes again.
 * @param folder `<store>/runs`
 */
export function verifyRuns(folder: string): Promise<{ readonly runs: number; readonly damages: readonly Damage[] }> {
  return usable(folder, async () => {
    const runs = await listRuns(folder);
    return { runs: runs.length, damages: runs.flatMap(({ id, pipeline }) => damagesOf(folder, id, pipeline)) };
  });
}

function damagesOf(folder: string, run: RunId, pipeline: string): readonly Damage[] {
  const files = runFolder(folder, run);
  const owners = [{ run, ...(pipeline === '' ? {} : { pipeline }) }];
  const damage = (path: string, message: string): Damage => ({ what: 'run', path, message, owners, repaired: false });
  const record = readRecord(files.record);
  return [
    ...(record?.id === run
      ? []
      : [damage(files.record, 'it is no record of this run; remove the folder to be rid of it')]),
    ...(areEventsWhole(files.events) ? [] : [damage(files.events, 'an event in it cannot be read; the others can')]),
  ];
}

/** But for the last line: a run that was killed may have left the beginning of one. */
function areEventsWhole(file: string): boolean {
  return textOf(file).split('\n').slice(0, -1).every(isJson);
}

function isJson(line: string): boolean {
  try {
    JSON.parse(line);
    return true;
  } catch {
    return false;
  }
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return '';
    throw error;
  }
}
