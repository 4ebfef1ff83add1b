import { describe, expect, test } from '@jest/globals';
import { ANSWER_MARK, askChild } from '../../../src/api/doctor/ask-child.ts';

const ask = (script: string, patienceMs = 60_000) =>
  askChild({ command: process.execPath, args: ['-e', script], patienceMs });

describe('a child process that is asked', () => {
  test('answers, whatever a library prints before and after it', async () => {
    const answer = `console.log('loading…'); console.log('\\n${ANSWER_MARK}{"loads":true}'); console.log('bye')`;
    expect(await ask(answer)).toEqual({ ok: true, value: { loads: true } });
  });

  test.each([
    ['hangs, deaf to signals', `process.on('SIGTERM', () => {}); for (;;);`, 'it took longer than 1 s'],
    ['crashes', 'process.abort()', 'it ended the process by SIGABRT'],
    ['throws', `process.stderr.write('bad addon'); process.exit(3)`, 'bad addon'],
    ['talks of something else', `console.log('hello'); console.log('world')`, 'it only printed: world'],
    ['says nothing', '', 'it ended without an answer'],
  ])('that %s is a failure, in words', async (_, script, error) => {
    expect(await ask(script, script.includes('for (;;)') ? 1000 : 60_000)).toEqual({ ok: false, error });
  });
});
