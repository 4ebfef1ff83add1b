/**
 * Takes one lock again and again, and looks whether it is alone with it: `hammer <store> <witness folder> <rounds>`. A line on
 * stdout for every round; exit code 3 if another live process was met inside.
 */
import { appendFileSync, closeSync, existsSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { sha256 } from '../../src/base/hash.ts';
import { type ProcessIdentity, processIdentity, processState } from '../../src/base/process-identity.ts';
import type { StageKey } from '../../src/core/ids.ts';
import { openLocalStore } from '../../src/store/local-store.ts';

const [storeFolder = '', witnessFolder = '', rounds = '0'] = process.argv.slice(2);
const witness = `${witnessFolder}/inside`;
const store = await openLocalStore(storeFolder);

for (let round = 0; round < Number(rounds); round++) {
  const lock = await store.lock(sha256('hammered') as StageKey, {
    signal: new AbortController().signal,
    waiting: () => undefined,
  });
  enter();
  if (Math.random() < 0.7) await sleep(Math.random() * 4);
  leave();
  await lock.release();
  appendFileSync(`${witnessFolder}/rounds`, '.');
}

/** What a killed process left is its own doing; what a live one has there means that two are inside. */
function enter(): void {
  if (existsSync(witness)) {
    const other = JSON.parse(readFileSync(witness, 'utf8') || 'null') as ProcessIdentity | null;
    if (other !== null && processState(other) !== 'dead') fail(`process ${other.pid} is inside too`);
    rmSync(witness);
  }
  try {
    const file = openSync(witness, 'wx');
    writeSync(file, JSON.stringify(processIdentity()));
    closeSync(file);
  } catch {
    fail('another process came in at the same time');
  }
}

function leave(): void {
  const text = existsSync(witness) ? readFileSync(witness, 'utf8') : '';
  if (text !== JSON.stringify(processIdentity())) fail(`another process came in: ${text}`);
  rmSync(witness);
}

function fail(why: string): never {
  appendFileSync(`${witnessFolder}/violations`, `${process.pid}: ${why}\n`);
  process.exit(3);
}
