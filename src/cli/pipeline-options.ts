import type { Command } from 'commander';
import type { PipelineRequest } from '../api/open-pipeline.ts';
import { collect } from './command.ts';
import type { Terminal } from './terminal.ts';

/** What every command that reads a pipeline takes. */
export interface PipelineFlags {
  readonly set: readonly string[];
  readonly params: readonly string[];
  readonly backend?: string;
  readonly remote?: boolean;
}

export function addPipelineOptions(command: Command): Command {
  return command
    .option('--set <name=value>', 'override a parameter, as in --set temperature=8; may be repeated', collect, [])
    .option('--params <file>', 'override parameters by a YAML or JSON file; may be repeated', collect, [])
    .option('--backend <name>', 'wasm, native, or auto: native where it loads');
}

/** What every command takes that looks for results. */
export function addRemoteOption(command: Command): Command {
  return command.option('--no-remote', 'leave the remote alone: nothing is looked for there, or brought there');
}

export function pipelineRequest(file: string, flags: PipelineFlags, terminal: Terminal): PipelineRequest {
  const { set, params, backend, remote } = flags;
  return {
    ...{ file, cwd: terminal.cwd, set, paramsFiles: params },
    ...(backend === undefined ? {} : { backend }),
    ...(remote === undefined ? {} : { remote }),
  };
}
