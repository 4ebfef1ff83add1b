import { Argument } from 'commander';
import { type AddCommand, helpText } from '../command.ts';
import { scripts, type Shell, shells } from '../completion/scripts.ts';

export const addCompletion: AddCommand = (program, { terminal }) => {
  program
    .command('completion')
    .addArgument(new Argument('<shell>', 'whose words are to be completed').choices(shells))
    .description('print what makes a shell complete commands, options, pipelines, stages, parameters and runs')
    .addHelpText(
      'after',
      helpText({
        examples: [
          'pipeline completion bash > pipeline.bash && source pipeline.bash',
          "echo 'source <(pipeline completion bash)' >> ~/.bashrc",
          "echo 'source <(pipeline completion zsh)' >> ~/.zshrc",
          'pipeline completion fish > ~/.config/fish/completions/pipeline.fish',
        ],
        exits: { 2: 'no such shell' },
      }),
    )
    .action((shell: Shell) => {
      terminal.stdout.write(scripts[shell]);
    });
};
