import { readFile } from 'node:fs/promises';
import { expect, test } from '@jest/globals';
import { compileSimdModule, generatedModule } from '../../../scripts/build-simd.ts';
import { MODULE_BASE64 } from '../../../src/tensor/simd/module.generated.ts';

test('the generated module is what its sources compile to', async () => {
  expect(await readFile(generatedModule, 'utf8')).toBe(await compileSimdModule());
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
