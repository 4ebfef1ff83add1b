import { isJsonObject } from '../../base/json.ts';
import type { JsonObject } from '../../base/json.ts';
import { StageFailure } from '../../core/stage-runner.ts';
import type { InputArtifact } from '../../core/stage-runner.ts';

/** The description among an artifact's files: JSON with line breaks, as a person would read it. Equal values give equal bytes. */
export function jsonBytes(value: JsonObject): Uint8Array {
  return new TextEncoder().encode(`${JSON.stringify(value, null, 2)}\n`);
}

/** @throws StageFailure where the file is not JSON of this format: the artifact is a plugin's, or of a later version */
export async function readDescription(input: InputArtifact, path: string, format: string): Promise<JsonObject> {
  const description = parse(await input.read(path));
  const found = isJsonObject(description) ? description['format'] : undefined;
  if (isJsonObject(description) && found === format) return description;
  throw new StageFailure('stage-failed', `${path} of the ${input.kind} is not of the format ${format}`, {
    hint: `its format is ${typeof found === 'string' ? found : 'not told'}: make it again, with --force and its stage`,
  });
}

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
  }
}
