import type { RemotePlace } from '../../core/remote-place.ts';
import type { RemoteSettings } from '../../core/remote-settings.ts';

/**
 * Reaches nothing yet.
 * @throws RemoteError where the client that it takes is not installed
 */
export async function openPlace(settings: RemoteSettings, projectFolder: string): Promise<RemotePlace> {
  if (settings.kind === 'folder') return (await import('./folder-place.ts')).folderPlace(settings.folder);
  return (await import('../s3/place.ts')).s3Place(settings.s3, projectFolder);
}
