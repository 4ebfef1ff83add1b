import type { Client } from '@temporalio/client';
import { type Pins, refusalOf, takes, workflowQueue } from '../queues.ts';

interface Asking {
  readonly client: Client;
  readonly pins: Pins;
  readonly prefix: string;
  readonly clock: () => number;
}

/** Why no worker takes the stages of a pool; undefined where one listens, and is busy. */
export async function nobodyFor(pool: string, { client, pins, prefix, clock }: Asking): Promise<string | undefined> {
  const { namespace } = client.options;
  // Of workflows: there a worker also asks while its places for stages are taken.
  const taskQueueType = 1 satisfies number as never;
  const { pollers } = await client.workflowService.describeTaskQueue({
    namespace,
    taskQueue: { name: workflowQueue(prefix) },
    taskQueueType,
  });
  const identities = pollers
    .filter(({ lastAccessTime }) => clock() - Number(lastAccessTime?.seconds ?? 0) * 1000 < HEARD_OF_MS)
    .map(({ identity }) => identity ?? '');
  if (identities.some((identity) => takes(identity, pool, pins))) return undefined;
  const refusals = identities.flatMap((identity) => refusalOf(identity, pool, pins) ?? []);
  const none = `no worker listens to the queue ${pool} that could run it: start one with \`pipeline worker --queue ${pool}\``;
  return [none, ...new Set(refusals)].join('; ');
}

/** A worker asks once a minute at least; its clock and the server's may be apart. */
const HEARD_OF_MS = 120_000;
