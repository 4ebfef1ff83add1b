import { formatSeconds } from '../../report/format.ts';
import type { Check } from '../../report/check.ts';
import { probeNative } from '../../tensor/facts.ts';
import { whatIsMissing } from '../choose-backend.ts';
import { probeInChild } from './probe.ts';

const name = 'native backend';
const reinstall = 'npm install --no-save @tensorflow/tfjs-node@4.22.0';
const whyNot =
  'its install script downloads libtensorflow, and that download has been refused (403) since 2026: github.com/tensorflow/tfjs/issues/8742';

/** Optional and faster. Files are looked at first: most often it is simply not there. */
export async function checkNativeBackend(folder: string): Promise<Check> {
  const native = probeNative(folder);
  if (!native.addon) {
    return {
      name,
      status: 'lacking',
      found: `${whatIsMissing(native)}; ${whyNot}`,
      remedy: `${native.installed ? 'npm rebuild @tensorflow/tfjs-node' : reinstall} (once the download is back; wasm needs none)`,
    };
  }
  const probe = await probeInChild('native', folder);
  if (!probe.loads) {
    const found = `@tensorflow/tfjs-node ${native.version ?? ''} is installed but does not load: ${probe.why}`;
    return { name, status: 'lacking', found, remedy: 'npm rebuild @tensorflow/tfjs-node --build-addon-from-source' };
  }
  const { tfjsVersion, libtensorflow } = probe.facts;
  const found = `loads in ${formatSeconds(probe.seconds)}: TensorFlow.js ${tfjsVersion}, libtensorflow ${libtensorflow ?? 'of unknown version'}; faster than wasm: --backend native`;
  return { name, status: 'ok', found };
}
