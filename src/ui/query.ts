/** @returns the number, or `usual` where it is none or below 0; `most` at most */
export function wholeNumber(text: string | undefined, usual: number, most = Number.MAX_SAFE_INTEGER): number {
  if (text === undefined || !/^\d{1,15}$/.test(text)) return usual;
  return Math.min(most, Number(text));
}
