import { describe, expect, test } from '@jest/globals';
import { makeStyle } from '../../src/report/style.ts';
import { renderTable } from '../../src/report/table.ts';
import { plainText } from '../../src/report/text-width.ts';

const style = makeStyle(false);
const content = {
  head: ['name', 'value', 'a longer text'],
  rows: [
    ['first', '1', 'several words that can be wrapped at their spaces'],
    ['second', '22', 'two\nlines'],
    ['third', '333', ''],
  ],
  right: [1],
};

describe('a table', () => {
  test('that fits', async () => {
    expect((await renderTable(content, { style, width: Infinity })).split('\n')).toEqual([
      'name    value  a longer text',
      'first       1  several words that can be wrapped at their spaces',
      'second     22  two',
      '               lines',
      'third     333',
    ]);
  });

  test('that wraps', async () => {
    expect((await renderTable(content, { style, width: 40 })).split('\n')).toEqual([
      'name    value  a longer text',
      'first       1  several words that can be',
      '               wrapped at their spaces',
      'second     22  two',
      '               lines',
      'third     333',
    ]);
  });

  test('with colours is laid out as without', async () => {
    for (const width of [Infinity, 40]) {
      const color = makeStyle(true);
      const rows = content.rows.map(([name = '', ...rest]) => [color.name(name), ...rest]);
      const colored = await renderTable({ ...content, rows }, { style: color, width });
      expect(
        plainText(colored)
          .split('\n')
          .map((line) => line.trimEnd())
          .join('\n'),
      ).toBe(await renderTable(content, { style, width }));
    }
  });
});
