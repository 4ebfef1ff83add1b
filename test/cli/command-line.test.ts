import { describe, expect, test } from '@jest/globals';
import { execute } from '../../src/cli/command-line.ts';
import { buildProgram } from '../../src/cli/program.ts';
import type { Terminal } from '../../src/cli/terminal.ts';
import { textOutput } from '../report/text-output.ts';

async function pipeline(...args: string[]) {
  const stdout = textOutput();
  const stderr = textOutput();
  const terminal: Terminal = { cwd: process.cwd(), env: {}, stdout, stderr };
  const exitCode = await execute(args, terminal);
  return { exitCode, stdout: stdout.text(), stderr: stderr.text() };
}

/** For processes of the program itself. */
const internal = ['probe-backend', 'measure-latency', 'complete-words'];

const silent: Terminal = { cwd: '/', env: {}, stdout: textOutput(), stderr: textOutput() };
const commands = buildProgram(silent, () => undefined)
  .commands.map((command) => command.name())
  .filter((name) => !internal.includes(name));

describe('the command line', () => {
  test('has the commands of the product', () => {
    expect(commands).toEqual([
      'init',
      'run',
      'plan',
      'why',
      'explain',
      'validate',
      'graph',
      'runs',
      'metrics',
      'params',
      'compare',
      'latency',
      'report',
      'logs',
      'get',
      'ui',
      'export',
      'worker',
      'push',
      'pull',
      'gc',
      'verify',
      'stages',
      'schema',
      'doctor',
      'completion',
    ]);
  });

  test.each(commands)('%s --help shows examples and exit codes', async (command) => {
    const { exitCode, stdout, stderr } = await pipeline(command, '--help');
    expect(exitCode).toBe(0);
    expect(stderr).toBe('');
    expect(stdout).toMatch(/^Usage: pipeline /);
    expect(stdout).toContain(`\nExamples:\n  $ pipeline ${command}`);
    expect(stdout).toContain('\nExit codes:\n  0    done\n');
  });

  test('--help lists every command but those for the program itself', async () => {
    const { exitCode, stdout } = await pipeline('--help');
    expect(exitCode).toBe(0);
    for (const command of commands) expect(stdout).toMatch(new RegExp(`^  ${command} `, 'm'));
    for (const command of internal) expect(stdout).not.toContain(command);
  });

  test('--version', async () => {
    expect(await pipeline('--version')).toEqual({ exitCode: 0, stdout: 'unbuilt\n', stderr: '' });
  });

  test('without a command prints help and exits 2', async () => {
    const { exitCode, stderr } = await pipeline();
    expect(exitCode).toBe(2);
    expect(stderr).toContain('Usage: pipeline ');
  });

  test.each([
    [['rnu', 'x.yaml'], "error: unknown command 'rnu'\n(Did you mean run?)"],
    [['run', 'x.yaml', '--froce', 'a'], "error: unknown option '--froce'\n(Did you mean --force?)"],
    [
      ['run', 'x.yaml', '-j', 'many'],
      "option '-j, --jobs <count>' argument 'many' is invalid. Give a whole number from 1.",
    ],
    [['run', 'x.yaml', '-j', '0'], 'Give a whole number from 1.'],
    [['run'], "error: missing required argument 'file'"],
    [['graph', 'x.yaml', '--format', 'png'], 'Allowed choices are text, mermaid, dot, svg.'],
    [['get', 'latest', 'evaluate'], "error: required option '-o, --output <folder>' not specified"],
    [['plan', 'x.yaml', '--set'], "error: option '--set <name=value>' argument missing"],
  ])('%j exits 2 and says what is wrong', async (args, message) => {
    const { exitCode, stdout, stderr } = await pipeline(...args);
    expect(exitCode).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toContain(message);
    expect(stderr).toMatch(/\(pipeline .*--help .*\)\n$/);
  });

  test('a mistake of ours exits 70 with an apology and the error', async () => {
    const stderr = textOutput();
    const stdout = {
      write: () => {
        throw new Error('the screen is on fire');
      },
    };
    expect(await execute(['schema'], { ...silent, stdout, stderr })).toBe(70);
    expect(stderr.text()).toMatch(/^Sorry: this is a mistake in pipeline itself/);
    expect(stderr.text()).toContain('Error: the screen is on fire');
    expect(stderr.text()).toContain('Please report it');
  });
});

describe('stages and schema', () => {
  test('stages lists the types, and one of them with its options', async () => {
    const { exitCode, stdout } = await pipeline('stages');
    expect(exitCode).toBe(0);
    const types = ['load-data', 'transform-data', 'train-teacher', 'predict-soft-labels', 'train-student', 'evaluate'];
    for (const type of types) {
      expect(stdout).toMatch(new RegExp(`^${type} `, 'm'));
    }
    expect((await pipeline('stages', 'train-student')).stdout).toMatch(/^epochs +/m);
  });

  test('stages --json is one object a type, with its schema', async () => {
    const types = JSON.parse((await pipeline('stages', '--json')).stdout) as { name: string; schema: object }[];
    expect(types.map(({ name }) => name)).toContain('evaluate');
    for (const { schema } of types) expect(schema).toHaveProperty('properties');
  });

  test('an unknown type or schema exits 2 with a suggestion', async () => {
    const type = await pipeline('stages', 'train-studnet');
    expect(type.exitCode).toBe(2);
    expect(type.stderr).toContain('did you mean "train-student"?');
    const schema = await pipeline('schema', 'pipelin');
    expect(schema.exitCode).toBe(2);
    expect(schema.stderr).toContain('did you mean "pipeline"?');
  });

  test('schema prints a JSON Schema, a stage type by its name alone too', async () => {
    for (const name of ['pipeline', 'project', 'stages/evaluate', 'evaluate']) {
      expect(JSON.parse((await pipeline('schema', name)).stdout)).toHaveProperty('$schema');
    }
    expect((await pipeline('schema')).stdout.split('\n')).toContain('pipeline');
  });
});
