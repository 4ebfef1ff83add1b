import { Option } from 'commander';
import type { Drawing } from '../../report/graph/drawing.ts';
import { helpText, type AddCommand, type CommandContext } from '../command.ts';
import { addPipelineOptions, pipelineRequest, type PipelineFlags } from '../pipeline-options.ts';

const formats = ['text', 'mermaid', 'dot', 'svg'] as const;
type Flags = PipelineFlags & { readonly format: (typeof formats)[number]; readonly json?: true };

export const addGraph: AddCommand = (program, context) => {
  addPipelineOptions(program.command('graph <file>'))
    .description('draw the stages and what they need')
    .addOption(new Option('--format <format>', 'how to draw').choices(formats).default('text'))
    .option('--json', 'print { name, nodes: [{ id, type, layer, edges }] }')
    .addHelpText(
      'after',
      helpText({
        examples: [
          'pipeline graph pipelines/mnist-distill.yaml',
          'pipeline graph pipelines/mnist-distill.yaml --format svg > graph.svg',
          'pipeline graph pipelines/mnist-distill.yaml --format mermaid',
        ],
        exits: { 2: 'the pipeline has problems' },
      }),
    )
    .action(async (file: string, flags: Flags) => {
      context.exit(await graph(file, flags, context));
    });
};

async function graph(file: string, flags: Flags, context: CommandContext): Promise<number> {
  const { terminal } = context;
  const { openPipeline } = await import('../../api/open-pipeline.ts');
  const opened = await openPipeline(pipelineRequest(file, flags, terminal));
  if (!opened.ok) {
    const { printProblems } = await import('../print-problems.ts');
    return printProblems(terminal, opened.error, flags);
  }
  const { drawingOf } = await import('../../report/graph/drawing.ts');
  const drawing = drawingOf(opened.value.spec, opened.value.graph.order);
  if (flags.json === true) {
    const { printJson } = await import('../terminal.ts');
    printJson(terminal, drawing);
  } else {
    terminal.stdout.write(await draw(drawing, flags.format, context));
  }
  return 0;
}

async function draw(drawing: Drawing, format: Flags['format'], { terminal }: CommandContext): Promise<string> {
  switch (format) {
    case 'text': {
      const { graphText } = await import('../../report/graph/text.ts');
      const { layoutOf } = await import('../terminal.ts');
      return graphText(drawing, layoutOf(terminal).style);
    }
    case 'mermaid':
      return (await import('../../report/graph/mermaid.ts')).graphMermaid(drawing);
    case 'dot':
      return (await import('../../report/graph/dot.ts')).graphDot(drawing);
    case 'svg':
      return (await import('../../report/graph/svg.ts')).graphSvg(drawing);
  }
}
