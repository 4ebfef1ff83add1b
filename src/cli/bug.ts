import type { Terminal } from './terminal.ts';
import { packageVersion } from '../api/package-version.ts';

/** What a thrown error is: a mistake of ours. */
export function reportBug(error: unknown, terminal: Terminal): void {
  const what = error instanceof Error ? (error.stack ?? error.message) : String(error);
  terminal.stderr.write(
    [
      'Sorry: this is a mistake in pipeline itself, not in your pipeline.',
      '',
      what,
      '',
      'Please report it to whoever gave you this program, with the command that you ran and the lines above.',
      `node ${process.version}, ${process.platform} ${process.arch}, distill-pipeline ${packageVersion()}`,
      '',
    ].join('\n'),
  );
}
