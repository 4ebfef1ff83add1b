import { mkdir, readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { replaceFile } from '../../base/atomic-file.ts';
import { isErrno } from '../../base/errno.ts';
import { failure, success, type Result } from '../../base/result.ts';
import type { Problem } from '../../diagnostics/problem.ts';
import type { ReportData } from '../../report/page-data/report-data.ts';
import type { RunPage } from '../../report/page-data/run-page.ts';
import { reportHtml, reportMark } from '../../report/report-html.ts';
import { packageVersion } from '../package-version.ts';
import { programFile } from '../program-file.ts';
import { openRunPages } from './run-pages.ts';

export interface WrittenReport {
  /** As it was asked for. */
  readonly file: string;
  readonly bytes: number;
  readonly runs: readonly string[];
}

export interface ReportOptions {
  readonly file: string;
  /** Over a file that is no report. */
  readonly force: boolean;
}

/**
 * Writes runs as one page that needs nothing else.
 * @param runs as in `Runs.find`
 */
export async function writeReport(
  cwd: string,
  runs: readonly string[],
  { file, force }: ReportOptions,
): Promise<Result<WrittenReport, readonly Problem[]>> {
  if (runs.length > mostRuns) {
    const message = `a report is of ${mostRuns} runs at most, and ${runs.length} are named`;
    return failure([{ code: 'bad-flag', message, hint: 'variants of one run take no run each: docs/matrix.md' }]);
  }
  const pages = await openRunPages(cwd);
  if (!pages.ok) return pages;
  const found = new Map<string, RunPage>();
  const problems: Problem[] = [];
  for (const run of runs) {
    const page = await pages.value.page(run);
    if (page.ok) found.set(page.value.id, page.value);
    else problems.push(page.error);
  }
  if (problems.length > 0) return failure(problems);
  const data = { version: packageVersion(), made: new Date().toISOString(), runs: [...found.values()] };
  const written = await writePage(resolve(cwd, file), { data, file, force });
  return written.ok ? success({ file, bytes: written.value, runs: [...found.keys()] }) : failure([written.error]);
}

/** More are no picture any more. */
const mostRuns = 12;

async function writePage(
  path: string,
  { data, file, force }: ReportOptions & { readonly data: ReportData },
): Promise<Result<number, Problem>> {
  const [script, style] = [await code('web/report/main.js'), await code('web/report/main.css')];
  const html = reportHtml(data, { script, style });
  try {
    if (!force && (await isForeign(path))) {
      const hint = 'name another file, or overwrite it with --force; nothing was written';
      return failure({ code: 'would-overwrite', message: `${file} is there, and is no report of this program`, hint });
    }
    await mkdir(dirname(path), { recursive: true });
    await replaceFile(path, html);
  } catch (error) {
    if (!isErrno(error)) throw error;
    return failure({ code: 'file-unreadable', message: `the report cannot be written to ${file}: ${error.message}` });
  }
  return success(Buffer.byteLength(html));
}

function code(name: 'web/report/main.js' | 'web/report/main.css'): Promise<string> {
  return readFile(programFile(name), 'utf8');
}

async function isForeign(path: string): Promise<boolean> {
  try {
    return !(await readFile(path, 'utf8')).startsWith(reportMark);
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return false;
    throw error;
  }
}
