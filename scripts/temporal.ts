import { builtProgram } from './go-program.ts';

/** Where the command is built whose development server the tests of the Temporal engine use. */
export function temporalProgram(): string {
  return builtProgram('temporal');
}
