import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { openUiServer } from '../../ui/server.ts';
import { reportBug } from '../bug.ts';
import { type AddCommand, type CommandContext, helpText } from '../command.ts';
import { portNumber } from '../numbers.ts';
import { printProblems } from '../print-problems.ts';
import { cancelOnSignal } from '../signals.ts';

interface Flags {
  readonly port: number;
  readonly open: boolean;
}

const usualPort = 8642;

export const addUi: AddCommand = (program, context) => {
  program
    .command('ui')
    .description('serve a page on this machine: runs as they go on, curves, comparisons, what the models answer')
    .option('-p, --port <number>', 'listen there; 0 for any that is free', portNumber, usualPort)
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
  const server = await openUiServer({
    ...{ cwd: terminal.cwd, port },
    assets: fileURLToPath(new URL('./web/ui/', import.meta.url)),
    onBug: (error) => {
      reportBug(error, terminal);
    },
  });
  if (!server.ok) return printProblems(terminal, server.error);
  const { address, token } = server.value;
  const withToken = `${address}#token=${token}`;
  terminal.stdout.write(`${withToken}\n`);
  terminal.stderr.write(
    'Whoever has this address can start and stop runs of this project. Ctrl-C ends the server, and no run.\n',
  );
  if (open) openBrowser(withToken);
  await ended(cancellation.signal);
  await server.value.close();
  return 0;
}

function ended(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => {
      resolve();
    });
  });
}

/** Where there is none to open, the address was printed. */
function openBrowser(address: string): void {
  const program = process.platform === 'darwin' ? 'open' : 'xdg-open';
  const child = spawn(program, [address], { stdio: 'ignore', detached: true });
  child.on('error', () => undefined);
  child.unref();
}
