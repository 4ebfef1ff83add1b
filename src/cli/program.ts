import { Command } from 'commander';
import type { AddCommand, CommandContext } from './command.ts';
import { addCompare } from './commands/compare.ts';
import { addCompleteWords } from './commands/complete-words.ts';
import { addCompletion } from './commands/completion.ts';
import { addDoctor } from './commands/doctor.ts';
import { addExplain } from './commands/explain.ts';
import { addExport } from './commands/export.ts';
import { addGc } from './commands/gc.ts';
import { addGet } from './commands/get.ts';
import { addGraph } from './commands/graph.ts';
import { addInit } from './commands/init.ts';
import { addLatency } from './commands/latency.ts';
import { addLogs } from './commands/logs.ts';
import { addMeasureLatency } from './commands/measure-latency.ts';
import { addMetrics } from './commands/metrics.ts';
import { addParams } from './commands/params.ts';
import { addPlan } from './commands/plan.ts';
import { addProbeBackend } from './commands/probe-backend.ts';
import { addPull } from './commands/pull.ts';
import { addPush } from './commands/push.ts';
import { addReport } from './commands/report.ts';
import { addRun } from './commands/run.ts';
import { addRuns } from './commands/runs.ts';
import { addSchema } from './commands/schema.ts';
import { addStages } from './commands/stages.ts';
import { addUi } from './commands/ui.ts';
import { addValidate } from './commands/validate.ts';
import { addVerify } from './commands/verify.ts';
import { addWorker } from './commands/worker.ts';
import { addWhy } from './commands/why.ts';
import type { Terminal } from './terminal.ts';
import { packageVersion } from '../api/package-version.ts';

/** In the order of `--help`. */
const commands: readonly (readonly [name: string, add: AddCommand])[] = [
  ['init', addInit],
  ['run', addRun],
  ['plan', addPlan],
  ['why', addWhy],
  ['explain', addExplain],
  ['validate', addValidate],
  ['graph', addGraph],
  ['runs', addRuns],
  ['metrics', addMetrics],
  ['params', addParams],
  ['compare', addCompare],
  ['latency', addLatency],
  ['report', addReport],
  ['logs', addLogs],
  ['get', addGet],
  ['ui', addUi],
  ['export', addExport],
  ['worker', addWorker],
  ['push', addPush],
  ['pull', addPull],
  ['gc', addGc],
  ['verify', addVerify],
  ['stages', addStages],
  ['schema', addSchema],
  ['doctor', addDoctor],
  ['completion', addCompletion],
  ['probe-backend', addProbeBackend],
  ['complete-words', addCompleteWords],
  ['measure-latency', addMeasureLatency],
];

/** @param asked the first argument: where it names a command, the others need not be built */
export function buildProgram(terminal: Terminal, exit: (code: number) => void, asked?: string): Command {
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
    .addHelpText(
      'after',
      '\nA first run: pipeline init my-experiment && cd my-experiment && pipeline run pipelines/digits.yaml',
    );
  // What completes words knows them all.
  const named = commands.filter(([name]) => name === asked && name !== 'complete-words');
  for (const [, add] of named.length > 0 ? named : commands) add(program, context);
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
