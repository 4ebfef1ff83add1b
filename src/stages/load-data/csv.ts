/** The person's own images as CSV: a line an image, its label and its pixels. */
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { StageFailure } from '../../core/stage-runner.ts';
import type { StageContext } from '../../core/stage-runner.ts';
import { nearest } from '../../diagnostics/nearest.ts';
import { TableReader } from './csv-format.ts';
import type { Table } from './csv-format.ts';
import type { ImageSet } from './labelled-images.ts';
import type { CsvFiles, LoadDataOptions } from './options.ts';
import { fileFailure, unreadable } from '../persons-file.ts';
import type { PersonsFile } from '../persons-file.ts';
import { joinParts } from './source-images.ts';
import type { SourceImages } from './source-images.ts';

/** @throws StageFailure where a file is missing, holds anything but small whole numbers, or does not fit the other */
export async function loadCsv(context: StageContext, { csv, classes }: LoadDataOptions): Promise<SourceImages> {
  if (csv === undefined) throw new Error('the data set csv without files');
  const [trainFile, testFile] = (['train', 'test'] as const).map((part) => ({
    path: csv[part],
    pointer: `/with/csv/${part}`,
  })) as [PersonsFile, PersonsFile];
  const train = imagesOf(await readTable(context, trainFile), csv, trainFile);
  const test = imagesOf(await readTable(context, testFile), csv, testFile);
  return joinParts({ train, test, classes, testFile });
}

async function readTable(context: StageContext, file: PersonsFile): Promise<Table> {
  const reader = new TableReader();
  const told = (problem: string): StageFailure =>
    fileFailure(file, problem, 'labels and pixels are whole numbers from 0 to 255, separated by commas');
  try {
    for await (const chunk of await chunksOf(context, file)) {
      const problem = reader.push(chunk);
      if (problem !== undefined) throw told(problem);
    }
  } catch (error) {
    context.signal.throwIfAborted();
    throw error instanceof StageFailure ? error : unreadable(file, error);
  }
  const table = reader.end();
  if (table.ok) return table.value;
  throw told(table.error);
}

/** Decompressed where it is compressed with gzip. */
async function chunksOf(context: StageContext, { path }: PersonsFile): Promise<AsyncIterable<Uint8Array>> {
  const absolute = context.resolvePath(path);
  const file = await open(absolute);
  const { buffer } = await file.read(new Uint8Array(2), 0, 2, 0).finally(() => file.close());
  const raw = createReadStream(absolute, { signal: context.signal, highWaterMark: 2 ** 18 });
  if (buffer[0] !== 0x1f || buffer[1] !== 0x8b) return raw;
  // What goes wrong in either is thrown where the chunks are read.
  return pipeline(raw, createGunzip({ chunkSize: 2 ** 18 }), () => undefined);
}

function imagesOf(table: Table, csv: CsvFiles, file: PersonsFile): ImageSet {
  const { columns, cells } = table;
  const labelColumn = columnOf(table, csv.label, file);
  const shape = csv.shape ?? squareOf(columns - 1, file);
  const size = columns - 1;
  if (shape.reduce((product, side) => product * side, 1) !== size) {
    throw new StageFailure(
      'bad-option',
      `${file.path} has ${size} pixels a line, and ${shape.join(' × ')} is another number`,
      {
        hint: 'shape is [height, width] or [height, width, channels]',
        pointer: '/with/csv/shape',
      },
    );
  }
  const count = cells.length / columns;
  const images = new Uint8Array(count * size);
  const labels = new Uint8Array(count);
  for (let row = 0; row < count; row++) {
    const line = cells.subarray(row * columns, (row + 1) * columns);
    labels[row] = line[labelColumn] ?? 0;
    images.set(line.subarray(0, labelColumn), row * size);
    images.set(line.subarray(labelColumn + 1), row * size + labelColumn);
  }
  return { images, labels, shape };
}

function columnOf({ names, columns }: Table, label: number | string, file: PersonsFile): number {
  const pointer = '/with/csv/label';
  if (typeof label === 'number') {
    if (label < columns) return label;
    const message = `${file.path} has ${columns} columns, counted from 0, and so none of the number ${label}`;
    throw new StageFailure('bad-option', message, { pointer });
  }
  if (names === undefined) {
    throw new StageFailure('bad-option', `${file.path} has no line of names, and so no column "${label}"`, {
      hint: 'write the number of the column, counted from 0',
      pointer,
    });
  }
  const found = names.indexOf(label);
  if (found !== -1) return found;
  const close = nearest(label, names);
  throw new StageFailure('bad-option', `${file.path} has no column "${label}"`, {
    hint: close === undefined ? `its first columns are ${names.slice(0, 5).join(', ')}` : `did you mean "${close}"?`,
    pointer,
  });
}

function squareOf(pixels: number, file: PersonsFile): readonly number[] {
  const side = Math.round(Math.sqrt(pixels));
  if (side * side === pixels) return [side, side, 1];
  throw fileFailure(file, `has ${pixels} pixels a line, which make no square`, 'add `shape: [height, width]` to `csv`');
}
