import type { StageType, StageTypes } from '../core/stage-type.ts';
import { combineSoftLabels } from './combine-soft-labels/type.ts';
import { command } from './command/type.ts';
import { compare } from './compare/type.ts';
import { correctBias } from './correct-bias/type.ts';
import { evaluate } from './evaluate/type.ts';
import { exportModel } from './export-model/type.ts';
import { importModel } from './import-model/type.ts';
import { importSoftLabels } from './import-soft-labels/type.ts';
import { loadData } from './load-data/type.ts';
import { permuteSoftLabels } from './permute-soft-labels/type.ts';
import { predictSavedModel } from './predict-saved-model/type.ts';
import { predictSoftLabels } from './predict-soft-labels/type.ts';
import { trainStudent } from './train-student/type.ts';
import { trainTeacher } from './train-teacher/type.ts';
import { transformData } from './transform-data/type.ts';

const builtIn: readonly StageType[] = [
  loadData,
  transformData,
  trainTeacher,
  importModel,
  predictSoftLabels,
  predictSavedModel,
  importSoftLabels,
  combineSoftLabels,
  permuteSoftLabels,
  trainStudent,
  correctBias,
  evaluate,
  compare,
  exportModel,
  command,
];

/** The declarations of the stage types that come with the program, in the order of a pipeline. Loads no TensorFlow. */
export function builtInStageTypes(): StageTypes {
  return new Map(builtIn.map((type) => [type.name, type]));
}
