import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { resolve } from 'node:path';
import { failure, success } from '../base/result.ts';
import type { Result } from '../base/result.ts';
import type { Problem } from '../diagnostics/problem.ts';
import type { Source } from '../diagnostics/source.ts';

/** Bytes of a definition file. */
export const LARGEST_TEXT = 16 * 1024 * 1024;

/** The text of a definition file, or why it cannot be one. A byte order mark is left out, so that columns count what is seen. */
export async function readText(file: string, cwd: string): Promise<Result<Source, Problem>> {
  const bytes = await readBytes(file, resolve(cwd, file));
  if (!bytes.ok) return bytes;
  const text = decode(file, bytes.value);
  if (!text.ok) return text;
  if (text.value.trim() === '') {
    return failure({ code: 'empty-file', message: `${file} is empty`, hint: 'a pipeline starts with "version: 1"' });
  }
  return success({ name: file, text: text.value });
}

async function readBytes(file: string, path: string): Promise<Result<Buffer, Problem>> {
  try {
    // Opened once: what is looked at is what is read. Opening a named pipe must not wait for somebody to write into it.
    const handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const { size, isDirectory, isFile } = await factsOf(handle);
      if (isDirectory) return failure(isFolder(file));
      if (size > LARGEST_TEXT) return failure(tooLarge(file, size));
      if (!isFile) return failure({ code: 'file-unreadable', message: `${file} is not a regular file` });
      return success(await handle.readFile());
    } finally {
      await handle.close();
    }
  } catch (error) {
    return failure(problemOf(file, error as NodeJS.ErrnoException));
  }
}

async function factsOf(handle: Awaited<ReturnType<typeof open>>) {
  const stats = await handle.stat();
  return { size: stats.size, isDirectory: stats.isDirectory(), isFile: stats.isFile() };
}

function problemOf(file: string, error: NodeJS.ErrnoException): Problem {
  switch (error.code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return { code: 'file-missing', message: `${file} does not exist` };
    case 'EISDIR':
      return isFolder(file);
    case 'EACCES':
    case 'EPERM':
      return { code: 'file-unreadable', message: `${file} may not be read: permission denied` };
    case 'ELOOP':
      return { code: 'file-unreadable', message: `${file} is a symbolic link that leads back to itself` };
    default:
      return { code: 'file-unreadable', message: `${file} cannot be read: ${error.message}` };
  }
}

function isFolder(file: string): Problem {
  return { code: 'file-unreadable', message: `${file} is a folder, not a file` };
}

function tooLarge(file: string, size: number): Problem {
  const megabytes = (size / 1024 / 1024).toFixed(1);
  return {
    code: 'file-too-large',
    message: `${file} has ${megabytes} MiB, and a definition may have ${LARGEST_TEXT / 1024 / 1024} MiB`,
    hint: 'data belongs in files of its own that the definition names',
  };
}

function decode(file: string, bytes: Buffer): Result<string, Problem> {
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)) {
    return failure({ code: 'not-utf8', message: `${file} is UTF-16, and must be UTF-8`, hint: 'save it as UTF-8' });
  }
  try {
    return success(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    const { line, byte } = firstBadByte(bytes);
    return failure({
      code: 'not-utf8',
      message: `${file} is not UTF-8: line ${line} holds the byte 0x${byte.toString(16).padStart(2, '0')}`,
      hint: 'save it as UTF-8',
    });
  }
}

/** The bytes up to there are whole UTF-8; found by halving, as the decoder does not say where it stopped. */
function firstBadByte(bytes: Buffer): { line: number; byte: number } {
  let good = 0;
  let bad = bytes.length;
  while (bad - good > 1) {
    const middle = (good + bad) >> 1;
    if (isUtf8(bytes.subarray(0, middle), { cut: true })) good = middle;
    else bad = middle;
  }
  // The character that is not whole begins up to three bytes before the byte that does not fit.
  while (good > 0 && !isUtf8(bytes.subarray(0, good), { cut: false })) good--;
  const line = bytes.subarray(0, good).toString('latin1').split('\n').length;
  return { line, byte: bytes[good] ?? 0 };
}

/** `cut`: the last character may lack bytes. */
function isUtf8(bytes: Buffer, { cut }: { cut: boolean }): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: cut });
    return true;
  } catch {
    return false;
  }
}
