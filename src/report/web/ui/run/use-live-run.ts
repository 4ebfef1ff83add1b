import { useEffect, useState } from 'preact/hooks';
import type { PipelineEvent } from '../../../../core/event.ts';
import type { Refusal } from '../../../../ui/protocol.ts';
import { refusalOf, server } from '../server.ts';
import { followRun, type LiveRun } from './live-run.ts';

export interface FollowedRun {
  readonly live?: LiveRun;
  readonly refusal?: Refusal;
  /** Whether its events come in. */
  readonly following: boolean;
}

/** A run by its record; of one under way, as its events come in, whoever started it. */
export function useLiveRun(id: string): FollowedRun {
  const [state, setState] = useState<FollowedRun>({ following: false });
  useEffect(() => {
    const stop = new AbortController();
    setState({ following: false });
    follow(id, stop.signal, (next) => {
      if (!stop.signal.aborted) setState(next);
    }).catch((error: unknown) => {
      if (!stop.signal.aborted) setState({ refusal: refusalOf(error), following: false });
    });
    return () => {
      stop.abort();
    };
  }, [id]);
  return state;
}

async function follow(id: string, signal: AbortSignal, show: (state: FollowedRun) => void): Promise<void> {
  const record = await server.run(id, signal);
  show({ live: { record, progress: new Map() }, following: record.status === 'running' });
  if (record.status !== 'running') return;
  const follower = followRun(record);
  let waiting: PipelineEvent[] = [];
  let frame: number | undefined;
  // What came in since the last frame is drawn at once: a run of a thousand stages says hundreds of things a second.
  const draw = (): void => {
    frame = undefined;
    follower.apply(waiting);
    waiting = [];
    show({ live: follower.now(), following: true });
  };
  const end = server.follow(id, {
    events(event) {
      waiting.push(event);
      frame ??= requestAnimationFrame(draw);
    },
    lost() {
      show({ live: follower.now(), following: false });
    },
    // The record says last what came of it, also where the run was killed and told nothing.
    ended() {
      end();
      server.run(id, signal).then(
        (last) => {
          if (frame !== undefined) cancelAnimationFrame(frame);
          show({ live: { record: last, progress: new Map() }, following: false });
        },
        (error: unknown) => {
          show({ live: follower.now(), refusal: refusalOf(error), following: false });
        },
      );
    },
  });
  signal.addEventListener('abort', end);
}
