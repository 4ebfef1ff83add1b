import { isJsonObject } from '../../base/json.ts';
import { RemoteError } from '../../core/remote-error.ts';
import type { RemotePlace } from '../../core/remote-place.ts';
import { FORMAT_NAME } from './names.ts';
import { textOf } from './record.ts';

/** Refuses a remote that a newer program wrote. One that is empty is as good as ours. */
export async function checkFormat(place: RemotePlace, signal: AbortSignal): Promise<void> {
  await readFormat(place, signal);
}

/**
 * Makes the format's file where it is not there, and finds out by it whether the place writes only where nothing is yet: two
 * writers could not agree in one that does not.
 */
export async function prepareWriting(place: RemotePlace, signal: AbortSignal): Promise<void> {
  const text = (await readFormat(place, signal)) ?? `${JSON.stringify({ format: FORMAT })}\n`;
  // Either it is there now, or this makes it; after that, the same must be refused.
  const first = await place.write(FORMAT_NAME, text, { signal, only: 'absent' });
  if (first === 'refused') return;
  if ((await place.write(FORMAT_NAME, text, { signal, only: 'absent' })) === 'refused') return;
  throw new RemoteError(
    `${place.name} cannot be a remote: its server overwrites what a conditional write (If-None-Match: *) has to leave alone`,
    { hint: 'use a server that knows conditional writes, as AWS S3 and MinIO do', isLasting: true },
  );
}

const FORMAT = 1;

/** @returns its text; undefined where there is none */
async function readFormat(place: RemotePlace, signal: AbortSignal): Promise<string | undefined> {
  const content = await place.read(FORMAT_NAME, { signal });
  if (content === undefined) return undefined;
  const text = await textOf(content);
  const format = formatIn(text);
  if (typeof format === 'number' && format <= FORMAT) return text;
  throw new RemoteError(
    typeof format === 'number'
      ? `the remote ${place.name} has format ${format}, and this program knows formats up to ${FORMAT}`
      : `${FORMAT_NAME} of ${place.name} does not say which format the remote has`,
    { hint: 'use the newer program that made it, or another prefix', isLasting: true },
  );
}

function formatIn(text: string): unknown {
  try {
    const content: unknown = JSON.parse(text);
    return isJsonObject(content) ? content['format'] : undefined;
  } catch {
    return undefined;
  }
}
