/** Who a process is, so that another one can tell later whether it is still there. */
export interface ProcessIdentity {
  /** The host's name, for people. */
  readonly host: string;
  /** Tells hosts (and process namespaces of one host) with the same name apart. */
  readonly machine: string;
  /** Changes with every start of the host. */
  readonly boot: string;
  readonly pid: number;
  /** When the process started, in words of the system that only equality is asked of: process ids are given anew. */
  readonly started: string;
}

/** Of this process. */
export function processIdentity(): ProcessIdentity {
  throw new Error('not written yet');
}

/** `elsewhere`: on another host, where nobody here can tell. */
export type ProcessState = 'alive' | 'dead' | 'elsewhere';

export function processState(_identity: ProcessIdentity): ProcessState {
  throw new Error('not written yet');
}
