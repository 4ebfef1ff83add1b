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
   * A second place behind the store, which several machines share: what is not here is looked for there, and what is made here is brought there. Either `s3` or `folder`.
   */
  remote?: {
    /**
     * A bucket of AWS S3, or of a server that speaks as S3 does. Credentials never stand here: they come from the environment, a profile or the machine's role.
     */
    s3?: {
      /**
       * Its name. It is not made: it has to be there.
       */
      bucket: string;
      /**
       * Before every name in the bucket, so that it can hold other things too.
       */
      prefix?: string;
      /**
       * Of the bucket; the one that the environment or the profile says, if left out.
       */
      region?: string;
      /**
       * The address of a server that is not AWS, without credentials.
       */
      endpoint?: string;
      /**
       * Whether the bucket stands in the path and not in the host's name. So it is where an endpoint is named, if left out.
       */
      forcePathStyle?: boolean;
      /**
       * How long nothing may come before a request is tried again, as in 30s.
       */
      timeout?: string;
    };
    /**
     * A folder that several machines see, relative to this file.
     */
    folder?: string;
    /**
     * `read`: what is made here is not brought there.
     */
    access?: 'read-write' | 'read';
  };
  /**
   * The server of runs that are started with --engine temporal, and of the workers that take their stages. API keys and certificates never stand here: they come from Temporal's own variables, as TEMPORAL_API_KEY.
   */
  temporal?: {
    /**
     * Host and port. What TEMPORAL_ADDRESS says, else localhost:7233, if left out.
     */
    address?: string;
    /**
     * What TEMPORAL_NAMESPACE says, else default, if left out.
     */
    namespace?: string;
    /**
     * Before the names of task queues and workflows: workers take stages of runs with the same one.
     */
    prefix?: string;
    /**
     * How long a worker may say nothing before its stages go on elsewhere, as in 30s.
     */
    heartbeatTimeout?: string;
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
