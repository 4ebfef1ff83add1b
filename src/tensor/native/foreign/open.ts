import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ForeignModelProblem, type ForeignModel, type PortChoice } from './foreign-model.ts';
import { GRAPH_MODEL, openGraphModel } from './graph-model.ts';
import { openSavedModel, SAVED_MODEL } from './saved-model.ts';

/**
 * Needs the native backend. A model is a program: it does what it likes when it is run.
 * @param folder that of a SavedModel, or of a TensorFlow.js graph model
 * @throws ForeignModelProblem
 */
export async function openForeignModel(folder: string, choice: PortChoice): Promise<ForeignModel> {
  if (existsSync(join(folder, SAVED_MODEL))) return openSavedModel(folder, choice);
  if (existsSync(join(folder, GRAPH_MODEL))) return openGraphModel(folder, choice);
  throw new ForeignModelProblem(`holds neither a SavedModel (${SAVED_MODEL}) nor a graph model (${GRAPH_MODEL})`, {
    hint: 'name the folder that has it',
  });
}
