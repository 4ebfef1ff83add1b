// Made by scripts/generate.ts from schemas/pipeline.schema.json. Change the schema instead.

/**
 * Version of this format. Always 1.
 */
export type Version = 1;
/**
 * What runs and reports call the pipeline.
 */
export type Name = string;
/**
 * What the pipeline is for, in a sentence.
 */
export type Description = string;
/**
 * What random numbers are drawn from, in every stage that draws any and has no seed of its own. 0 if left out.
 */
export type Seed = number;
/**
 * What computes with tensors: `wasm` is built in; `native` needs @tensorflow/tfjs-node; `auto` is native where it loads, else wasm. `--backend` wins over it, and it over the project file.
 */
export type Backend = 'wasm' | 'native' | 'auto';
/**
 * What the stage does. `pipeline stages` lists the types.
 */
export type StageType = string;
/**
 * What the stage is for, in a sentence.
 */
export type Description1 = string;

/**
 * A pipeline of stages, as `pipeline run` reads it after `${params.…}` is filled in. Editors use editor/pipeline.schema.json, which is made from this file and knows the stage types and references.
 */
export interface Pipeline {
  version: Version;
  name: Name;
  description?: Description;
  params?: Parameters;
  backend?: Backend;
  stages: Stages;
  gates?: Gates;
}
/**
 * The knobs of the experiment. Values refer to them by `${params.name}`; `--set name=value` and params files override them.
 */
export interface Parameters {
  seed?: Seed;
  [k: string]: unknown | undefined;
}
/**
 * What is done, by stage id. Order does not matter: a stage runs when what it needs is there.
 */
export interface Stages {
  [k: string]: Stage | undefined;
}
/**
 * One step of the pipeline.
 */
export interface Stage {
  type: StageType;
  needs?: Needs;
  with?: Options;
  description?: Description1;
}
/**
 * The stages whose artifacts this one is given, by slot: `data: load-data`.
 */
export interface Needs {
  [k: string]: string | undefined;
}
/**
 * The options of the stage type.
 */
export interface Options {
  [k: string]: unknown | undefined;
}
/**
 * Bounds on metrics: `evaluate.student.validation.accuracy: ">= 0.9"`. A run that misses one exits 1.
 */
export interface Gates {
  [k: string]: string | undefined;
}
