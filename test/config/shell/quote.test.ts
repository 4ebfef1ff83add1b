import { execFileSync } from 'node:child_process';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { quotedFor } from '../../../src/config/shell/quote.ts';

/** What `sh` makes of the words of a command, each ended by NUL. */
function words(command: string): readonly string[] {
  const env = { PATH: process.env['PATH'] ?? '' };
  return execFileSync('sh', ['-c', `printf '%s\\0' ${command}`], { env, encoding: 'utf8' })
    .split('\0')
    .slice(0, -1);
}

const SPECIAL = Array.from(`'"\`$(){}[]<>|&;#!~*?\\\n\t =-aZ0%`);

const nasty = fc.oneof(
  fc.string({ unit: fc.constantFrom(...SPECIAL), maxLength: 12 }),
  fc.string({ unit: 'grapheme', maxLength: 8 }),
  fc.constantFrom(
    '',
    "'; touch pwned; '",
    '$(touch pwned)',
    '`touch pwned`',
    '"; exit 3; "',
    '\\',
    "\\'",
    'a\nb',
    '-n',
    '~',
  ),
);
const value = nasty.filter((text) => !text.includes('\0'));

test('a value is one word, or a part of one, whatever it holds', () => {
  fc.assert(
    fc.property(value, value, (one, other) => {
      const plain = quotedFor('', one) ?? '';
      const double = quotedFor(`${plain} "x `, other) ?? '';
      const single = quotedFor(`${plain} "x ${double} y" 'x `, one) ?? '';
      expect(words(`${plain} "x ${double} y" 'x ${single} y' end`)).toEqual([one, `x ${other} y`, `x ${one} y`, 'end']);
    }),
    { numRuns: 300 },
  );
});

test('where quoting could be undone, only values without any meaning to a shell are let through', () => {
  const unclear = ['# ', 'cat <<END\n', 'echo "$(echo ', 'echo `echo ', 'echo $((', 'x\\', "$'", 'echo "${x:-', 'a;# '];
  for (const before of unclear) {
    expect([before, quotedFor(before, 'two words')]).toEqual([before, undefined]);
    expect([before, quotedFor(before, "'")]).toEqual([before, undefined]);
    expect(quotedFor(before, 'out/model-1.json')).toBe('out/model-1.json');
  }
});

test('what is closed before does not matter', () => {
  for (const before of ["echo 'it' ", 'echo "$x" ', 'a # b\n', 'x=${HOME}/', 'echo a#', 'echo \\" ', 'echo $(date) '])
    expect([before, quotedFor(before, 'a b')]).toEqual([before, "'a b'"]);
});
