import type { StageContext } from '../../core/stage-runner.ts';
import { fileFailure, readPersonsFile } from '../persons-file.ts';
import type { PersonsFile } from '../persons-file.ts';
import { decompress } from './gunzip.ts';

/** @returns its bytes, decompressed if it is compressed with gzip @throws StageFailure */
export async function readDecompressed(context: StageContext, file: PersonsFile): Promise<Uint8Array> {
  const decompressed = await decompress(await readPersonsFile(context, file));
  if (decompressed.ok) return decompressed.value;
  throw fileFailure(file, decompressed.error);
}
