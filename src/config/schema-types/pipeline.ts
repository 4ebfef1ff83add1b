// Made by scripts/generate.ts from schemas/pipeline.schema.json. Change the schema instead.

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
  /**
   * Axes of the whole pipeline: a stage that refers to `${matrix.x}` is run once for each value of x, and so is what needs it, unless it gathers x.
   */
  matrix?: {
    /**
     * Combinations that are added: each names a value of every axis.
     *
     * @minItems 1
     */
    include?: [
      {
        [k: string]: unknown;
      },
      ...{
        [k: string]: unknown;
      }[],
    ];
    /**
     * Combinations that are left out: every one that has all the values named here.
     *
     * @minItems 1
     */
    exclude?: [
      {
        [k: string]: unknown;
      },
      ...{
        [k: string]: unknown;
      }[],
    ];
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
  };
  /**
   * How often each stage that draws at random is run: replicate k adds k to its seed. What needs it follows, unless it gathers `replicate`.
   */
  replicates?:
    | number
    | {
        count: number;
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
    /**
     * One step of the pipeline.
     */
    [k: string]: {
      /**
       * What the stage does. `pipeline stages` lists the types. A stage that runs a command has `run` in its place.
       */
      type?: string;
      /**
       * The command: a text goes through `sh -c`, a list is run as it is. In a text, `${params.…}` is quoted for the shell.
       */
      run?: string | [string | number | boolean, ...(string | number | boolean)[]];
      /**
       * Files, folders or globs that the command reads, relative to the project folder. The output of another stage among them makes that stage run first.
       */
      inputs?: string[];
      /**
       * Files or folders that the command makes, relative to the project folder. They are removed before it runs, kept in the store, and put back when it need not run.
       */
      outputs?: string[];
      /**
       * JSON or YAML files that the command makes, with numbers for the run's record. They are outputs too.
       */
      metrics?: string[];
      /**
       * Variables that the command gets and that count: names, which are passed on as they are set, or names with values. Keys and records hold only a keyed hash of each.
       */
      env?:
        | string[]
        | {
            [k: string]: string | number | boolean | null;
          };
      /**
       * Variables that the command gets as they are set, and that change no result.
       */
      passEnv?: string[];
      /**
       * Where the command runs, relative to the project folder; that itself if left out.
       */
      folder?: string;
      /**
       * The stages whose artifacts this one is given, by slot: `data: load-data`; some variants of one: `{ stage: train-student, matrix: { width: 128 } }`.
       */
      needs?: {
        [k: string]:
          | string
          | {
              /**
               * Whose artifact it is.
               */
              stage: string;
              /**
               * Which of its variants: those that have these values.
               */
              matrix?: {
                [k: string]: unknown;
              };
            };
      } | null;
      /**
       * Axes with the values that they take. The stage is run once for each combination of them; `${matrix.x}` is the value of the axis x.
       */
      matrix?: {
        /**
         * Combinations that are added: each names a value of every axis.
         *
         * @minItems 1
         */
        include?: [
          {
            [k: string]: unknown;
          },
          ...{
            [k: string]: unknown;
          }[],
        ];
        /**
         * Combinations that are left out: every one that has all the values named here.
         *
         * @minItems 1
         */
        exclude?: [
          {
            [k: string]: unknown;
          },
          ...{
            [k: string]: unknown;
          }[],
        ];
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
      };
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
        | number
        | {
            /**
             * In all, the first one counted.
             */
            attempts: number;
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
       * What the stage takes of the project's pools while it runs, as in gpu: 1 or memory: 4GiB.
       */
      resources?: {
        [k: string]: number | string;
      } | null;
      /**
       * `false`: the stage always runs, and its result is not kept for other runs. What needs it still runs only where the content is another.
       */
      cache?: boolean;
      /**
       * What the stage is for, in a sentence.
       */
      description?: string;
    };
  };
  /**
   * Bounds on metrics: `evaluate.student.validation.accuracy: ">= 0.9"`. A run that misses one exits 1.
   */
  gates?: {
    [k: string]: string;
  } | null;
}
