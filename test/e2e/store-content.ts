import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { isTemporaryName } from '../../src/base/atomic-file.ts';
import { unsealJson } from '../../src/base/sealed-json.ts';
import type { StageRecord } from '../../src/core/stage-record.ts';
import type { RunRecord } from '../../src/records/run-record.ts';
import { readClaims } from '../../src/store/lock-claims.ts';

/** Digest of what each stage made, as a run's record has it: the same for the same bytes. */
export function digestsOf(store: string, run: string): Readonly<Record<string, string>> {
  const record = JSON.parse(readFileSync(join(store, 'runs', run, 'run.json'), 'utf8')) as RunRecord;
  return Object.fromEntries(record.stages.map(({ id, artifact }) => [id, artifact?.digest ?? 'none']));
}

/** Every file of a folder and below it, relative. */
export function filesIn(folder: string): readonly string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();
}

/**
 * What is wrong with a store that nobody works on: objects that are not what their name says, records that are not whole, and
 * files that neither a record or a run nor a sweep knows. What a killed process may leave for a sweep bears its name.
 */
export function faultsOf(store: string): readonly string[] {
  return filesIn(store).flatMap((path) => {
    const fault = faultOf(store, path);
    return fault === undefined ? [] : [`${path}: ${fault}`];
  });
}

function faultOf(store: string, path: string): string | undefined {
  const [area = '', ...rest] = path.split('/');
  const file = join(store, path);
  // Of a writer that was killed; gc takes it.
  if (isTemporaryName(path) && !/^(objects|keys|locks|tmp|checkpoints)\//.test(path)) return undefined;
  switch (area) {
    case 'objects':
      return createHash('sha256').update(readFileSync(file)).digest('hex') === rest.join('')
        ? undefined
        : 'its bytes are not what its name says';
    case 'keys':
      return faultOfRecord(store, readFileSync(file, 'utf8'), rest.join('').replace(/\.json$/, ''));
    case 'locks':
      return readClaims(join(store, 'locks', rest[0] ?? '')).some(({ state }) => state !== 'dead')
        ? 'somebody holds it'
        : undefined;
    case 'tmp':
      return /^half-[a-z]+-/.test(rest[0] ?? '') ? undefined : 'no sweep knows it';
    case 'checkpoints':
      return /^epoch-\d+$|^half-checkpoint-/.test(rest[2] ?? '') ? undefined : 'no sweep knows it';
    case 'unfinished':
      return /^[0-9a-f]{64}$/.test(rest.join('/')) ? undefined : 'no mark of an output';
    case 'secret':
      return statSync(file).size === 64 ? undefined : 'no secret';
    case 'pins':
      return /^[\w-]+\.json$/.test(rest.join('/')) ? undefined : 'no pin';
    case 'runs':
      return /^(run\.json|summary\.json|events\.jsonl|logs\/.+\.log)$/.test(rest.slice(1).join('/'))
        ? undefined
        : 'no part of a run';
    default:
      return /^(store|file-hashes|record-index)\.json$|^downloads$|^snapshots$|^parsed$|^latest-run$/.test(area)
        ? undefined
        : 'nobody knows it';
  }
}

function faultOfRecord(store: string, text: string, key: string): string | undefined {
  const record = unsealJson(text) as unknown as StageRecord | undefined;
  if (record?.key !== key) return 'its record is not whole';
  const gone = record.artifact.files.filter(
    ({ digest }) => !existsSync(join(store, 'objects', digest.slice(0, 2), digest.slice(2))),
  );
  return gone.length === 0 ? undefined : `its objects are not there: ${gone.map(({ path }) => path).join(', ')}`;
}
