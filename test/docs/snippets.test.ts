import { spawnSync } from 'node:child_process';
import { describe, expect, test } from '@jest/globals';
import { wrongCommands } from './command-lines.ts';
import { commandsOf, documents, snippetsIn, snippetsOf, type Snippet } from './snippets.ts';
import { wrongInTypeScript } from './typescript-snippets.ts';
import { wrongInYaml } from './yaml-snippets.ts';

const snippets = documents.flatMap(snippetsOf);

/** What a block of code is, by the word behind its fence. `text` is what something printed; `diff` is applied by the tutorial's test. */
const languages = ['sh', 'console', 'yaml', 'ts', 'js', 'json', 'python', 'diff', 'csv', 'html', 'text'];

function inLanguage(...names: readonly string[]): readonly Snippet[] {
  return snippets.filter(({ language }) => names.includes(language ?? 'indented'));
}

const one = (text: string): readonly Snippet[] => snippetsIn(text, 'x.md');
const place = ({ document, line }: Snippet): string => `${document}:${line}`;

describe('the snippets of the documents', () => {
  test('each says what it is, and what is only indented is commands or what they print', () => {
    const unknown = snippets.filter(({ language }) => language !== undefined && !languages.includes(language));
    expect(unknown.map(place)).toEqual([]);
    const code = inLanguage('indented').filter(({ text }) =>
      /^(?:import .* from |export |stages:|plugins:|[a-z-]+:\n +type: )/m.test(text),
    );
    expect(code.map(place)).toEqual([]);
  });

  test('command lines are such as the program takes, and scripts are in package.json', () => {
    const wrong = inLanguage('sh', 'console', 'indented').flatMap((snippet) =>
      commandsOf(snippet).flatMap((line) => wrongCommands(line).map((why) => `${place(snippet)}: ${why}`)),
    );
    expect(wrong).toEqual([]);
  });

  test.each(inLanguage('yaml').map((snippet) => [place(snippet), snippet.text] as const))(
    'YAML at %s is valid',
    async (_place, text) => {
      expect(await wrongInYaml(text)).toEqual([]);
    },
  );

  const python = spawnSync('python3', ['--version']).status === 0;
  (python ? test : test.skip)('Python compiles, where there is one (its packages are not looked for)', () => {
    const compile = "import sys; compile(sys.stdin.read(), 'snippet', 'exec')";
    const wrong = inLanguage('python').filter(
      ({ text }) => spawnSync('python3', ['-c', compile], { input: text }).status !== 0,
    );
    expect(wrong.map(place)).toEqual([]);
  });

  test('JavaScript parses', () => {
    const parse = (text: string) =>
      spawnSync(process.execPath, ['--check', '--input-type=module', '-'], { input: text });
    expect(
      inLanguage('js')
        .filter(({ text }) => parse(text).status !== 0)
        .map(place),
    ).toEqual([]);
  });

  test('JSON parses', () => {
    for (const { text } of inLanguage('json')) expect(() => JSON.parse(text) as unknown).not.toThrow();
  });

  test('TypeScript passes the compiler, by the declarations of the package; a mistake is told by its line', async () => {
    const mistake = one("\n```ts\nimport { runPipeline } from 'distill-pipeline';\nvoid runPipeline(3);\n```\n");
    const found = await wrongInTypeScript([...inLanguage('ts'), ...mistake]);
    expect(found).toEqual([expect.stringContaining('x.md:4: Argument of type')]);
  }, 120_000);
});

describe('the checks themselves', () => {
  test('blocks are found, fenced and indented, and not in lists', () => {
    const text =
      'a\n\n    pipeline runs\n\n    pipeline gc\n\nb\n\n```ts own.ts\nlet a = 1;\n```\n\n- item\n\n    more of it\n';
    expect(snippetsIn(text, 'x.md')).toEqual([
      { document: 'x.md', line: 3, language: undefined, argument: '', text: 'pipeline runs\n\npipeline gc\n' },
      { document: 'x.md', line: 10, language: 'ts', argument: 'own.ts', text: 'let a = 1;\n' },
    ]);
  });

  test.each([
    ['pipeline rnu x.yaml', "unknown command 'rnu'"],
    ['pipeline run x.yaml --froce', "unknown option '--froce'"],
    ['cd x && pipeline get latest evaluate', "required option '-o, --output <folder>'"],
    ['npm run biuld # a comment', 'no script "biuld"'],
    ['npm run pipeline -- run x.yaml --sett a=1', "unknown option '--sett'"],
  ])('%s is refused', (line, why) => {
    expect(wrongCommands(line).join()).toContain(why);
  });

  test.each([
    ['train-student:\n  type: train-student\n  needs: { data: load-date }\n', 'unknown-stage'],
    ['distillation: { method: hinton, temprature: 4 }\n', 'unknown-key'],
    ['plugins: 3\n', 'wrong-type'],
    ['stages:\n  a: { type: load-data, with: { dataset: mnist } }\nrelpicates: 3\n', 'unknown-key'],
  ])('%j is refused', async (text, code) => {
    expect((await wrongInYaml(text)).join()).toContain(code);
  });
});
