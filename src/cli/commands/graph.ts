import { Option } from 'commander';
import { openPipeline } from '../../api/open-pipeline.ts';
import { graphDot } from '../../report/graph/dot.ts';
import { type Drawing, drawingOf } from '../../report/graph/drawing.ts';
import { graphMermaid } from '../../report/graph/mermaid.ts';
import { graphSvg } from '../../report/graph/svg.ts';
import { graphText } from '../../report/graph/text.ts';
import { type AddCommand, type CommandContext, helpText } from '../command.ts';
import { type PipelineFlags, addPipelineOptions, pipelineRequest } from '../pipeline-options.ts';
import { printProblems } from '../print-problems.ts';
import { layoutOf, printJson } from '../terminal.ts';

const formats = ['text', 'mermaid', 'dot', 'svg'] as const;
type Flags = PipelineFlags & { readonly format: (typeof formats)[number]; readonly json?: true };

export const addGraph: AddCommand = (program, context) => {
  addPipelineOptions(program.command('graph <file>'))
    .description('draw the stages and what they need')
    .addOption(new Option('--format <format>', 'how to draw').choices(formats).default('text'))
    .option('--json', 'print { name, nodes: [{ id, type, layer, edges, variants }] }')
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
  const opened = await openPipeline(pipelineRequest(file, flags, terminal));
  if (!opened.ok) return printProblems(terminal, opened.error, flags);
  const drawing = drawingOf(opened.value.spec, opened.value.graph);
  if (flags.json === true) {
    printJson(terminal, drawing);
  } else {
    terminal.stdout.write(await draw(drawing, flags.format, context));
  }
  return 0;
}

async function draw(drawing: Drawing, format: Flags['format'], { terminal }: CommandContext): Promise<string> {
  switch (format) {
    case 'text':
      return graphText(drawing, layoutOf(terminal).style);
    case 'mermaid':
      return graphMermaid(drawing);
    case 'dot':
      return graphDot(drawing);
    case 'svg':
      return graphSvg(drawing);
  }
}
