import { pythonWith } from './python-venv.ts';

const PACKAGE = 'tensorflow-cpu==2.21.0';

/** About half a minute, once. @returns Python, or why there is none */
export function kerasPython(): ReturnType<typeof pythonWith> {
  return pythonWith(`bench-${PACKAGE}`, [PACKAGE]);
}
