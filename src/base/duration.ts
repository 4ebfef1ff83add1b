/** `90`, `30s`, `10m`, `2h`, `1d`: seconds; undefined where it is no duration. */
export function parseDuration(text: string): number | undefined {
  const [, number, unit = 's'] = /^\s*(\d+(?:\.\d+)?)\s*([smhd])?\s*$/.exec(text) ?? [];
  return number === undefined ? undefined : Number(number) * (SECONDS[unit] ?? 1);
}

const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };
