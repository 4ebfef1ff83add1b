import { closeSync, openSync, writeSync } from 'node:fs';

/** A file that is added to in pieces: text waits until there is enough of it, or until `flush`. */
export interface AppendFile {
  append(text: string): void;
  flush(): void;
  close(): void;
}

/** Made with its first byte. All of it is synchronous: the system only takes the bytes into its memory, and order is kept. */
export function appendFile(path: string): AppendFile {
  let descriptor: number | undefined;
  let waiting: string[] = [];
  let length = 0;
  const flush = (): void => {
    if (length === 0) return;
    const bytes = Buffer.from(waiting.join(''));
    [waiting, length] = [[], 0];
    descriptor ??= openSync(path, 'a');
    for (let written = 0; written < bytes.length;) written += writeSync(descriptor, bytes, written);
  };
  return {
    append(text) {
      waiting.push(text);
      length += text.length;
      if (length >= ENOUGH) flush();
    },
    flush,
    close() {
      flush();
      if (descriptor !== undefined) closeSync(descriptor);
      descriptor = undefined;
    },
  };
}

const ENOUGH = 1 << 16;
