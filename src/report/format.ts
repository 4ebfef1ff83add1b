import type { EpochFigures } from '../core/stage-runner.ts';

/** `0.04 s`, `3.1 s`, `2 min 5 s`, `1 h 2 min`. */
export function formatSeconds(seconds: number): string {
  if (seconds < 0.095) return `${seconds.toFixed(2)} s`;
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return two(Math.floor(whole / 60), 'min', whole % 60, 's');
  const minutes = Math.round(whole / 60);
  return two(Math.floor(minutes / 60), 'h', minutes % 60, 'min');
}

/** `0 B`, `812 B`, `1.2 KiB`, `35 MiB`, `20 GiB` */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  for (; value >= 999.5 && unit < UNITS.length - 1; unit++) value /= 1024;
  const digits = unit === 0 || value >= 9.95 ? 0 : 1;
  return `${value.toFixed(digits)} ${UNITS[unit] ?? ''}`;
}

const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];

/** `12,345` */
export function formatCount(count: number): string {
  return String(Math.round(count)).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** A figure by its name: accuracies as a percentage and their differences in points of it, counts whole, all others with four digits. */
export function formatFigure(name: string, value: number): string {
  if (!Number.isFinite(value)) return String(value);
  if (isShare(name)) return `${(100 * value).toFixed(2)}%`;
  if (isGain(name)) return `${(100 * value).toFixed(2)} points`;
  if (Number.isInteger(value)) return Math.abs(value) < 10_000 ? String(value) : formatCount(value);
  const magnitude = Math.abs(value);
  return magnitude >= 1e-3 && magnitude < 1e4 ? String(Number(value.toPrecision(4))) : value.toExponential(2);
}

/** `loss 0.4512, accuracy 93.10%` */
export function formatFigures(figures: EpochFigures): string {
  return Object.entries(figures)
    .map(([name, value]) => `${spacedName(name)} ${formatFigure(name, value)}`)
    .join(', ');
}

/** `validationAccuracy` -> `validation accuracy` */
export function spacedName(name: string): string {
  return name.replace(/([a-z])([A-Z])/g, (_, before: string, after: string) => `${before} ${after.toLowerCase()}`);
}

/** `1 stage`, `2 stages` */
export function counted(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? '' : 's'}`;
}

/** One line without control characters, whatever a stage, a path or a label holds. */
export function oneLine(text: string): string {
  // eslint-disable-next-line no-control-regex -- they are what is taken out
  return text.replace(/\u001b\[[0-9;?]*[ -/]*[@-~]/g, '').replace(/[\u0000-\u001f\u007f-\u009f]+/g, ' ');
}

/** Of what was printed; empty if nothing was. */
export function lastLine(text: string): string {
  const trimmed = text.trimEnd();
  return trimmed.slice(trimmed.lastIndexOf('\n') + 1);
}

function isShare(name: string): boolean {
  return /(^|[.a-z])(accuracy|agreement|gapRecovered|recall)(low|high)?$/i.test(name);
}

function isGain(name: string): boolean {
  return /(^|\.)gain(Bootstrap)?(Low|High)?$/.test(name);
}

function two(large: number, largeUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${large} ${largeUnit}` : `${large} ${largeUnit} ${small} ${smallUnit}`;
}
