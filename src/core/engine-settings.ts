/** Where a cluster of workers is, as the project file says. Keys and certificates come from the environment. */
export interface TemporalSettings {
  /** `host:port`; what TEMPORAL_ADDRESS says, else the one of a server on this machine, if absent. */
  readonly address?: string;
  readonly namespace?: string;
  /** Before the names of its task queues and workflows. */
  readonly prefix: string;
  /** Milliseconds after which a worker that says nothing is given up. */
  readonly heartbeatTimeout: number;
}
