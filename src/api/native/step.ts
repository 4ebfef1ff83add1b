import type { Result } from '../../base/result.ts';
import type { NativeLayout } from './layout.ts';

/** A part of the installation. It is made under another name and then gets its own, so that after a kill it is there or not. */
export interface Step {
  readonly title: string;
  /** Fetched from the network, in words with their size. */
  readonly downloads: readonly string[];
  /** Bytes on the disk while it runs and after it. */
  readonly disk: number;
  readonly needs: readonly Need[];
  isDone(): boolean;
  /** @returns a remark for the person, or what went wrong */
  run(): Promise<Result<string | undefined, string>>;
}

export type Need = 'npm' | 'python' | 'pip' | 'compiler' | 'make' | 'processor' | 'libc';

export interface StepContext {
  readonly layout: NativeLayout;
  /** An empty folder that is removed when the process that asked for it is gone. */
  readonly temporaryFolder: (purpose: string) => Promise<string>;
  /** Loads the backend that lies in this folder, in a process of its own. @returns what went wrong */
  readonly tryLoading: (folder: string) => Promise<string | undefined>;
}
