import type { JsonObject } from '../../base/json.ts';
import type { ArtifactFacts } from '../../core/artifact.ts';
import type { ExternalFile, OptionProblem, StageCheck } from '../../core/stage-type.ts';
import { readFacts, splitNames, writeFacts } from '../artifacts/facts.ts';
import type { SplitName } from '../artifacts/facts.ts';

export interface ImportSoftLabelsOptions {
  /** The person's files: one a split, with a row an image. */
  readonly files: SplitFiles;
  readonly values: 'logits' | 'probabilities';
  /** The labels in the order of the rows, where there are files of them. */
  readonly labels?: SplitFiles;
  readonly order: 'check' | 'trusted';
}

type SplitFiles = Readonly<Partial<Record<SplitName, string>>>;

export function parseImportSoftLabels(options: JsonObject): ImportSoftLabelsOptions {
  return options as unknown as ImportSoftLabelsOptions;
}

/** Files enter the key by content, under the names of their splits; where they lie changes nothing. */
export function softLabelsKeyOptions(options: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(options).filter(([name]) => name !== 'files' && name !== 'labels'));
}

export function importedFiles(options: JsonObject): readonly ExternalFile[] {
  const { files, labels = {} } = parseImportSoftLabels(options);
  return [...filesOf('files', files), ...filesOf('labels', labels)];
}

function filesOf(option: 'files' | 'labels', files: SplitFiles): ExternalFile[] {
  return Object.entries(files).map(([split, path]) => ({
    name: `${option}/${split}`,
    path,
    pointer: `/with/${option}/${split}`,
  }));
}

export function checkImportSoftLabels(
  options: JsonObject,
  inputs: Readonly<Record<string, ArtifactFacts | undefined>>,
): StageCheck {
  const { files, labels = {} } = parseImportSoftLabels(options);
  const { classes, counts } = readFacts(inputs['data']);
  const imported = splitNames.filter((name) => files[name] !== undefined);
  const problems: OptionProblem[] = [
    ...imported.filter((name) => counts !== undefined && (counts[name] ?? 0) === 0).map(withoutImages),
    ...splitNames.filter((name) => labels[name] !== undefined && files[name] === undefined).map(labelsAlone),
  ];
  const facts = {
    ...(classes === undefined ? {} : { classes }),
    ...(counts === undefined ? {} : { counts: Object.fromEntries(imported.map((name) => [name, counts[name] ?? 0])) }),
  };
  return problems.length > 0 ? { problems } : { problems, facts: writeFacts(facts) };
}

function withoutImages(name: SplitName): OptionProblem {
  return {
    code: 'bad-option',
    message: `the data set has no ${name} images that these logits could be for`,
    hint: `leave \`${name}\` out, or give the data set such images`,
    pointer: `/with/files/${name}`,
    part: 'key',
  };
}

function labelsAlone(name: SplitName): OptionProblem {
  return {
    code: 'bad-option',
    message: `\`labels\` tells the order of the ${name} logits, and \`files\` has none`,
    hint: `add \`${name}\` to \`files\`, or leave it out of \`labels\``,
    pointer: `/with/labels/${name}`,
    part: 'key',
  };
}
