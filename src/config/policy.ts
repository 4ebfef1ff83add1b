import { parseDuration } from '../base/duration.ts';
import { isJsonObject } from '../base/json.ts';
import type { JsonObject, JsonValue } from '../base/json.ts';
import type { RetryPolicy, StagePolicy } from '../core/stage-policy.ts';
import { readResources } from './resources.ts';

/** How a stage is to be run, as far as it is written as it should be: the schema tells of the rest. Undefined where nothing is. */
export function readPolicy(stage: JsonObject): StagePolicy | undefined {
  const timeout = secondsOf(stage['timeout']);
  const retry = readRetry(stage['retry']);
  const resources = readResources(stage['resources']);
  const policy: StagePolicy = {
    ...(timeout === undefined ? {} : { timeout }),
    ...(retry === undefined ? {} : { retry }),
    ...(resources === undefined ? {} : { resources }),
    ...(stage['cache'] === false ? { cache: false } : {}),
  };
  return Object.keys(policy).length === 0 ? undefined : policy;
}

function readRetry(written: JsonValue | undefined): RetryPolicy | undefined {
  const { attempts, delay, factor }: JsonObject = isJsonObject(written) ? written : { attempts: written ?? null };
  if (typeof attempts !== 'number') return undefined;
  return {
    attempts,
    delay: secondsOf(delay) ?? DELAY_SECONDS,
    factor: typeof factor === 'number' ? factor : FACTOR,
  };
}

/** As docs/policies.md says. */
const DELAY_SECONDS = 1;
const FACTOR = 2;

function secondsOf(written: JsonValue | undefined): number | undefined {
  if (typeof written === 'number') return written;
  return typeof written === 'string' ? parseDuration(written) : undefined;
}
