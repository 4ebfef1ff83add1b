declare const PACKAGE_VERSION: string | undefined;

/** Of this package; the build writes it in. */
export function packageVersion(): string {
  return typeof PACKAGE_VERSION === 'string' ? PACKAGE_VERSION : 'unbuilt';
}
