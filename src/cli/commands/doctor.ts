import { examine } from '../../api/doctor/examine.ts';
import { renderChecks } from '../../report/checks-text.ts';
import { type AddCommand, type CommandContext, helpText } from '../command.ts';
import { printProblems } from '../print-problems.ts';
import { layoutOf, printJson } from '../terminal.ts';
import { setUpNative, takeNativeAway } from './doctor-native.ts';

interface Flags {
  readonly installNative?: true;
  readonly nativeFrom?: string;
  readonly removeNative?: true;
  readonly json?: true;
}

export const addDoctor: AddCommand = (program, context) => {
  program
    .command('doctor')
    .description('tell which backends load and which do not, why, and the one command that repairs it')
    .option('--install-native', 'set up the native backend (tfjs-node); says first what it fetches')
    .option('--native-from <path>', 'with --install-native: take libtensorflow from a wheel or a folder')
    .option('--remove-native', 'take away what --install-native made')
    .option('--json', 'print { ok, checks: [{ name, status, found, remedy }] }')
    .addHelpText(
      'after',
      helpText({
        examples: [
          'pipeline doctor',
          'pipeline doctor --json',
          'pipeline doctor --install-native',
          'pipeline doctor --install-native --native-from tensorflow_cpu-2.21.0-cp312-cp312-manylinux_2_27_x86_64.whl',
          'pipeline doctor --remove-native',
        ],
        exits: {
          1: 'pipelines cannot run here, or native cannot be set up: the remedy is told',
          2: 'the command line is wrong',
        },
      }),
    )
    .action(async (flags: Flags) => {
      context.exit(await doctor(flags, context));
    });
};

async function doctor(flags: Flags, { terminal }: CommandContext): Promise<number> {
  const { installNative, nativeFrom, removeNative, json = false } = flags;
  if (installNative === true || nativeFrom !== undefined || removeNative === true) {
    const wrong = wrongFlags(flags);
    if (wrong !== undefined) return printProblems(terminal, [{ code: 'bad-flag', ...wrong }], { json });
    return removeNative === true ? takeNativeAway(terminal, json) : setUpNative(terminal, { json, from: nativeFrom });
  }
  const checks = await examine(terminal.cwd);
  const ok = checks.every(({ status }) => status !== 'broken');
  if (json) {
    printJson(terminal, { ok, checks });
  } else {
    terminal.stdout.write(renderChecks(checks, layoutOf(terminal).style));
  }
  return ok ? 0 : 1;
}

function wrongFlags({ installNative, nativeFrom, removeNative }: Flags): { message: string; hint: string } | undefined {
  if (installNative === true && removeNative === true) {
    return { message: '--install-native and --remove-native exclude one another', hint: 'remove first, then install' };
  }
  if (nativeFrom === undefined || installNative === true) return undefined;
  return {
    message: '--native-from says from where --install-native takes libtensorflow',
    hint: 'add --install-native',
  };
}
