// Made by scripts/generate.ts from schemas/pipeline.schema.json. Change the schema instead.

export type Count = number;
export type Need =
  | string
  | {
      /**
       * Whose artifact it is.
       */
      stage: string;
      matrix?: Combination1;
    };
/**
 * In all, the first one counted.
 */
export type Attempts = number;

/**
 * A pipeline of stages, as `pipeline run` reads it after `${params.…}` and `${matrix.…}` are filled in. Editors use editor/pipeline.schema.json, which is made from this file and knows the stage types and references.
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
  matrix?: Matrix;
  /**
   * How often each stage that draws at random is run: replicate k adds k to its seed. What needs it follows, unless it gathers `replicate`.
   */
  replicates?:
    | Count
    | {
        count: Count;
        /**
         * The stages whose seeds differ; every one that draws at random, if left out.
         *
         * @minItems 1
         */
        draw?: [string, ...string[]];
      };
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
 * Axes of the whole pipeline: a stage that refers to `${matrix.x}` is run once for each value of x, and so is what needs it, unless it gathers x.
 */
export interface Matrix {
  /**
   * Combinations that are added: each names a value of every axis.
   *
   * @minItems 1
   */
  include?: [Combination, ...Combination[]];
  /**
   * Combinations that are left out: every one that has all the values named here.
   *
   * @minItems 1
   */
  exclude?: [Combination, ...Combination[]];
  /**
   * Its values; or, where they depend on another axis, which one, and the values for each of its values.
   */
  [k: string]:
    | [unknown, ...unknown[]]
    | {
        /**
         * The axis of the same matrix that this one depends on.
         */
        by: string;
        /**
         * For each value of that axis, by the name that it has in the ids of stages.
         */
        values: {
          [k: string]: unknown[];
        };
      };
}
export interface Combination {
  [k: string]: unknown;
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
   * The stages whose artifacts this one is given, by slot: `data: load-data`; some variants of one: `{ stage: train-student, matrix: { width: 128 } }`.
   */
  needs?: {
    [k: string]: Need;
  } | null;
  matrix?: Matrix1;
  /**
   * How often the stage is run: replicate k adds k to its seed.
   */
  replicates?: number;
  /**
   * Axes of the stages that this one needs which it does not take over: it is given the artifacts of all their values at once.
   *
   * @minItems 1
   */
  gather?: [string, ...string[]];
  /**
   * The options of the stage type.
   */
  with?: {
    [k: string]: unknown;
  } | null;
  /**
   * Whether the stage runs: true or false, also as `${params.…}`, or a bound on a metric of a stage before it, as in `evaluate.teacher.validation.accuracy > 0.9`. Else it is skipped, with what needs it.
   */
  when?: boolean | string;
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
/**
 * Which of its variants: those that have these values.
 */
export interface Combination1 {
  [k: string]: unknown;
}
/**
 * Axes with the values that they take. The stage is run once for each combination of them; `${matrix.x}` is the value of the axis x.
 */
export interface Matrix1 {
  /**
   * Combinations that are added: each names a value of every axis.
   *
   * @minItems 1
   */
  include?: [Combination, ...Combination[]];
  /**
   * Combinations that are left out: every one that has all the values named here.
   *
   * @minItems 1
   */
  exclude?: [Combination, ...Combination[]];
  /**
   * Its values; or, where they depend on another axis, which one, and the values for each of its values.
   */
  [k: string]:
    | [unknown, ...unknown[]]
    | {
        /**
         * The axis of the same matrix that this one depends on.
         */
        by: string;
        /**
         * For each value of that axis, by the name that it has in the ids of stages.
         */
        values: {
          [k: string]: unknown[];
        };
      };
}
