import type { Digest } from '../../base/hash.ts';
import type { Command } from '../../core/command.ts';
import type { PlanContext } from '../plan-context.ts';

/**
 * The variables that a command gets: a few that programs cannot do without, none of which says what to compute; those that its
 * stage declares; and where the artifacts lie that it needs. What else is set where the pipeline runs stays outside, so that no
 * result depends on it unseen.
 * @param needs by slot, the folder
 */
export function commandEnvironment(
  context: PlanContext,
  { env: declared, passEnv }: Command,
  needs: Readonly<Record<string, string>>,
): Record<string, string> {
  const { values = {} } = context.variables ?? {};
  const env: Record<string, string> = {};
  const pass = (name: string): void => {
    const value = values[name];
    if (value !== undefined) env[name] = value;
  };
  for (const name of Object.keys(values)) if (BASE.has(name) || name.startsWith('LC_')) pass(name);
  for (const name of passEnv) pass(name);
  for (const [name, value] of Object.entries(declared)) {
    if (value === null) pass(name);
    else env[name] = value;
  }
  for (const [slot, folder] of Object.entries(needs)) env[`PIPELINE_NEEDS_${variableName(slot)}`] = folder;
  return env;
}

/** Of each variable that counts; null where it is not set. */
export function variableDigests({ variables }: PlanContext, { env }: Command): Record<string, Digest | null> {
  const digests: Record<string, Digest | null> = {};
  for (const [name, written] of Object.entries(env)) {
    const value = written ?? variables?.values[name];
    digests[name] = value === undefined || variables === undefined ? null : variables.digestOf(name, value);
  }
  return digests;
}

const BASE: ReadonlySet<string> = new Set([
  'PATH',
  'HOME',
  'USER',
  'LOGNAME',
  'SHELL',
  'TERM',
  'TMPDIR',
  'TZ',
  'LANG',
  'LANGUAGE',
]);

/** `softLabels` is `SOFT_LABELS`, `my-slot` is `MY_SLOT`. */
function variableName(slot: string): string {
  return slot
    .replace(/(?<=[a-z0-9])(?=[A-Z])/g, '_')
    .replaceAll('-', '_')
    .toUpperCase();
}
