/**
 * What `import … from 'distill-pipeline'` gives inside a plugin, whether or not the project has the package installed. Its code is
 * part of a plugin's, and so of the keys of its stages: it holds what stages need and no more.
 */
export { defineStageType } from './core/stage-declaration.ts';
export { StageFailure } from './core/stage-runner.ts';
