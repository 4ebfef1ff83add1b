import { fileURLToPath } from 'node:url';

/** A file of the built program; all of them lie in one folder, this code's too. */
export function programFile(
  name:
    | 'cli.cjs'
    | 'command-line.cjs'
    | 'stage-process.js'
    | 'plugin-interface.js'
    | 'web/report/main.js'
    | 'web/report/main.css'
    | 'ui-server.js'
    | 'temporal-workflow.js',
): string {
  return fileURLToPath(new URL(`./${name}`, import.meta.url));
}
