import { connect, createServer, type Server, type Socket } from 'node:net';
import { afterAll } from '@jest/globals';
import { listenOnLoopback } from '../../base/loopback.ts';

/**
 * How a network fails. `silent`: nothing comes through and nobody is told; what was sent arrives when it heals, as TCP sends again, if
 * nobody gave up. `reset`: each connection is closed at once, and new ones as well.
 */
export type Cut = 'silent' | 'reset';

export interface Partition {
  readonly port: number;
  readonly address: string;
  cut(how: Cut): void;
  heal(): void;
}

/** A network between a program and a port of 127.0.0.1 that can be cut; gone when the test file is done. */
export async function partition(port: number): Promise<Partition> {
  const pairs = new Set<Pair>();
  let state: Cut | 'whole' = 'whole';
  const server = createServer({ allowHalfOpen: true }, (near) => {
    if (state === 'reset') {
      near.resetAndDestroy();
      return;
    }
    const far = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    const pair = joined(near, far);
    pairs.add(pair);
    void Promise.all([near, far].map((socket) => new Promise((resolve) => socket.once('close', resolve)))).then(() => {
      pairs.delete(pair);
    });
    if (state === 'silent') pair.hold();
  });
  open.push({ server, pairs });
  const own = await listenOnLoopback(server);
  return {
    port: own,
    address: `127.0.0.1:${own}`,
    cut: (how) => {
      state = how;
      for (const pair of pairs) {
        if (how === 'reset') pair.reset();
        else pair.hold();
      }
    },
    heal: () => {
      state = 'whole';
      for (const pair of pairs) pair.release();
    },
  };
}

const open: { readonly server: Server; readonly pairs: ReadonlySet<Pair> }[] = [];

afterAll(() => {
  for (const { server, pairs } of open.splice(0)) {
    server.close();
    for (const pair of pairs) pair.reset();
  }
});

/** Both halves of a connection through the proxy. */
interface Pair {
  hold(): void;
  release(): void;
  reset(): void;
}

function joined(near: Socket, far: Socket): Pair {
  let isHeld = false;
  // An end that comes during a partition is not heard of before it heals.
  const late: (() => void)[] = [];
  const now = (then: () => void): void => {
    if (isHeld) late.push(then);
    else then();
  };
  const one = (from: Socket, to: Socket): void => {
    from.setNoDelay(true);
    from.on('data', (bytes) => {
      now(() => {
        to.write(bytes);
      });
    });
    from.on('end', () => {
      now(() => {
        to.end();
      });
    });
    from.on('error', () => undefined);
    from.on('close', (hasFailed) => {
      now(() => {
        if (hasFailed) to.resetAndDestroy();
        else to.destroySoon();
      });
    });
  };
  one(near, far);
  one(far, near);
  return {
    hold: () => {
      isHeld = true;
    },
    release: () => {
      isHeld = false;
      for (const then of late.splice(0)) then();
    },
    reset: () => {
      near.resetAndDestroy();
      far.resetAndDestroy();
    },
  };
}
