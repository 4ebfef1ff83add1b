import { ANSWER_MARK } from '../../api/doctor/ask-child.ts';
import type { MeasureRequest } from '../../api/latency/measure.ts';
import type { AddCommand } from '../command.ts';

/** What `latency` starts in a child process; not for people. */
export const addMeasureLatency: AddCommand = (program, context) => {
  program.command('measure-latency <request>', { hidden: true }).action(async (request: string) => {
    const { measureHere } = await import('../../api/latency/measure.ts');
    const result = await measureHere(JSON.parse(request) as MeasureRequest);
    context.terminal.stdout.write(`\n${ANSWER_MARK}${JSON.stringify(result)}\n`);
  });
};
