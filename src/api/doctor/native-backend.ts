import type { Check } from '../../report/check.ts';
import { probeNative } from '../../tensor/facts.ts';
import { whatIsMissing } from '../choose-backend.ts';
import { loadedText } from './loaded-text.ts';
import { probeInChild } from './probe.ts';

const name = 'native backend';
const remedy = 'pipeline doctor --install-native';

/** Optional and faster. Files are looked at first: most often it is simply not there. */
export async function checkNativeBackend(folder: string): Promise<Check> {
  const native = probeNative(folder);
  if (!native.addon) return { name, status: 'lacking', found: whatIsMissing(native), remedy };
  const probe = await probeInChild('native', folder);
  if (probe.loads) return { name, status: 'ok', found: `${loadedText(probe)}; --backend native uses it` };
  return { name, status: 'lacking', found: probe.why, remedy };
}
