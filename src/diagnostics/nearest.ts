import { distance } from 'fastest-levenshtein';

/** The candidate that a mistyped word most likely meant, if one is near enough to be worth saying. */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  // Nobody mistypes a name by a kilobyte, and the comparison takes time by the product of the lengths.
  if (word.length > 100) return undefined;
  const plain = simplified(word);
  let best: string | undefined;
  let least = Math.max(1, Math.floor((word.length + 1) / 3)) + 1;
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - word.length) >= least + 2) continue;
    // temprature, batch_size and BatchSize are all one slip away.
    const alike = plain === simplified(candidate) || isSwapped(word, candidate);
    const far = alike ? 0.5 : distance(word, candidate);
    if (far < least) {
      least = far;
      best = candidate;
    }
  }
  return best ?? only([...candidates].filter((candidate) => word.length >= 3 && candidate.startsWith(word)));
}

/** `temp` for `temperature`, if nothing else begins so. */
function only(words: readonly string[]): string | undefined {
  return words.length === 1 ? words[0] : undefined;
}

/** Two letters that stand side by side changed places, which the distance counts as two changes. */
function isSwapped(word: string, candidate: string): boolean {
  if (word.length !== candidate.length) return false;
  let at = 0;
  while (at < word.length && word[at] === candidate[at]) at++;
  return (
    at < word.length && candidate === `${word.slice(0, at)}${word[at + 1] ?? ''}${word[at] ?? ''}${word.slice(at + 2)}`
  );
}

function simplified(word: string): string {
  return word.toLowerCase().replace(/[-_ ]/g, '');
}

/** `did you mean "x"?`, else the candidates that there are, else nothing. */
export function didYouMean(word: string, candidates: readonly string[], what: string): string | undefined {
  const near = nearest(word, candidates);
  if (near !== undefined) return `did you mean "${near}"?`;
  return candidates.length === 0 ? undefined : `${what}: ${listed(candidates)}`;
}

/** `a, b, c and 12 more`. */
export function listed(names: readonly string[], limit = 20): string {
  const shown = names.slice(0, limit).join(', ');
  return names.length > limit ? `${shown} and ${names.length - limit} more` : shown;
}
