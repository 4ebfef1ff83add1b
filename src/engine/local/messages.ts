import type { BackendName } from '../../core/pipeline-spec.ts';
import type { StageProgress } from '../../core/stage-runner.ts';
import type { StageExecution, StageTask } from '../executor.ts';

/** What the engine's process and a child say to each other. */
export type ToChild =
  | {
      readonly type: 'run';
      readonly task: StageTask;
      readonly downloadFolder: string;
      /** Written to stdout and stderr when the stage has ended, so that nothing printed before is missed. */
      readonly mark: string;
    }
  | { readonly type: 'cancel' };

export type FromChild =
  | { readonly type: 'begun' }
  /** The child may hear and say nothing until it has. */
  | { readonly type: 'loading'; readonly backend: BackendName }
  | { readonly type: 'loaded' }
  | { readonly type: 'progress'; readonly event: StageProgress }
  | { readonly type: 'ended'; readonly execution: StageExecution; readonly rssBytes: number };
