import { Command } from 'commander';
import type { CommandContext } from './command.ts';
import { addDoctor } from './commands/doctor.ts';
import { addGet } from './commands/get.ts';
import { addGraph } from './commands/graph.ts';
import { addLogs } from './commands/logs.ts';
import { addMetrics } from './commands/metrics.ts';
import { addPlan } from './commands/plan.ts';
import { addProbeBackend } from './commands/probe-backend.ts';
import { addRun } from './commands/run.ts';
import { addRuns } from './commands/runs.ts';
import { addSchema } from './commands/schema.ts';
import { addStages } from './commands/stages.ts';
import { addValidate } from './commands/validate.ts';
import { addWhy } from './commands/why.ts';
import type { Terminal } from './terminal.ts';
import { packageVersion } from '../api/package-version.ts';

/** The commands, in the order of `--help`. */
const commands = [
  addRun,
  addPlan,
  addWhy,
  addValidate,
  addGraph,
  addRuns,
  addMetrics,
  addLogs,
  addGet,
  addStages,
  addSchema,
  addDoctor,
  addProbeBackend,
];

export function buildProgram(terminal: Terminal, exit: (code: number) => void): Command {
  const context: CommandContext = { terminal, exit };
  const program = new Command('pipeline')
    .description('Knowledge distillation as a declarative pipeline: only what changed is computed again.')
    .version(packageVersion(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print help')
    .helpCommand('help [command]', 'print help for a command')
    // `run <file> [stages...]`: that there are options goes without saying.
    .configureHelp({ subcommandTerm: termOf })
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void terminal.stdout.write(text),
      writeErr: (text) => void terminal.stderr.write(text),
    })
    .showHelpAfterError('(pipeline --help lists the commands)')
    .addHelpText('after', '\nA first run: pipeline run pipelines/mnist-distill.yaml');
  for (const add of commands) add(program, context);
  for (const command of program.commands) {
    command.showHelpAfterError(`(pipeline ${command.name()} --help shows examples)`);
  }
  return program;
}

function termOf(command: Command): string {
  const args = command.registeredArguments.map((each) => {
    const name = `${each.name()}${each.variadic ? '...' : ''}`;
    return each.required ? `<${name}>` : `[${name}]`;
  });
  return [command.name(), ...args].join(' ');
}
