import { resolve } from 'node:path';
import { installNative, type NativeInstallEvent } from '../../api/native/install.ts';
import { removeNative } from '../../api/native/remove.ts';
import type { Problem } from '../../diagnostics/problem.ts';
import { checkLines } from '../../report/checks-text.ts';
import { formatSeconds } from '../../report/format.ts';
import type { Style } from '../../report/style.ts';
import { exitCodes } from '../exit-codes.ts';
import { printProblems } from '../print-problems.ts';
import { layoutOf, printJson, type Terminal } from '../terminal.ts';

/** `doctor --install-native`. With `--json`, stdout has the installation as JSON, and what happens meanwhile goes to stderr. */
export async function setUpNative(
  terminal: Terminal,
  { json, from }: { json: boolean; from: string | undefined },
): Promise<number> {
  const output = json ? terminal.stderr : terminal.stdout;
  const { style } = layoutOf(terminal, output);
  const installed = await installNative({
    ...(from === undefined ? {} : { from: resolve(terminal.cwd, from) }),
    onEvent(event) {
      output.write(eventText(event, style));
    },
  });
  if (!installed.ok) return failed(terminal, installed.error, json);
  const { folder, already, libtensorflow, source } = installed.value;
  if (json) {
    printJson(terminal, { ok: true, ...installed.value });
    return exitCodes.done;
  }
  const what = `the native backend, with libtensorflow ${libtensorflow} from ${source}`;
  const done = already ? `Nothing to do: ${what} is there, and computes` : `Set up: ${what}`;
  output.write(`${style.good(done)}.\n${folder}\n`);
  if (!already) output.write('Use it: pipeline run FILE --backend native. Undo it: pipeline doctor --remove-native\n');
  return exitCodes.done;
}

/** `doctor --remove-native` */
export async function takeNativeAway(terminal: Terminal, json: boolean): Promise<number> {
  const removed = await removeNative((holder) => void terminal.stderr.write(waitingText(holder)));
  if (!removed.ok) return failed(terminal, removed.error, json);
  const folder = removed.value;
  if (json) printJson(terminal, { ok: true, removed: folder ?? null });
  else terminal.stdout.write(folder === undefined ? 'Nothing to do: it is not there.\n' : `Removed: ${folder}\n`);
  return exitCodes.done;
}

function eventText(event: NativeInstallEvent, style: Style): string {
  switch (event.type) {
    case 'waiting':
      return waitingText(event.holder);
    case 'broken':
      return `${style.warning(`The native backend is there, but does not work: ${event.why}. Its addon is built anew.`)}\n`;
    case 'plan':
      return planText(event, style);
    case 'step-started':
      return `${style.name(event.title)} … `;
    case 'step-finished':
      return `${formatSeconds(event.seconds)}\n${event.remark === undefined ? '' : `  ${event.remark}\n`}`;
  }
}

function planText(plan: Extract<NativeInstallEvent, { type: 'plan' }>, style: Style): string {
  const lines = [
    style.heading(`The native backend goes to ${plan.folder}`),
    ...(plan.untested === undefined ? [] : [style.warning(`Mind: ${plan.untested}.`)]),
    plan.downloads.length === 0 ? 'Nothing is downloaded.' : 'To download:',
    ...plan.downloads.map((download) => `  ${download}`),
    'Needed:',
    ...checkLines(plan.needs, style).map((line) => `  ${line}`),
  ];
  return `${lines.join('\n')}\n\n`;
}

function waitingText(holder: string): string {
  return `waiting for ${holder}, which sets it up\n`;
}

function failed(terminal: Terminal, problem: Problem, json: boolean): number {
  if (!json) terminal.stdout.write('\n');
  printProblems(terminal, [problem], { json });
  return problem.code === 'bad-flag' ? exitCodes.wrong : exitCodes.failed;
}
