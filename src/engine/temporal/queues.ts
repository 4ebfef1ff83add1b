import { canonicalJson } from '../../base/canonical-json.ts';
import { type Digest, sha256 } from '../../base/hash.ts';
import type { JsonValue } from '../../base/json.ts';
import type { StageSpec } from '../../core/pipeline-spec.ts';
import type { TensorEnvironment } from '../../core/preimage.ts';

/** What has to be the same where a run's stages are computed, since it enters their keys. */
export interface Pins {
  /** Of this program. */
  readonly program: string;
  /** Of the code of all its stage types. */
  readonly code: Digest;
  readonly environment: TensorEnvironment;
}

/** Of workflows: all workers carry them on. */
export function workflowQueue(prefix: string): string {
  return `${prefix}.workflows`;
}

/** Which workers take a stage: those for what it asks of the pools, as in `gpu` or `gpu+memory`; `default` where it asks for nothing. */
export function poolOf({ policy }: Pick<StageSpec, 'policy'>): string {
  const names = Object.keys(policy?.resources ?? {}).sort();
  return names.length === 0 ? 'default' : names.join('+');
}

/** A worker of another version or backend listens elsewhere, so that none takes what it would have to refuse. */
export function stageQueue(prefix: string, pool: string, pins: Pins): string {
  return `${prefix}.${pool}.${sha256(canonicalJson(pins as unknown as JsonValue)).slice(0, 16)}`;
}

/** Who a worker is, for the server and for who waits for one. */
export function workerIdentity(name: string, pools: readonly string[], pins: Pins): string {
  const facts = Object.entries(factsOf(pins)).map(([fact, value]) => `${fact}=${value}`);
  return [name, `queues=${pools.join(',')}`, ...facts].join(' ');
}

/** Whether the worker of this identity takes stages of a pool. */
export function takes(identity: string, pool: string, pins: Pins): boolean {
  const { queues, facts } = partsOf(identity);
  return queues.includes(pool) && Object.entries(factsOf(pins)).every(([fact, value]) => facts[fact] === value);
}

/** Why the worker of this identity does not take stages of a pool that it listens for; undefined where it does, or does not listen. */
export function refusalOf(identity: string, pool: string, pins: Pins): string | undefined {
  const { name, queues, facts } = partsOf(identity);
  if (!queues.includes(pool)) return undefined;
  const differing = Object.entries(factsOf(pins)).filter(([fact, value]) => facts[fact] !== value);
  if (differing.length === 0) return undefined;
  const words = differing.map(([fact, value]) => `${fact} ${facts[fact] ?? 'unknown'} where the run has ${value}`);
  return `${name} has ${words.join(', ')}`;
}

interface IdentityParts {
  readonly name: string;
  readonly queues: readonly string[];
  readonly facts: Readonly<Record<string, string>>;
}

function partsOf(identity: string): IdentityParts {
  const [name = '', ...rest] = identity.split(' ');
  const facts = Object.fromEntries(rest.map((fact) => fact.split('=', 2) as [string, string]));
  return { name, queues: (facts['queues'] ?? '').split(','), facts };
}

function factsOf({ program, code, environment }: Pins): Readonly<Record<string, string>> {
  const values = Object.entries(environment).map(([name, value]) => [name, String(value)] as const);
  return { program, code: code.slice(0, 12), ...Object.fromEntries(values) };
}
