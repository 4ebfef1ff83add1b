/** How long the native backend may take to load, which takes it a second or two. The variable holds seconds: of a slow disk, more. */
export function nativePatienceMs(): number {
  const seconds = Number(process.env['PIPELINE_NATIVE_PATIENCE']);
  return seconds > 0 && seconds <= LONGEST_S ? seconds * 1000 : 60_000;
}

const LONGEST_S = 86_400;
