import { canonicalJson } from '../../base/canonical-json.ts';
import { sha256 } from '../../base/hash.ts';
import type { TensorEnvironment } from '../../core/preimage.ts';
import type { Pins } from '../../engine/temporal/queues.ts';
import { builtInStageTypes } from '../../stages/registry.ts';
import { packageVersion } from '../package-version.ts';

/** What this program is, and what it would compute with. */
export function ownPins(environment: TensorEnvironment): Pins {
  const codes = [...builtInStageTypes().values()].map(({ name, code }) => [name, code]);
  return { program: packageVersion(), code: sha256(canonicalJson(codes)), environment };
}
