import type { Style } from './style.ts';
import { padEnd } from './text-width.ts';

interface ShownFile {
  readonly path: string;
  readonly result: 'created' | 'extended' | 'kept';
  readonly note?: string;
}

/** What became of each file, and what to do next. */
export function renderInit(
  { folder, files, pipeline }: { folder: string; files: readonly ShownFile[]; pipeline: string },
  style: Style,
): string {
  const width = Math.max(...files.map(({ path }) => path.length));
  const lines = files.map(({ path, result, note }) => {
    const word = padEnd(result === 'kept' ? style.faint(result) : style.good(result), LONGEST_WORD);
    return note === undefined
      ? `${word}  ${style.name(path)}`
      : `${word}  ${padEnd(style.name(path), width)}  ${style.faint(note)}`;
  });
  const steps = [
    ...(folder === '.' ? [] : [`cd ${quoted(folder)}`]),
    `pipeline run ${pipeline}`,
    `pipeline plan ${pipeline} --set temperature=8`,
  ];
  return `${[...lines, '', 'Next:', ...steps.map((step) => `  ${step}`)].join('\n')}\n`;
}

const LONGEST_WORD = 'extended'.length;

/** As a shell takes it. */
function quoted(folder: string): string {
  return /^[\w./@%+=:,-]+$/.test(folder) ? folder : `'${folder.replaceAll("'", String.raw`'\''`)}'`;
}
