import type { Store } from '../core/store.ts';

/**
 * The store in a local folder, made if it is not there.
 * @throws StoreError where the folder cannot be used
 */
export function openLocalStore(_folder: string): Promise<Store> {
  return Promise.reject(new Error('not written yet'));
}
