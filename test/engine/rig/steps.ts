/** One thing that a steered stage does before it writes its result. */
export type Step =
  /** Makes the file: the test waits for it, or counts its lines. */
  | { readonly do: 'note'; readonly file: string; readonly text: string }
  | { readonly do: 'note-pid'; readonly file: string }
  | { readonly do: 'sleep'; readonly milliseconds: number }
  /** Until the file is there, or the run is cancelled. */
  | { readonly do: 'wait-for'; readonly file: string }
  /** Until the run is cancelled. */
  | { readonly do: 'hang' }
  /** Awaits for ever, and does not hear that the run is cancelled. */
  | { readonly do: 'hang-deaf' }
  /** Computes for ever, and never comes back to the event loop. */
  | { readonly do: 'spin' }
  | { readonly do: 'ignore-sigterm' }
  | { readonly do: 'throw'; readonly message: string }
  | { readonly do: 'fail'; readonly message: string; readonly hint: string; readonly pointer: string }
  /** Fails so many times, which it counts in the file. */
  | { readonly do: 'fail-first'; readonly times: number; readonly file: string }
  | { readonly do: 'throw-uncaught'; readonly message: string }
  | { readonly do: 'kill-itself'; readonly signal: NodeJS.Signals }
  | { readonly do: 'exit'; readonly code: number }
  | { readonly do: 'print'; readonly stream: 'stdout' | 'stderr'; readonly text: string; readonly times: number }
  | { readonly do: 'write'; readonly path: string }
  /** Writes without waiting for it. */
  | { readonly do: 'write-carelessly'; readonly path: string }
  | { readonly do: 'progress'; readonly times: number }
  | { readonly do: 'allocate'; readonly bytes: number }
  | { readonly do: 'leave-file-open'; readonly file: string }
  /** Throws in the next stage's time, or when there is none. */
  | { readonly do: 'throw-later'; readonly milliseconds: number }
  | { readonly do: 'give-metric'; readonly value: 'NaN' | 'undefined' | 'date' | number };
