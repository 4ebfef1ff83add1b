import { describe, expect, test } from '@jest/globals';
import { wantsColor } from '../../src/report/style.ts';
import { textOutput } from './text-output.ts';

describe('colours', () => {
  const terminal = textOutput({ isTTY: true });
  const pipe = textOutput();

  test.each([
    ['a terminal', terminal, {}, true],
    ['a pipe', pipe, {}, false],
    ['a terminal with NO_COLOR', terminal, { NO_COLOR: '1' }, false],
    ['a terminal with an empty NO_COLOR', terminal, { NO_COLOR: '' }, true],
    ['a pipe with FORCE_COLOR', pipe, { FORCE_COLOR: '1' }, true],
    ['both, of which FORCE_COLOR wins', pipe, { FORCE_COLOR: '1', NO_COLOR: '1' }, true],
    ['a terminal with FORCE_COLOR=0', terminal, { FORCE_COLOR: '0' }, false],
    ['a dumb terminal', terminal, { TERM: 'dumb' }, false],
  ])('%s', (_name, output, env, expected) => {
    expect(wantsColor(output, env)).toBe(expected);
  });
});
