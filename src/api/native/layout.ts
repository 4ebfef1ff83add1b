import { join } from 'node:path';
import { ownNativeFolder } from '../../tensor/facts.ts';
import type { NativeFolder } from '../../tensor/native-folder.ts';

/** Where the parts of an installation lie. What has its name is whole: it was made under another one. */
export interface NativeLayout extends NativeFolder {
  readonly tfjsNode: string;
  readonly addon: string;
  /** The wheel, between its download and its unpacking. */
  readonly wheel: string;
  /** `lib`, `include`, and `source`, which says where they are from. */
  readonly libtensorflow: string;
  /** What the tools printed. */
  readonly log: string;
  readonly temporary: string;
  readonly lock: string;
}

export function nativeLayout(folder: NativeFolder = ownNativeFolder()): NativeLayout {
  const in_ = (...names: string[]): string => join(folder.root, ...names);
  return {
    ...folder,
    tfjsNode: tfjsNodeIn(folder.package),
    addon: addonIn(folder.package),
    wheel: in_('wheel'),
    libtensorflow: in_('libtensorflow'),
    log: in_('install.log'),
    temporary: in_('tmp'),
    lock: in_('lock'),
  };
}

/** @param folder that npm installs into */
export function tfjsNodeIn(folder: string): string {
  return join(folder, 'node_modules', '@tensorflow', 'tfjs-node');
}

export function addonIn(folder: string): string {
  return join(tfjsNodeIn(folder), 'lib', `napi-v${napiVersion}`, 'tfjs_binding.node');
}

/** The newest that tfjs-node asks for; every Node since 12.22 has it, so one addon does for all. */
export const napiVersion = 8;
