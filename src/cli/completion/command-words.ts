import type { Argument, Command, Option } from 'commander';
import type { Candidate, ProjectWords } from '../../api/complete.ts';

/** What may stand in place of the last word. */
export interface Completion {
  readonly candidates: readonly Candidate[];
  /** What the shell itself completes, beside or in place of these. */
  readonly paths?: 'files' | 'folders';
}

/**
 * @param program with all of its commands
 * @param words after the program's name, the last of them as far as it is written
 */
export async function completeWords(
  program: Command,
  words: readonly string[],
  project: ProjectWords,
): Promise<Completion> {
  const current = words.at(-1) ?? '';
  const line = readLine(program, words.slice(0, -1));
  const completion = await possible(line, current, project);
  return { ...completion, candidates: completion.candidates.filter(({ word }) => word.startsWith(current)) };
}

/** What the words before the last come to. */
interface Line {
  readonly command: Command;
  /** Undefined for the program itself. */
  readonly parent?: Command;
  readonly positionals: readonly string[];
  readonly given: ReadonlySet<Option>;
  /** Whose value comes next. */
  readonly awaiting?: Option;
  /** After `--` nothing is an option. */
  readonly onlyPositionals: boolean;
}

function readLine(program: Command, words: readonly string[]): Line {
  let command = program;
  let parent: Command | undefined;
  let awaiting: Option | undefined;
  let onlyPositionals = false;
  const positionals: string[] = [];
  const given = new Set<Option>();
  for (const word of words) {
    const isFlag = !onlyPositionals && word.startsWith('-') && word !== '-';
    if (awaiting !== undefined && (awaiting.required || !isFlag) && !(awaiting.variadic && isFlag)) {
      awaiting = awaiting.variadic ? awaiting : undefined;
    } else if (isFlag) {
      awaiting = undefined;
      onlyPositionals = word === '--';
      const option = optionIn(command, word);
      if (option === undefined) continue;
      given.add(option);
      const isWhole = word === option.long || word === option.short;
      if (isWhole && (option.required || option.optional)) awaiting = option;
    } else {
      const inner = positionals.length === 0 ? subcommandsOf(command).find((each) => each.name() === word) : undefined;
      if (inner === undefined) positionals.push(word);
      else [parent, command] = [command, inner];
    }
  }
  return {
    ...{ command, positionals, given, onlyPositionals },
    ...(parent === undefined ? {} : { parent }),
    ...(awaiting === undefined ? {} : { awaiting }),
  };
}

function optionIn(command: Command, word: string): Option | undefined {
  const [name] = word.split('=', 1);
  const options = visibleOptions(command);
  return options.find(({ long, short }) => long === name || short === name || short === word.slice(0, 2));
}

async function possible(line: Line, current: string, project: ProjectWords): Promise<Completion> {
  const { command, awaiting, onlyPositionals } = line;
  const isFlag = !onlyPositionals && current.startsWith('-');
  if (awaiting !== undefined && !(isFlag && (awaiting.optional || awaiting.variadic))) {
    const ofValue = await valuesOf(awaiting, line, current, project);
    return awaiting.optional && !isFlag ? both(ofValue, await argumentsOf(line, current, project)) : ofValue;
  }
  if (!isFlag) return argumentsOf(line, current, project);
  const [name = '', value] = current.split(/=(.*)/s, 2);
  if (value === undefined || !current.startsWith('--')) return { candidates: optionWords(line) };
  const option = optionIn(command, name);
  if (option === undefined) return { candidates: [] };
  const { candidates } = await valuesOf(option, line, value, project);
  return { candidates: candidates.map((each) => ({ ...each, word: `${name}=${each.word}` })) };
}

function both(one: Completion, other: Completion): Completion {
  const paths = one.paths ?? other.paths;
  return { candidates: [...one.candidates, ...other.candidates], ...(paths === undefined ? {} : { paths }) };
}

/** Those that are there already are left out, but for those that may be repeated. */
function optionWords({ command, given }: Line): readonly Candidate[] {
  return visibleOptions(command).flatMap((option) => {
    const repeats = option.variadic || Array.isArray(option.defaultValue);
    const word = option.long ?? option.short;
    return word === undefined || (given.has(option) && !repeats) ? [] : [{ word, description: option.description }];
  });
}

async function argumentsOf(line: Line, current: string, project: ProjectWords): Promise<Completion> {
  const { command, parent, positionals } = line;
  // commander makes `help` itself, outside of the tree.
  const isHelp = parent !== undefined && !parent.commands.includes(command);
  const subcommands = positionals.length === 0 ? subcommandsOf(isHelp ? parent : command) : [];
  const names = subcommands.map((each) => ({ word: each.name(), description: each.description() }));
  const { registeredArguments: all } = command;
  const last = all.at(-1);
  const argument = all[positionals.length] ?? (last?.variadic === true ? last : undefined);
  if (argument === undefined) return { candidates: names };
  return both({ candidates: names }, await wordsFor(argument, line, current, project));
}

function wordsFor(
  argument: Argument,
  line: Line,
  current: string,
  project: ProjectWords,
): Promise<Completion> | Completion {
  if (argument.argChoices !== undefined) return ofChoices(argument.argChoices);
  return argumentKinds[argument.name()]?.(line, current, project) ?? { candidates: [] };
}

type Find = (line: Line, current: string, project: ProjectWords) => Promise<Completion> | Completion;

const pipelines: Find = (_, current, project) =>
  // The shell knows whose folder `~` is.
  current.startsWith('~') ? { candidates: [], paths: 'files' } : { candidates: project.pipelines(current) };

const runs: Find = async (_, __, project) => ({ candidates: await project.runs() });

/** Of the pipeline or of the run that the line names. */
const stages: Find = async ({ command, positionals: [first] }, _, project) => {
  if (first === undefined) return { candidates: [] };
  const isRun = command.registeredArguments[0]?.name() === 'run' || !/\.(?:ya?ml|json)$/.test(first);
  return { candidates: await (isRun ? project.stagesOfRun(first) : project.stages(first)) };
};

const folders: Find = () => ({ candidates: [], paths: 'folders' });
const files: Find = () => ({ candidates: [], paths: 'files' });
const tags: Find = async (_, __, project) => ({ candidates: await project.tags() });

/** By the name of the argument, as `--help` shows it. */
const argumentKinds: Readonly<Record<string, Find>> = {
  file: pipelines,
  files: pipelines,
  run: runs,
  runs,
  'run-or-file': async (...asked) => both(await pipelines(...asked), await runs(...asked)),
  stage: stages,
  stages,
  tags,
  folder: folders,
  type: (_, __, project) => ({ candidates: project.stageTypes() }),
  // Of `schema`: the name that `runs name` takes is a new one.
  name: async ({ command }, _, project) => ({ candidates: command.name() === 'schema' ? await project.schemas() : [] }),
};

/** By the option and its value as `--help` shows them, or by the value alone. */
const optionKinds: Readonly<Record<string, Find>> = {
  '--set <name=value>': async ({ positionals: [file] }, _, project) => ({
    candidates: file === undefined ? [] : await project.params(file),
  }),
  '--pipeline <name>': async (_, __, project) => ({ candidates: await project.pipelineNames() }),
  '--backend <name>': () => ofChoices(['wasm', 'native', 'auto']),
  '<stage>': stages,
  '<run>': runs,
  '<tag>': tags,
  '<file>': files,
  '<path>': files,
  '<folder>': folders,
  '<values...>': async (_, __, project) => ({ candidates: await project.columns() }),
  '<column>': async (_, current, project) => {
    const own = ['started', 'time', 'pipeline', 'status'].map((word) => ({ word }));
    const before = current.startsWith('-') ? '-' : '';
    const candidates = [...own, ...(await project.columns())].map(({ word }) => ({ word: `${before}${word}` }));
    return { candidates };
  },
};

function valuesOf(
  option: Option,
  line: Line,
  current: string,
  project: ProjectWords,
): Promise<Completion> | Completion {
  if (option.argChoices !== undefined) return ofChoices(option.argChoices);
  const value = /[<[].*$/.exec(option.flags)?.[0] ?? '';
  const find = optionKinds[`${option.long ?? ''} ${value}`] ?? optionKinds[value];
  return find?.(line, current, project) ?? { candidates: [] };
}

function ofChoices(words: readonly string[]): Completion {
  return { candidates: words.map((word) => ({ word })) };
}

/** With `help`, which commander makes itself; without those for the program itself. */
function subcommandsOf(command: Command): readonly Command[] {
  return command.commands.length === 0 ? [] : command.createHelp().visibleCommands(command);
}

function visibleOptions(command: Command): readonly Option[] {
  return command.createHelp().visibleOptions(command);
}
