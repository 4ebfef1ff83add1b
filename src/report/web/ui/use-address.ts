import { useLayoutEffect, useState } from 'preact/hooks';
import { type Address, addressOf } from './address.ts';

/** Goes there, without a step for the back button: what only narrows a view. */
export function replaceAddress(link: string): void {
  history.replaceState(null, '', link);
  dispatchEvent(new HashChangeEvent('hashchange'));
}

/** What the address asks at this moment: a view drawn before a change knows nothing of it, and must not take it back. */
export function queryNow(): URLSearchParams {
  return addressOf(location.hash).query;
}

export function useAddress(): Address {
  const [fragment, setFragment] = useState(location.hash);
  // Before the next paint, and looked at once: what changes in between would not be seen.
  useLayoutEffect(() => {
    const look = (): void => {
      setFragment(location.hash);
    };
    addEventListener('hashchange', look);
    look();
    return () => {
      removeEventListener('hashchange', look);
    };
  }, []);
  return addressOf(fragment);
}
