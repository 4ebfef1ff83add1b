import { type Candidate, projectWords } from '../../api/complete.ts';
import type { AddCommand } from '../command.ts';
import { completeWords } from '../completion/command-words.ts';
import { unquoted } from '../completion/scripts.ts';

/**
 * What the scripts of `pipeline completion` ask; not for people. Whatever is wrong, a person at a prompt is told nothing.
 * The first line is `files`, `folders` or empty: what the shell is to complete by itself.
 */
export const addCompleteWords: AddCommand = (program, { terminal }) => {
  program
    .command('complete-words <shell> [words...]', { hidden: true })
    .action(async (shell: string, written: string[]) => {
      try {
        const words = shell === 'zsh' ? written : asMeant(written, shell);
        const { candidates, paths = '' } = await completeWords(program, words, projectWords(terminal.cwd));
        const lines = candidates.filter(isPlain).map(lineOf);
        terminal.stdout.write([paths, ...lines].map((line) => `${line}\n`).join(''));
      } catch {
        terminal.stdout.write('\n');
      }
    });
};

/** bash hands over all words as they were written, fish the last one. */
function asMeant(words: readonly string[], shell: string): readonly string[] {
  return words.map((word, index) => (shell === 'bash' || index === words.length - 1 ? unquoted(word) : word));
}

/** A name with a control character would be read by the terminal, and one with a line break is two words for the shell. */
function isPlain({ word }: Candidate): boolean {
  return !CONTROL.test(word);
}

/** Of a description its beginning, which says the most. */
function lineOf({ word, description = '' }: Candidate): string {
  const [beginning = ''] = description.split(/; | \(/, 1);
  const told = beginning.replace(new RegExp(CONTROL, 'gu'), ' ').trim();
  return told === '' ? word : `${word}\t${told}`;
}

const CONTROL = /[\p{Cc}\p{Cf}\u2028\u2029]/u;
