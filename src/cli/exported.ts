import { basename, dirname } from 'node:path';
import { openRunExports } from '../api/export/run-exports.ts';
import { writeFiles } from '../api/export/write-files.ts';
import { failure, success, type Result } from '../base/result.ts';
import type { Problem } from '../diagnostics/problem.ts';
import type { ExportedRun } from '../report/formats/exported-run.ts';
import { printProblems } from './print-problems.ts';
import type { Terminal } from './terminal.ts';

type OneOrMore<T> = readonly [T, ...T[]];

/** @param names the latest one, if there are none */
export async function findExported(
  { cwd }: Terminal,
  names: readonly string[],
): Promise<Result<OneOrMore<ExportedRun>, readonly Problem[]>> {
  const opened = await openRunExports(cwd);
  if (!opened.ok) return opened;
  const [name = 'latest', ...others] = names;
  const first = await opened.value.find(name);
  if (!first.ok) return failure([first.error]);
  const runs: [ExportedRun, ...ExportedRun[]] = [first.value];
  for (const other of others) {
    const found = await opened.value.find(other);
    if (!found.ok) return failure([found.error]);
    runs.push(found.value);
  }
  return success(runs);
}

/** @param file as typed; stdout, if absent @returns the exit code */
export async function printOrWrite(terminal: Terminal, text: string, file: string | undefined): Promise<number> {
  if (file === undefined) {
    terminal.stdout.write(text);
    return 0;
  }
  const written = await writeFiles(terminal.cwd, dirname(file), [{ path: basename(file), bytes: text }]);
  return written.ok ? 0 : printProblems(terminal, [written.error]);
}
