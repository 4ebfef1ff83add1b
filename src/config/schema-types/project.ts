// Made by scripts/generate.ts from schemas/project.schema.json. Change the schema instead.

/**
 * Defaults for every pipeline of a folder: pipeline.config.yaml, .pipelinerc, or the key "pipeline" in package.json.
 */
export interface Project {
  /**
   * What keeps artifacts and runs: its folder, relative to this file, or more about it.
   */
  store?:
    | string
    | {
        /**
         * Relative to this file. Several projects may share one.
         */
        folder?: string;
        /**
         * How much gc leaves at most of what nobody needs now, as in 20GiB.
         */
        limit?: string;
      };
  /**
   * What computes with tensors where a pipeline does not say: `wasm` is built in; `native` needs @tensorflow/tfjs-node; `auto` is native where it loads, else wasm.
   */
  backend?: 'wasm' | 'native' | 'auto';
  /**
   * Stages at once. Two if left out, or one on a machine with a single core.
   */
  jobs?: number;
  /**
   * Pools of what the stages of a run share, as in gpu: 1 or memory: 16GiB: as many stages run at once as these allow that say what they take.
   */
  resources?: {
    [k: string]: number | string;
  };
  /**
   * What brings stage types of its own: TypeScript or JavaScript files (`./stages/mine.ts`, relative to this file), or packages that the project has installed. Only these are executed when a pipeline is read.
   */
  plugins?: string[];
}
