import type { JsonObject } from '../../base/json.ts';
import type { ExternalFile, StageCheck } from '../../core/stage-type.ts';
import { writeFacts } from '../artifacts/facts.ts';

export interface ImportModelOptions {
  /** The person's model.json. */
  readonly model: string;
  /** The files that it names, in any order: named here, so that their content enters the key before anything runs. */
  readonly weights: readonly string[];
  /** Where the model takes a list of numbers. */
  readonly inputShape?: readonly number[];
}

export function parseImportModel(options: JsonObject): ImportModelOptions {
  return options as unknown as ImportModelOptions;
}

/** `weights: model.bin` is a list of one. */
export function normalizeImportModel(options: JsonObject): JsonObject {
  const { weights } = options;
  return typeof weights === 'string' ? { ...options, weights: [weights] } : options;
}

/** Files enter the key by content; shards by their names, too, since model.json says by names which is which. */
export function importModelKeyOptions(options: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(options).filter(([name]) => name !== 'model' && name !== 'weights'));
}

export function modelFiles(options: JsonObject): readonly ExternalFile[] {
  const { model, weights } = parseImportModel(options);
  const shards = weights.map((path, index) => ({
    name: `weights/${fileName(path)}`,
    path,
    pointer: `/with/weights/${index}`,
  }));
  return [{ name: 'model', path: model, pointer: '/with/model' }, ...shards];
}

export function fileName(path: string): string {
  return path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
}

export function checkImportModel(options: JsonObject): StageCheck {
  const { weights, inputShape } = parseImportModel(options);
  const names = weights.map(fileName);
  const twice = names.findIndex((name, index) => names.indexOf(name) !== index);
  if (twice !== -1) {
    const message = `two files of weights are called ${names[twice] ?? ''}, and model.json tells them apart by name`;
    return { problems: [{ code: 'bad-option', message, pointer: `/with/weights/${twice}` }] };
  }
  return { problems: [], facts: writeFacts(inputShape === undefined ? {} : { inputShape }) };
}
