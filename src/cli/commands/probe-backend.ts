import { ANSWER_MARK } from '../../api/doctor/ask-child.ts';
import type { AddCommand } from '../command.ts';

/** What `doctor` starts in a child process; not for people. */
export const addProbeBackend: AddCommand = (program, context) => {
  program
    .command('probe-backend <name> [folder]', { hidden: true })
    .action(async (name: string, folder: string | undefined) => {
      const { probeHere } = await import('../../api/doctor/probe.ts');
      const result = await probeHere(name === 'native' ? 'native' : 'wasm', folder);
      context.terminal.stdout.write(`\n${ANSWER_MARK}${JSON.stringify(result)}\n`);
    });
};
