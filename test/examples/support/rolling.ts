/**
 * A rolling change: every server is replaced by another one, while connections are held over all of it and
 * visitors come and go.
 */
import { type Backend, startEcho, until } from './backends.js';
import { type Client, meet, tally } from './clients.js';

/** How a balancer is told of the change. */
export interface Balancer {
  /** Where it accepts, on the loopback interface. */
  readonly port: number;
  /** Adds a server; fulfils when new connections may go there. */
  readonly add: (server: Backend) => Promise<void>;
  /** Fulfils when a server gets no new connections any more. */
  readonly drain: (server: Backend) => Promise<void>;
  /** Fulfils when a drained server is off the list. */
  readonly remove: (server: Backend) => Promise<void>;
}

/** What was seen during a change. */
export interface Outcome {
  /** Why connections were lost; empty when none were. */
  readonly lost: readonly string[];
  /** How many connections the servers had when the last one had been drained. */
  readonly held: number;
  /** How many lines were said and echoed. */
  readonly said: number;
  /** How many connections each server had; new servers included. */
  readonly met: Readonly<Record<string, number>>;
  /** The new servers. */
  readonly fresh: readonly Backend[];
}

const VISITORS = 50;
const MESSAGES_OF_A_VISIT = 3;

/**
 * Replaces all servers.
 *
 * @param balancer - In front of them.
 * @param backends - The servers of the beginning.
 * @param connections - How many connections stay over all of it.
 * @returns What was seen.
 */
export async function replaceAll(
  balancer: Balancer,
  backends: readonly Backend[],
  connections: number,
): Promise<Outcome> {
  const change = { over: false };
  const met: string[] = [];
  const staying = new Set<number>();
  let said = 0;
  /** Talks for as long as the change goes on, in one connection or in many short ones. */
  const live = async (n: number, messages: number): Promise<void> => {
    do {
      const client = await meet(balancer.port, clientAddress(n));
      met.push(client.server);
      if (n < connections) staying.add(n);
      const count = await talk(client, change, messages);
      said += count;
      await client.end();
    } while (!change.over);
  };
  const clients = Array.from({ length: connections + VISITORS }, (_, n) =>
    live(n, n < connections ? Infinity : MESSAGES_OF_A_VISIT),
  );
  const settled = Promise.allSettled(clients);
  const held = (): number => backends.reduce((sum, { open }) => sum + open, 0);
  // Visitors come and go; those that stay all have to be there before the change begins.
  await until(() => staying.size === connections && held() >= connections);

  const fresh: Backend[] = [];
  const retired: Promise<void>[] = [];
  for (const old of backends) {
    const next = await startEcho();
    fresh.push(next);
    await balancer.add(next);
    await balancer.drain(old);
    // New connections have gone elsewhere since; the old ones go on.
    await until(() => met.includes(next.name));
    retired.push(balancer.remove(old).then(async () => old.retire()));
  }
  const heldInTheEnd = held();
  change.over = true;
  const lost = (await settled).flatMap((result) =>
    result.status === 'rejected' ? [String(result.reason)] : [],
  );
  await Promise.all(retired);
  return { lost, held: heldInTheEnd, said, met: tally(met), fresh };
}

/**
 * An address of the loopback network for a client.
 *
 * @param n - The client's number, 0–65535.
 * @returns The address.
 */
export function clientAddress(n: number): string {
  return `127.1.${n >> 8}.${n & 255}`;
}

/** Says things with pauses until a change is over, or often enough; gives how many were echoed. */
async function talk(client: Client, change: { over: boolean }, most: number): Promise<number> {
  let count = 0;
  do {
    await client.say(`message ${count}`);
    count++;
    await new Promise((resolve) => void setTimeout(resolve, 100));
  } while (!change.over && count < most);
  return count;
}
