/** Logits that were computed elsewhere, for the images of a data set. */
import { StageFailure } from '../../core/stage-runner.ts';
import type { StageContext, StageRunner } from '../../core/stage-runner.ts';
import { predictedClasses } from '../../distill/evaluate.ts';
import { readDataset } from '../artifacts/dataset.ts';
import type { ReadSplit } from '../artifacts/dataset.ts';
import { splitNames } from '../artifacts/facts.ts';
import type { SplitName } from '../artifacts/facts.ts';
import { writeSoftLabels } from '../artifacts/soft-labels.ts';
import type { SplitLogits } from '../artifacts/soft-labels.ts';
import { readLogits, SAME_IMAGES } from '../given-logits/logits.ts';
import { orderEvidence } from '../given-logits/order.ts';
import { fileFailure, readPersonsFile } from '../persons-file.ts';
import type { PersonsFile } from '../persons-file.ts';
import { checkWithInputs, inputOf } from '../stage-input.ts';
import { checkImportSoftLabels, parseImportSoftLabels } from './options.ts';
import { parseTable } from './parse-table.ts';
import type { Table } from './table.ts';

export const run: StageRunner = async (context) => {
  const facts = checkWithInputs(context, checkImportSoftLabels);
  const { files } = parseImportSoftLabels(context.options);
  const dataset = await readDataset(inputOf(context, 'data'));
  const splits: Partial<Record<SplitName, SplitLogits>> = {};
  const counts: Record<string, number> = {};
  const accuracies: Record<string, number> = {};
  for (const name of splitNames) {
    const path = files[name];
    if (path === undefined) continue;
    const split = await dataset.split(name);
    if (split === undefined)
      throw new StageFailure('bad-option', `the data set has no ${name} images`, { pointer: `/with/files/${name}` });
    const { logits, accuracy } = await importSplit(context, name, split);
    splits[name] = { logits, imagesSha256: split.imagesSha256 };
    counts[name] = split.samples.count;
    accuracies[name] = accuracy;
  }
  await writeSoftLabels(context, { classes: dataset.classes, splits });
  return { metrics: { images: counts, accuracy: accuracies }, facts };
};

async function importSplit(
  context: StageContext,
  name: SplitName,
  { samples }: ReadSplit,
): Promise<{ readonly logits: Float32Array; readonly accuracy: number }> {
  const { files, values, labels, order } = parseImportSoftLabels(context.options);
  const file: PersonsFile = { path: files[name] ?? '', pointer: `/with/files/${name}` };
  const read = readLogits(await readTable(context, file), values, samples);
  if (!read.ok) throw fileFailure(file, read.error.message, read.error.hint);
  const { logits, raised } = read.value;
  if (raised > 0)
    context.emit({ type: 'stage-note', message: `${file.path}: ${raised} probabilities of 0 count as 2^-126` });
  const { accuracy, doubt } = orderEvidence(predictedClasses(logits, samples.classes), samples.labels, samples.classes);
  const labelsPath = labels?.[name];
  if (labelsPath !== undefined) {
    await compareLabels(context, { path: labelsPath, pointer: `/with/labels/${name}` }, samples.labels);
  } else if (order === 'check' && doubt !== undefined) {
    throw fileFailure(
      file,
      doubt,
      `${SAME_IMAGES}; if they are, give the labels beside them as \`labels\`, or write \`order: trusted\``,
    );
  }
  return { logits, accuracy };
}

/** Labels that were kept beside the logits say for each row which image it may be for. */
async function compareLabels(context: StageContext, file: PersonsFile, expected: ArrayLike<number>): Promise<void> {
  const { shape, values } = await readTable(context, file);
  if ((shape[1] ?? 1) !== 1) throw fileFailure(file, `has ${shape[1] ?? 1} columns, and labels are one list`);
  if (values.length !== expected.length) {
    throw fileFailure(
      file,
      `has ${values.length} labels, and the data set has ${expected.length} such images`,
      SAME_IMAGES,
    );
  }
  const other = values.findIndex((label, row) => label !== expected[row]);
  if (other === -1) return;
  const message = `has the label ${String(values[other])} in row ${other}, counted from 0, where the data set's image is a ${String(expected[other])}`;
  throw fileFailure(file, message, SAME_IMAGES);
}

async function readTable(context: StageContext, file: PersonsFile): Promise<Table> {
  const parsed = parseTable(await readPersonsFile(context, file));
  if (parsed.ok) return parsed.value;
  throw fileFailure(file, parsed.error);
}
