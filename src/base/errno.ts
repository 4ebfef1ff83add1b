/**
 * Whether it is a system's error, with one of these codes where some are named. By its looks and not by `instanceof Error`,
 * because Jest runs tests in a realm with an `Error` of its own.
 */
export function isErrno(
  error: unknown,
  ...codes: readonly string[]
): error is NodeJS.ErrnoException & { readonly code: string } {
  if (typeof error !== 'object' || error === null || !('code' in error) || typeof error.code !== 'string') return false;
  return codes.length === 0 || codes.includes(error.code);
}
