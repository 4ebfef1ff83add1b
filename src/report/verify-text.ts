import type { Damage, DamageOwner, VerifyReport } from '../core/verify.ts';
import { counted, formatBytes, formatSeconds } from './format.ts';
import type { Style } from './style.ts';

/** What is damaged, and whose it was; with a line break at the end. */
export function renderVerify(report: VerifyReport, options: { style: Style; repair: boolean }): string {
  const { damages, objects, records, checkpoints, runs, bytes, seconds } = report;
  const looked = [
    counted(objects, 'object'),
    counted(records, 'record'),
    counted(checkpoints, 'checkpoint'),
    counted(runs, 'run'),
  ].join(', ');
  const rate = seconds > 0.5 ? `, ${formatBytes(bytes / seconds)}/s` : '';
  return [
    ...damages.flatMap((damage) => damageLines(damage, options.style)),
    `${looked}: ${formatBytes(bytes)} in ${formatSeconds(seconds)}${rate}`,
    conclusion(damages, options.repair),
    '',
  ].join('\n');
}

/** Owners told of a damage; `--json` has all. */
const TOLD = 5;

function damageLines({ what, path, message, owners, repaired }: Damage, style: Style): readonly string[] {
  const told = owners.slice(0, TOLD).map((owner) => `  of ${ownerText(owner)}`);
  return [
    `${style.bad(`damaged ${what}`)}: ${message}${repaired ? '; taken away' : ''}`,
    `  ${path}`,
    ...told,
    ...(owners.length > TOLD ? [`  and of ${counted(owners.length - TOLD, 'other')}`] : []),
    '',
  ];
}

function ownerText({ pipeline, stage, run, file }: DamageOwner): string {
  const parts = [
    file === undefined ? '' : `"${file}"`,
    stage === undefined ? '' : `stage ${stage}`,
    pipeline === undefined ? '' : `pipeline ${pipeline}`,
    run === undefined ? '' : `run ${run}`,
  ];
  return parts.filter((part) => part !== '').join(', ');
}

function conclusion(damages: readonly Damage[], repair: boolean): string {
  if (damages.length === 0) return 'all is as it was written';
  const left = damages.filter(({ repaired }) => !repaired).length;
  const found = `${counted(damages.length, 'damage')} found`;
  if (!repair) return `${found}: pipeline verify --repair takes away what is damaged, and the next run makes it again`;
  return left === 0
    ? `${found}, and taken away: the next run makes again what it needs`
    : `${found}; ${left} cannot be taken away`;
}
