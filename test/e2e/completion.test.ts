import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync } from 'node:fs';
import { delimiter } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { execa } from 'execa';
import { command, newProject, type Project } from './project.ts';
import { tinyPipeline } from './tiny-pipeline.ts';

const PATIENCE_MS = 120_000;

let project: Project;
let env: Record<string, string>;

beforeEach(async () => {
  project = await newProject();
  for (const folder of ['bin', 'pipelines', 'home', 'my data']) mkdirSync(project.path(folder));
  await project.write('bin/pipeline', `#!/bin/sh\nexec '${process.execPath}' '${command}' "$@"\n`);
  chmodSync(project.path('bin/pipeline'), 0o755);
  await project.write('pipelines/tiny.yaml', tinyPipeline);
  // The folder of the project, whose runs there are.
  await project.write('package.json', '{ "pipeline": {} }\n');
  await project.write('params.yaml', 'temperature: 8\n');
  await project.write('my data/other one.yaml', tinyPipeline.replace('load-data:', 'load-others:'));
  env = {
    PATH: `${project.path('bin')}${delimiter}${process.env['PATH'] ?? ''}`,
    HOME: project.path('home'),
    TERM: 'dumb',
  };
});

type Complete = (line: string) => Promise<readonly string[]>;

async function shell(name: string, args: readonly string[], input?: string): Promise<string> {
  const { stdout, stderr } = await execa(name, args, {
    ...{ cwd: project.folder, env, extendEnv: false, timeout: PATIENCE_MS },
    ...(input === undefined ? {} : { input }),
  });
  expect(stderr).toBe('');
  return stdout;
}

const isThere = (name: string): boolean => spawnSync(name, ['-c', 'true']).status === 0;
/** The words of a line as bash itself breaks them; `=` is a word. */
const breaks = /"[^"]*"?|(?:\\.|[^\s=:@"])+|[=:@]+/g;

/** What bash's readline would ask, and what it would put in place of the word. */
async function inBash(line: string): Promise<readonly string[]> {
  const words = [...line.matchAll(breaks)].map(([word]) => `'${word}'`);
  if (/\s$/.test(line) && !line.endsWith('\\ ')) words.push("''");
  const script = `source <(pipeline completion bash)
    COMP_WORDS=(${words.join(' ')}); COMP_CWORD=${words.length - 1}; COMP_LINE='${line}'; COMP_POINT=\${#COMP_LINE}
    compopt() { :; }
    _pipeline; printf '%s\\n' "\${COMPREPLY[@]}"`;
  return lines(await shell('bash', ['--norc', '-c', script]));
}

/** `complete -C` is the shell's own answer to a Tab. */
async function inFish(line: string): Promise<readonly string[]> {
  const script = `pipeline completion fish | source; complete -C '${line}'`;
  return lines(await shell('fish', ['--no-config', '-c', script])).map((each) => each.split('\t')[0] ?? '');
}

/** A zsh at a terminal of its own, in which Tab is pressed; what it would offer is written down in place of being shown. */
async function inZsh(line: string): Promise<readonly string[]> {
  const inner = String.raw`
PROMPT=READY; unset zle_bracketed_paste; autoload -Uz compinit && compinit -u -D; source <(pipeline completion zsh)
compadd() {
  if [[ \${@[1,(i)(-|--)]} == *-(O|A|D)\ * ]]; then builtin compadd "$@"; return; fi
  local -a offered; builtin compadd -A offered "$@"; print -rl -- $offered >> offered; builtin compadd "$@"
}
ended() { print -r -- end >> offered; exit }
comppostfuncs=(ended)
bindkey '^I' complete-word; zle -C complete-word complete-word _main_complete
zstyle ':completion:*' list-prompt ''`.replaceAll('\\$', '$');
  await project.write('inner.zsh', inner);
  const script = String.raw`zmodload zsh/zpty; zpty z zsh -f -i
zpty -w z 'source ./inner.zsh; print LOAD''ED'
zpty -r -m z seen '*LOADED*READY*'
zpty -w -n z ${quoted(line)}$'\t'
while [[ ! -e offered ]] || ! grep -qx end offered; do zpty -r -t z seen; sleep 0.05; done
grep -vx end offered; rm -f offered; true`;
  return lines(await shell('zsh', ['-f', '-c', script]));
}

function quoted(text: string): string {
  return `'${text}'`;
}

function lines(text: string): readonly string[] {
  return text.split('\n').filter((line) => line !== '');
}

const shells: readonly (readonly [name: string, complete: Complete])[] = [
  ['bash', inBash],
  ['zsh', inZsh],
  ['fish', inFish],
];

describe.each(shells)('%s', (name, complete) => {
  const there = isThere(name) ? test : test.skip;
  const title = (text: string): string => (isThere(name) ? text : `${text} (skipped: no ${name} on this machine)`);

  there(
    title('completes commands, options, choices, pipelines, stages, parameters'),
    async () => {
      expect(await complete('pipeline ru')).toEqual(['run', 'runs']);
      expect(await complete('pipeline runs un')).toEqual(['unpin', 'unname', 'untag']);
      expect(await complete('pipeline run --no')).toEqual(['--no-remote', '--no-pull', '--no-keep-going']);
      expect(await complete('pipeline run x.yaml --engine t')).toEqual(['temporal']);
      expect(await complete('pipeline worker --q')).toEqual(['--queue']);
      expect(await complete('pipeline graph x.yaml --format m')).toEqual(['mermaid']);
      expect(await complete('pipeline run p')).toEqual(['pipelines/tiny.yaml']);
      expect(await complete('pipeline run pipelines/tiny.yaml --force train-s')).toEqual(['train-student']);
      expect(await complete('pipeline run pipelines/tiny.yaml --set ')).toEqual(['seed=', 'temperature=']);
      expect(await complete('pipeline completion ')).toEqual(['bash', 'zsh', 'fish']);
    },
    PATIENCE_MS,
  );

  there(
    title('completes runs, by name and tag too, and their stages'),
    async () => {
      expect(await complete('pipeline metrics ')).toEqual([]);
      const ran = await project.pipeline(
        'run',
        'pipelines/tiny.yaml',
        'load-data',
        '--name',
        'first',
        '--tag',
        'paper',
      );
      expect(ran).toMatchObject({ exitCode: 0 });
      const [run = ''] = (JSON.parse((await project.pipeline('runs', '--json')).stdout) as { id: string }[]).map(
        ({ id }) => id,
      );
      expect(await complete('pipeline metrics ')).toEqual(['latest', 'first', 'paper', run]);
      expect(await complete('pipeline logs first ')).toEqual(['load-data']);
      expect(await complete('pipeline runs --tag ')).toEqual(['paper']);
    },
    PATIENCE_MS,
  );

  there(
    title(
      'takes a word with spaces, and one that is half written: nothing of it is executed, nothing is said of what is wrong',
    ),
    async () => {
      expect(await complete('pipeline run "my data/other one.yaml" load-o')).toEqual(['load-others']);
      await project.write('broken.yaml', 'stages: { a: [\n');
      expect(await complete('pipeline run broken.yaml ')).toEqual([]);
      expect(await complete('pipeline run "$(touch executed)" ')).toEqual([]);
      expect(await complete('pipeline nonsense --what ')).toEqual([]);
      expect(existsSync(project.path('executed'))).toBe(false);
    },
    PATIENCE_MS,
  );
});

test('bash is given what stands after the last = of a word, where it breaks words there, and quotes what needs it', async () => {
  expect(await inBash('pipeline graph pipelines/tiny.yaml --format=m')).toEqual(['mermaid']);
  expect(await inBash('pipeline run my')).toEqual([String.raw`my\ data/`]);
  expect(await inBash('pipeline run "my data/o')).toEqual(['my data/other one.yaml']);
});

test(
  'a completion leaves the plugins of the project alone',
  async () => {
    await project.write('package.json', '{ "pipeline": { "plugins": ["./plugin.mjs"] } }\n');
    await project.write('plugin.mjs', "import { writeFileSync } from 'node:fs';\nwriteFileSync('executed', '');\n");
    // The same plugin is executed where a command needs its stage types: the trap works.
    for (const words of [
      ['run', 'pipelines/tiny.yaml', ''],
      ['stages', ''],
      ['schema', ''],
      ['metrics', ''],
    ]) {
      expect(await project.pipeline('complete-words', 'zsh', '--', ...words)).toMatchObject({
        exitCode: 0,
        stderr: '',
      });
    }
    expect(existsSync(project.path('executed'))).toBe(false);
    await project.pipeline('stages');
    expect(existsSync(project.path('executed'))).toBe(true);
  },
  PATIENCE_MS,
);

test('a name that the terminal would obey is no word to offer', async () => {
  await project.write('odd.yaml', 'stages: { "a\\e[2Jb": { type: evaluate }, good: { type: evaluate } }\n');
  const { stdout } = await project.pipeline('complete-words', 'zsh', '--', 'run', 'odd.yaml', '');
  expect(lines(stdout)).toEqual(['good\tevaluate']);
});
