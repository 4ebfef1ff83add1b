import schema from '../../../schemas/stages/command.schema.json' with { type: 'json' };
import { sha256 } from '../../base/hash.ts';
import { COMMAND_TYPE } from '../../core/command.ts';
import type { StageType } from '../../core/stage-type.ts';
import { checkCommand, commandKeyOptions, commandOf } from './options.ts';

/** What `run:` is written for. It has no run.ts: the engine runs the command, without a process of ours in between. */
export const command: StageType = {
  name: COMMAND_TYPE,
  description: schema.description,
  version: 1,
  schema,
  slots: {},
  otherSlots: {
    kind: 'any',
    required: false,
    many: true,
    description: 'What the stage made, as a folder that PIPELINE_NEEDS_<SLOT> names.',
  },
  output: 'files',
  // Nobody knows what a command does.
  determinism: 'stochastic',
  uses: { tensors: false, seed: false },
  // What runs is the person's: its files are inputs, and its words are options.
  code: sha256('the code of a command is its inputs'),
  keyOptions: commandKeyOptions,
  command: commandOf,
  check: checkCommand,
};
