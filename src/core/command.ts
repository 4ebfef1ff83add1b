/** The stage type that `run:` is written for. */
export const COMMAND_TYPE = 'command';

/**
 * What a stage runs in the project folder, and which files it reads and makes there. Paths are relative to that folder, with `/`,
 * without `.` and `..`; the empty one is the folder itself.
 */
export interface Command {
  /** The program and its arguments. */
  readonly argv: readonly string[];
  /** Where it runs. */
  readonly folder: string;
  /** Files, folders and globs. */
  readonly inputs: readonly CommandPath[];
  /** Files and folders, none inside another; those with metrics too. */
  readonly outputs: readonly CommandPath[];
  /** JSON or YAML files. */
  readonly metrics: readonly CommandPath[];
  /** Variables that count, with the value that was written; null for what is passed on as it is set. */
  readonly env: Readonly<Record<string, string | null>>;
  /** Variables that are passed on and do not count. */
  readonly passEnv: readonly string[];
  /** Whether the program is Node itself, whose version is then part of what determines the result. */
  readonly usesNode: boolean;
}

export interface CommandPath {
  readonly path: string;
  /** Where it was written, relative to the stage: `/with/outputs/0`. */
  readonly pointer: string;
}
