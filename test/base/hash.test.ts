import { describe, expect, it } from '@jest/globals';
import { createHash, randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { sha256, sha256OfFile } from '../../src/base/hash.ts';
import { temporaryFolder } from './temporary-folder.ts';

describe('sha256', () => {
  it.each([
    // NIST FIPS 180-4 examples.
    ['', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
    ['abc', 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
  ])('of %j', (text, digest) => {
    expect(sha256(text)).toBe(digest);
    expect(sha256(Buffer.from(text))).toBe(digest);
  });

  it.each([0, 1, (1 << 20) - 1, 1 << 20, (1 << 20) + 1, 3_500_000])('of a file of %d bytes', async (size) => {
    const file = `${temporaryFolder()}/file`;
    const bytes = randomBytes(size);
    writeFileSync(file, bytes);
    expect(await sha256OfFile(file)).toBe(createHash('sha256').update(bytes).digest('hex'));
  });
});
