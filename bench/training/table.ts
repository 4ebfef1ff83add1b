import { median } from '../measure.ts';
import { BASE, type Contender } from './contenders.ts';
import type { Report } from './worker.ts';

export interface Result {
  readonly contender: Contender;
  readonly reports: Report[];
  failed?: string;
}

const rates = [
  (report: Report): number => 1 / report.train.wall,
  (report: Report): number => 1 / report.train.cpu,
  (report: Report): number => 1 / report.predict.wall,
  (report: Report): number => 1 / report.predict.cpu,
];

/** @param samples that each report is about */
export function tableOf(title: string, results: readonly Result[], samples: number): string {
  const base = results.find(({ contender }) => contender.name === BASE)?.reports ?? [];
  return [
    `**${title}**: samples a second and samples a second of the process' own CPU time, each with its ratio to Keras.`,
    '',
    '| | training | × Keras | a CPU second | × Keras | prediction | × Keras | a CPU second | × Keras | peak memory | accuracy |',
    '| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |',
    ...results.map(({ contender, reports }) => row(contender.name, reports, base, samples)),
  ].join('\n');
}

function row(name: string, reports: readonly Report[], base: readonly Report[], samples: number): string {
  if (reports.length === 0) return `| ${name} | not measured, see below ${'| '.repeat(9)}|`;
  const cells = rates.flatMap((rate) => {
    const own = median(reports.map(rate));
    return [(own * samples).toFixed(0), base.length === 0 ? '' : (own / median(base.map(rate))).toFixed(2)];
  });
  const peak = `${median(reports.map((report) => report.peak)).toFixed(0)} MB`;
  const accuracy = median(reports.map((report) => report.accuracy));
  return `| ${[name, ...cells, peak, accuracy.toFixed(4)].join(' | ')} |`;
}
