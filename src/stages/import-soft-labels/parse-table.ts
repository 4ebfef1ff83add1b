import type { Result } from '../../base/result.ts';
import { parseCsv } from './csv.ts';
import { isNpy, parseNpy } from './npy.ts';
import type { Table } from './table.ts';

/**
 * By content, whatever the file is called.
 * @returns what is wrong as the rest of a sentence that begins with the file's name
 */
export function parseTable(bytes: Uint8Array): Result<Table, string> {
  return isNpy(bytes) ? parseNpy(bytes) : parseCsv(bytes);
}
