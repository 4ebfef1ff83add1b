import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { afterEach, expect, test } from '@jest/globals';
import { runOnce } from './again-rig.ts';
import { newProject, type Project } from './project.ts';

const pipeline = `version: 1
name: commands
stages:
  join:
    run: cat data/*.txt > all.txt; mkdir -p parts; printf "%s" "$AGAIN_WORD" > parts/word
    inputs: [data]
    outputs: [all.txt, parts]
    env: [AGAIN_WORD]
  count:
    run: wc -c < all.txt > size.txt
    inputs: [all.txt]
    outputs: [size.txt]
`;

let project: Project;

afterEach(() => {
  delete process.env['AGAIN_WORD'];
});

/** Each is a change after a run from a snapshot, and what must run then; what must lie in the folder is there in any case. */
const changes: readonly { change: string; make: () => void; runs: readonly string[]; again?: true }[] = [
  { change: 'none', make: () => undefined, runs: [], again: true },
  {
    change: 'an output deleted',
    make: () => {
      rmSync(project.path('size.txt'));
    },
    runs: [],
  },
  {
    change: 'a folder of outputs deleted',
    make: () => {
      rmSync(project.path('parts'), { recursive: true });
    },
    runs: [],
  },
  {
    change: 'an output written over',
    make: () => {
      writeFileSync(project.path('size.txt'), '9\n');
    },
    runs: [],
  },
  {
    change: 'an output with other rights',
    make: () => {
      chmodSync(project.path('size.txt'), 0o600);
    },
    runs: [],
  },
  {
    change: 'a link to nothing among the inputs',
    make: () => {
      symlinkSync('../b', project.path('data/b.txt'));
    },
    runs: [],
  },
  {
    change: 'something where it leads',
    make: () => {
      writeFileSync(project.path('b'), 'b\n');
    },
    runs: ['join', 'count'],
  },
  {
    change: 'no link any more',
    make: () => {
      rmSync(project.path('data/b.txt'));
    },
    runs: [],
  },
  {
    change: 'another input',
    make: () => {
      writeFileSync(project.path('data/c.txt'), 'c\n');
    },
    runs: ['join', 'count'],
  },
  {
    change: 'one less',
    make: () => {
      rmSync(project.path('data/c.txt'));
    },
    runs: [],
  },
  {
    change: 'an input written over',
    make: () => {
      writeFileSync(project.path('data/a.txt'), 'A\n');
    },
    runs: ['join', 'count'],
  },
  { change: 'a variable that is declared', make: () => void (process.env['AGAIN_WORD'] = 'word'), runs: ['join'] },
];

test('of commands, a change runs what it has to and leaves the outputs as they should be, whatever the snapshot says', async () => {
  project = await newProject({ '.git': '', 'p.yaml': pipeline });
  mkdirSync(project.path('data'));
  writeFileSync(project.path('data/a.txt'), 'a\n');
  const seen = [];
  for (const { change, make } of changes) {
    await untilAgain();
    make();
    const { ran, again } = await runOnce(project, 'p.yaml');
    seen.push({ change, runs: ran, again });
    const size = Number(readFileSync(project.path('size.txt'), 'utf8'));
    expect({ change, size }).toEqual({ change, size: statSync(project.path('all.txt')).size });
    expect({ change, word: existsSync(project.path('parts/word')) }).toEqual({ change, word: true });
  }
  expect(seen).toEqual(changes.map(({ change, runs, again = false }) => ({ change, runs, again })));
}, 120_000);

/** With a link that leads to nothing no run is one from a snapshot. */
async function untilAgain(): Promise<void> {
  for (let attempt = 0; attempt < 4; attempt++) if ((await runOnce(project, 'p.yaml')).again) return;
  expect(existsSync(project.path('b')) || statSync(project.path('data/b.txt'), { throwIfNoEntry: false })).toBe(
    undefined,
  );
}
