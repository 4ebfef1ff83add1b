import { expect, test } from '@jest/globals';
import { renderChecks } from '../../src/report/checks-text.ts';
import { makeStyle } from '../../src/report/style.ts';

const style = makeStyle(false);

test('what doctor found, with remedies', () => {
  const text = renderChecks(
    [
      { name: 'Node', status: 'ok', found: '20.20.2' },
      { name: 'native backend', status: 'lacking', found: 'not installed', remedy: 'npm install it' },
    ],
    style,
  );
  expect(text.split('\n')).toEqual([
    '✔ Node            20.20.2',
    '- native backend  not installed',
    '                  → npm install it',
    '',
    'Pipelines run here. Not available: native backend.',
    '',
  ]);
});

test('what is broken is named last', () => {
  const text = renderChecks([{ name: 'wasm backend', status: 'broken', found: 'gone', remedy: 'npm ci' }], style);
  expect(text.split('\n').at(-2)).toBe('Pipelines cannot run here until this is repaired: wasm backend.');
});
