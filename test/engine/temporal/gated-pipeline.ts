import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '../../base/temporary-folder.ts';

export interface Gated {
  readonly files: Readonly<Record<string, string>>;
  readonly ran: () => readonly string[];
  readonly open: () => void;
}

/** Commands that say outside of the project that they ran, the second of which waits until a gate is opened. */
export function gated(): Gated {
  const outside = temporaryFolder();
  const [log, gate] = [join(outside, 'log'), join(outside, 'gate')];
  const files = {
    'in.txt': 'a line\n',
    'p.yaml': `version: 1
name: gated
stages:
  first: { run: echo first >> ${log}; echo told by first; cat in.txt > first.txt, inputs: [in.txt], outputs: [first.txt] }
  second:
    run: echo second >> ${log}; while [ ! -e ${gate} ]; do sleep 0.1; done; cat first.txt first.txt > second.txt
    inputs: [first.txt]
    outputs: [second.txt]
  third: { run: echo third >> ${log}; sort second.txt > third.txt, inputs: [second.txt], outputs: [third.txt] }
`,
  };
  return {
    files,
    ran: () => (existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n') : []),
    open: () => {
      writeFileSync(gate, '');
    },
  };
}
