import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf } from '../../base/error-message.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../base/json.ts';
import type { CommandPath } from '../../core/command.ts';
import { StageFailure } from '../../core/stage-runner.ts';
import { jsonFault } from '../local/plain-json.ts';

/**
 * What a command's metrics files hold, as one mapping.
 * @param folder where they lie, each at its path
 * @throws StageFailure for one that cannot be read, is no mapping, or names what another one names
 */
export async function readMetrics(files: readonly CommandPath[], folder: string): Promise<JsonObject> {
  const metrics: Record<string, JsonValue> = {};
  for (const file of files) {
    for (const [name, value] of Object.entries(await readOne(file, folder))) {
      if (Object.hasOwn(metrics, name)) throw fault(file, `holds "${name}", which another metrics file holds too`);
      metrics[name] = value;
    }
  }
  return metrics;
}

async function readOne(file: CommandPath, folder: string): Promise<JsonObject> {
  const path = join(folder, file.path);
  const found = await stat(path);
  if (!found.isFile()) throw fault(file, 'is a folder, where a file is expected');
  if (found.size > LARGEST) throw fault(file, 'is larger than 1 MiB, and all of it would go into the record');
  const value = await parse(file, await readFile(path, 'utf8'));
  const bad = jsonFault(value, 'the whole');
  if (bad !== undefined) throw fault(file, `holds what JSON cannot hold: ${bad}`);
  if (!isJsonObject(value)) throw fault(file, 'is no mapping of names to values');
  return value;
}

const LARGEST = 1 << 20;

/** With the line, which the parsers say. */
async function parse(file: CommandPath, text: string): Promise<unknown> {
  try {
    if (file.path.endsWith('.json')) return JSON.parse(text) as unknown;
    const yaml = await import('yaml');
    return yaml.parse(text, { schema: 'core', maxAliasCount: 100 }) as unknown;
  } catch (error) {
    const [said = ''] = messageOf(error).split('\n');
    throw fault(file, `cannot be read: ${said}`);
  }
}

function fault({ path, pointer }: CommandPath, what: string): StageFailure {
  return new StageFailure('stage-failed', `the metrics file ${path} ${what}`, { pointer });
}
