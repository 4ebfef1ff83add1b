// Made by scripts/generate.ts from schemas/pipeline.schema.json. Change the schema instead.

/**
 * In all, the first one counted.
 */
export type Attempts = number;

/**
 * A pipeline of stages, as `pipeline run` reads it after `${params.…}` is filled in. Editors use editor/pipeline.schema.json, which is made from this file and knows the stage types and references.
 */
export interface Pipeline {
  /**
   * Version of this format. Always 1.
   */
  version: 1;
  /**
   * What runs and reports call the pipeline.
   */
  name: string;
  /**
   * What the pipeline is for, in a sentence.
   */
  description?: string;
  /**
   * The knobs of the experiment. Values refer to them by `${params.name}`; `--set name=value` and params files override them.
   */
  params?: {
    /**
     * What random numbers are drawn from, in every stage that draws any and has no seed of its own. 0 if left out.
     */
    seed?: number;
    [k: string]: unknown;
  } | null;
  /**
   * What computes with tensors: `wasm` is built in; `native` needs @tensorflow/tfjs-node; `auto` is native where it loads, else wasm. `--backend` wins over it, and it over the project file.
   */
  backend?: 'wasm' | 'native' | 'auto';
  /**
   * What is done, by stage id. Order does not matter: a stage runs when what it needs is there.
   */
  stages: {
    [k: string]: Stage;
  };
  /**
   * Bounds on metrics: `evaluate.student.validation.accuracy: ">= 0.9"`. A run that misses one exits 1.
   */
  gates?: {
    [k: string]: string;
  } | null;
}
/**
 * One step of the pipeline.
 */
export interface Stage {
  /**
   * What the stage does. `pipeline stages` lists the types.
   */
  type: string;
  /**
   * The stages whose artifacts this one is given, by slot: `data: load-data`.
   */
  needs?: {
    [k: string]: string;
  } | null;
  /**
   * The options of the stage type.
   */
  with?: {
    [k: string]: unknown;
  } | null;
  /**
   * How long an attempt may take, as in 30m; then its process is ended, and the attempt has failed.
   */
  timeout?: string | number;
  /**
   * How often a stage that fails is tried, the first time counted; or that with the pauses between.
   */
  retry?:
    | Attempts
    | {
        attempts: Attempts;
        /**
         * Before the second attempt. One second if left out.
         */
        delay?: string | number;
        /**
         * What the delay is multiplied by for each further attempt. 2 if left out.
         */
        factor?: number;
      };
  /**
   * `false`: the stage always runs, and its result is not kept for other runs. What needs it still runs only where the content is another.
   */
  cache?: boolean;
  /**
   * What the stage is for, in a sentence.
   */
  description?: string;
}
