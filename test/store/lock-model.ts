/**
 * A model of src/store/lock.ts, small enough to walk through every interleaving of a few processes, each of which may die
 * between any two steps. One step is one act upon the folder. A look at the folder is a step for each number in any order: of a
 * listing, nothing is taken for granted but that it shows what was there all the while.
 */
export interface Scenario {
  readonly processes: number;
  /** How often each process takes the lock. */
  readonly rounds: number;
  readonly deaths: number;
  /** Numbers that dead processes left. */
  readonly leftBehind: readonly number[];
  /** Numbers that there are in the model; it throws if these are too few. */
  readonly highest: number;
  /** Leaves a precaution out, to see that the model needs it. */
  readonly without?: 'second look' | 'third look';
}

export type Verdict = { readonly states: number; readonly problem?: 'two hold' | 'a living claim was removed' };

type Place = 'rest' | 'look1' | 'link' | 'look2' | 'step back' | 'look3' | 'clean' | 'inside' | 'done' | 'dead';

interface Process {
  readonly place: Place;
  readonly rounds: number;
  /** Numbers still to be looked at. */
  readonly unseen: readonly number[];
  /** Dead claims that were seen. */
  readonly dead: readonly number[];
  readonly number: number;
}

interface State {
  readonly processes: readonly Process[];
  /** By number: the process, or null for one that is dead. */
  readonly claims: Readonly<Record<number, number | null>>;
  readonly deaths: number;
}

const HOLDING: ReadonlySet<Place> = new Set(['look3', 'clean', 'inside']);
export function explore(scenario: Scenario): Verdict {
  const start: Process = { place: 'rest', rounds: scenario.rounds, unseen: [], dead: [], number: 0 };
  const initial: State = {
    processes: Array.from({ length: scenario.processes }, () => start),
    claims: Object.fromEntries(scenario.leftBehind.map((number) => [number, null])),
    deaths: scenario.deaths,
  };
  const seen = new Set([JSON.stringify(initial)]);
  const open = [initial];
  for (let state = open.pop(); state !== undefined; state = open.pop()) {
    const { processes, claims } = state;
    if (processes.filter((process) => HOLDING.has(process.place)).length > 1) {
      return { states: seen.size, problem: 'two hold' };
    }
    for (const [id, process] of processes.entries()) {
      const hasClaim = HOLDING.has(process.place) || process.place === 'look2' || process.place === 'step back';
      if (hasClaim && claims[process.number] !== id)
        return { states: seen.size, problem: 'a living claim was removed' };
      for (const next of nextStates(state, id, scenario)) {
        // Processes that are in the same place are alike, but telling them apart costs less than finding out.
        const text = JSON.stringify(next);
        if (seen.has(text)) continue;
        seen.add(text);
        open.push(next);
      }
    }
  }
  return { states: seen.size };
}

function nextStates(state: State, id: number, { without, highest }: Scenario): readonly State[] {
  const process = state.processes[id];
  if (process === undefined || process.place === 'done' || process.place === 'dead') return [];
  const { claims } = state;
  const numbers = Array.from({ length: highest }, (_, index) => index + 1);
  const next: State[] = [];
  const go = (change: Partial<Process>, more: Partial<State> = {}): void => {
    const changed = { ...process, ...change };
    next.push({ ...state, processes: state.processes.with(id, changed), ...more });
  };
  const restart = (more?: Partial<State>): void => {
    go({ place: 'rest', unseen: [], dead: [], number: 0 }, more);
  };

  switch (process.place) {
    case 'rest':
      go({ place: 'look1', unseen: numbers });
      break;
    case 'look1':
    case 'look2':
    case 'look3':
      if (process.unseen.length === 0) afterLook();
      for (const number of process.unseen) see(number);
      break;
    case 'link':
      if (process.number > highest) throw new RangeError('the model needs more numbers');
      if (process.number in claims) restart();
      else {
        const unseen = numbers.filter((number) => number !== process.number);
        go({ place: 'look2', unseen, dead: [] }, { claims: { ...claims, [process.number]: id } });
      }
      break;
    case 'step back':
      restart({ claims: without_(claims, process.number) });
      break;
    case 'clean': {
      const [first, ...dead] = process.dead;
      if (first === undefined) go({ place: 'inside' });
      else go({ dead }, { claims: without_(claims, first) });
      break;
    }
    case 'inside': {
      const rounds = process.rounds - 1;
      const place = rounds === 0 ? 'done' : 'rest';
      go({ place, rounds, unseen: [], dead: [], number: 0 }, { claims: without_(claims, process.number) });
    }
  }
  if (state.deaths > 0) {
    const left = Object.entries(claims).map(([number, owner]) => [number, owner === id ? null : owner] as const);
    const gone = { place: 'dead', rounds: 0, unseen: [], dead: [], number: 0 } as const;
    go(gone, { claims: Object.fromEntries(left), deaths: state.deaths - 1 });
  }
  return next;

  function see(number: number): void {
    if (process === undefined) return;
    const unseen = process.unseen.filter((other) => other !== number);
    const owner = claims[number];
    if (owner === undefined) go({ unseen });
    else if (owner === null) go({ unseen, dead: [...process.dead, number].sort() });
    else if (process.place === 'look1') restart();
    else if (process.place === 'look2' && without !== 'second look') go({ place: 'step back', unseen: [], dead: [] });
    else go({ unseen });
  }

  function afterLook(): void {
    if (process === undefined) return;
    const { place, dead } = process;
    if (place === 'look1') go({ place: 'link', dead: [], number: Math.max(0, ...dead) + 1 });
    else if (place === 'look3' || without === 'third look') go({ place: 'clean' });
    else if (dead.length === 0) go({ place: 'inside' });
    else go({ place: 'look3', unseen: numbers.filter((number) => number !== process.number), dead: [] });
  }
}

function without_(claims: State['claims'], number: number): State['claims'] {
  return Object.fromEntries(Object.entries(claims).filter(([other]) => Number(other) !== number));
}
