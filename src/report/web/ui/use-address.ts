import { useEffect, useState } from 'preact/hooks';
import { type Address, addressOf } from './address.ts';

/** Goes there, without a step for the back button: what only narrows a view. */
export function replaceAddress(link: string): void {
  history.replaceState(null, '', link);
  dispatchEvent(new HashChangeEvent('hashchange'));
}

export function useAddress(): Address {
  const [fragment, setFragment] = useState(location.hash);
  useEffect(() => {
    const look = (): void => {
      setFragment(location.hash);
    };
    addEventListener('hashchange', look);
    return () => {
      removeEventListener('hashchange', look);
    };
  }, []);
  return addressOf(fragment);
}
