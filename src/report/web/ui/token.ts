/**
 * What allows this page to start and stop runs: it comes in the fragment of the address that `pipeline ui` opens, which browsers send to
 * nobody, and is kept for the tab's life, so that it stands neither in links nor in the history.
 */
const KEPT_AS = 'pipeline-token';

/** Takes it out of the address, where it is there. */
export function takeToken(): void {
  const found = /^#token=([^&/]+)/.exec(location.hash)?.[1];
  if (found === undefined) return;
  sessionStorage.setItem(KEPT_AS, found);
  history.replaceState(null, '', '#/');
}

/** Empty where the page was opened without it: then it only shows. */
export function token(): string {
  return sessionStorage.getItem(KEPT_AS) ?? '';
}
