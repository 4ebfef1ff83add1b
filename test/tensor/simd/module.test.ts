import { readFile } from 'node:fs/promises';
import { expect, test } from '@jest/globals';
// @ts-expect-error: a build script, in plain JavaScript.
import { hashSources } from '../../../src/tensor/simd/build.mjs';
import { MODULE_BASE64 } from '../../../src/tensor/simd/module.generated.ts';

test('the generated module was made from the sources as they are', async () => {
  const generated = await readFile(new URL('../../../src/tensor/simd/module.generated.ts', import.meta.url), 'utf8');
  expect(generated).toContain(`Sources: ${await (hashSources as () => Promise<string>)()}`);
});

test('the module brings no data, which would overwrite the memory of its host', () => {
  const binary = Buffer.from(MODULE_BASE64, 'base64');
  const sections: number[] = [];
  for (let at = 8; at < binary.length;) {
    sections.push(binary[at]!);
    const { value, next } = leb128(binary, at + 1);
    at = next + value;
  }
  const [data, start] = [11, 8];
  expect(sections).toContain(10);
  expect(sections).not.toContain(data);
  expect(sections).not.toContain(start);
});

function leb128(bytes: Uint8Array, at: number): { value: number; next: number } {
  let value = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = bytes[at++]!;
    value |= (byte & 0x7f) << shift;
    if (byte < 0x80) return { value, next: at };
  }
}
