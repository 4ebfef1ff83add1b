import type { Check } from '../../report/check.ts';
import { checkMachine, checkNode } from './machine.ts';
import { checkNativeBackend } from './native-backend.ts';
import { checkStore } from './store.ts';
import { checkWasmBackend } from './wasm-backend.ts';

/** Looks at everything that a pipeline needs here. @param cwd the folder that pipelines are run in */
export async function examine(cwd: string): Promise<readonly Check[]> {
  return [
    checkNode(process.versions.node),
    checkMachine(),
    ...(await checkStore(cwd)),
    await checkWasmBackend(),
    await checkNativeBackend(cwd),
  ];
}
