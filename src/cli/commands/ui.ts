import { fileURLToPath, pathToFileURL } from 'node:url';
import { programFile } from '../../api/program-file.ts';
import { importModule } from '../../base/import-module.ts';
import type { Result } from '../../base/result.ts';
import type { Problem } from '../../diagnostics/problem.ts';
import type { UiServer } from '../../ui/server.ts';
import { reportBug } from '../bug.ts';
import { type AddCommand, type CommandContext, helpText } from '../command.ts';
import { portNumber } from '../numbers.ts';
import { hasScreen, openBrowser } from '../open-browser.ts';
import { printProblems } from '../print-problems.ts';
import { cancelOnSignal } from '../signals.ts';
import type { Terminal } from '../terminal.ts';

interface Flags {
  readonly port?: number;
  readonly open: boolean;
}

const usualPort = 8642;

export const addUi: AddCommand = (program, context) => {
  program
    .command('ui')
    .description('serve a page on this machine: runs as they go on, curves, comparisons, what the models answer')
    .option('-p, --port <number>', `listen there; 0 for any that is free (default: ${usualPort}, or any)`, portNumber)
    .option('--no-open', 'only print the address, and open no browser')
    .addHelpText(
      'after',
      helpText({ examples: ['pipeline ui', 'pipeline ui --port 0 --no-open'], exits: { 2: 'the port is taken' } }),
    )
    .action(async (flags: Flags) => {
      context.exit(await ui(flags, context));
    });
};

async function ui({ port, open }: Flags, { terminal }: CommandContext): Promise<number> {
  const cancellation = cancelOnSignal(() => undefined);
  const server = await serve(port, terminal);
  if (!server.ok) return printProblems(terminal, server.error);
  terminal.stdout.write(`${server.value.addressWithToken}\n`);
  terminal.stderr.write(
    'Whoever has this address can start and stop runs of this project. Ctrl-C ends the server, and no run.\n',
  );
  // Where the store cannot be written to, the address was printed.
  const page = open && hasScreen(terminal) ? await server.value.openingPage().catch(() => undefined) : undefined;
  if (page !== undefined) openBrowser(page.path);
  await ended(cancellation.signal);
  page?.remove();
  await server.value.close();
  cancellation.stop();
  return 0;
}

/** Another project's server may be at the usual port. */
async function serve(port: number | undefined, terminal: Terminal): Promise<Result<UiServer, readonly Problem[]>> {
  // A bundle of its own: no other command needs it.
  const address = pathToFileURL(programFile('ui-server.js')).href;
  const { openUiServer } = (await importModule(address)) as typeof import('../../ui/server.ts');
  const options = {
    cwd: terminal.cwd,
    assets: fileURLToPath(new URL('./web/ui/', import.meta.url)),
    onBug: (error: Error) => {
      reportBug(error, terminal);
    },
  };
  const server = await openUiServer({ ...options, port: port ?? usualPort });
  const isTaken = !server.ok && server.error.some(({ code }) => code === 'bad-flag');
  return port === undefined && isTaken ? openUiServer({ ...options, port: 0 }) : server;
}

function ended(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => {
      resolve();
    });
  });
}
