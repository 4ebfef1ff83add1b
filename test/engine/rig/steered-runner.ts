import { existsSync } from 'node:fs';
import { appendFile, open, readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { type StageContext, StageFailure, type StageOutcome } from '../../../src/core/stage-runner.ts';
import type { Steering } from './steered-type.ts';
import type { Step } from './steps.ts';

/** The child's side of the steered stage type. */
export async function runSteered(context: StageContext): Promise<StageOutcome> {
  const steering = context.options as unknown as Steering;
  let value: unknown = 1;
  for (const step of steering.steps ?? []) {
    if (step.do === 'give-metric') value = strange(step.value);
    else await take(step, context);
  }
  const resumedAt =
    steering.epochs === undefined ? undefined : await trainFor(steering.epochs, context, steering.failsAfter);
  await context.write('result.txt', Buffer.from(await resultText(steering, context)));
  const metrics = { value, pid: process.pid, ...(resumedAt === undefined ? {} : { resumedAt }) };
  return { metrics, facts: { seed: context.seed } } as unknown as StageOutcome;
}

async function take(step: Exclude<Step, { do: 'give-metric' }>, context: StageContext): Promise<void> {
  switch (step.do) {
    case 'note':
      return appendFile(step.file, `${step.text}\n`);
    case 'note-pid':
      return appendFile(step.file, `${process.pid}\n`);
    case 'sleep':
      await sleep(step.milliseconds);
      return;
    case 'wait-for':
      while (!existsSync(step.file)) await sleep(5, undefined, { signal: context.signal });
      return;
    case 'hang':
      await sleep(600_000, undefined, { signal: context.signal });
      return;
    case 'hang-deaf':
      await sleep(600_000);
      return;
    case 'spin':
      for (;;);
    case 'ignore-sigterm':
      process.on('SIGTERM', () => undefined);
      return;
    case 'throw':
      throw new Error(step.message);
    case 'fail':
      throw new StageFailure('bad-option', step.message, step);
    case 'fail-first': {
      await appendFile(step.file, 'x');
      const attempt = (await readFile(step.file, 'utf8')).length;
      if (attempt <= step.times) throw new Error(`failure ${attempt}`);
      return;
    }
    case 'throw-uncaught':
      setImmediate(() => {
        throw new Error(step.message);
      });
      await sleep(600_000);
      return;
    case 'kill-itself':
      process.kill(process.pid, step.signal);
      await sleep(600_000);
      return;
    case 'exit':
      process.exit(step.code);
      return;
    case 'print':
      for (let time = 0; time < step.times; time++) process[step.stream].write(step.text);
      return;
    case 'write':
      return context.write(step.path, Buffer.from('more'));
    case 'write-carelessly':
      void context.write(step.path, Buffer.alloc(8 << 20, 1));
      return;
    case 'progress':
      for (let done = 1; done <= step.times; done++) {
        context.emit({ type: 'stage-progress', done, total: step.times, unit: 'steps' });
      }
      return;
    case 'allocate':
      Buffer.alloc(step.bytes, 1);
      kept.push(Buffer.alloc(step.bytes, 1));
      return;
    case 'leave-file-open':
      await open(step.file, 'a');
      return;
    case 'throw-later':
      setTimeout(() => {
        throw new Error('left behind by an earlier stage');
      }, step.milliseconds);
  }
}

const kept: Buffer[] = [];

/** @returns the epoch that it went on from */
async function trainFor(epochs: number, context: StageContext, failsAfter?: number): Promise<number> {
  const from = (await context.checkpoints.latest(epochs))?.epoch ?? 0;
  for (let epoch = from + 1; epoch <= epochs; epoch++) {
    await sleep(20, undefined, { signal: context.signal });
    await context.checkpoints.save({ epoch, files: { state: Buffer.from(`state ${epoch}`) } });
    const figures = { loss: 1 / epoch };
    context.emit({ type: 'epoch-ended', epoch, epochs, figures, samplesPerSecond: 1, seconds: 1, secondsLeft: 0 });
    if (epoch === failsAfter && from < epoch) throw new Error(`no memory after epoch ${epoch}`);
  }
  return from;
}

async function resultText(
  { content = '', constant = false, file, counts }: Steering,
  context: StageContext,
): Promise<string> {
  if (constant) return content;
  if (counts !== undefined) {
    await appendFile(counts, 'x');
    return `${content} ${(await readFile(counts, 'utf8')).length}`;
  }
  const slots = Object.keys(context.inputs).sort();
  const inputs = await Promise.all(
    slots.map(async (slot) => (await context.inputs[slot]?.read('result.txt'))?.toString()),
  );
  const own = file === undefined ? [] : [await readFile(context.resolvePath(file), 'utf8')];
  return [
    content,
    ...own,
    ...inputs.map((text, index) => `${slots[index]}(${Buffer.from(text ?? '').toString()})`),
  ].join(' ');
}

function strange(value: 'NaN' | 'undefined' | 'date' | number): unknown {
  switch (value) {
    case 'NaN':
      return NaN;
    case 'undefined':
      return undefined;
    case 'date':
      return new Date(0);
    default:
      return value;
  }
}
