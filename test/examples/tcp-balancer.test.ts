import { afterEach, describe, expect, it } from 'vitest';
import { type Backend, startEcho, startWeb, stopBackends, until } from './support/backends.js';
import { type Client, meet, tally } from './support/clients.js';
import { ab, AB_MISSING, abInstalled, autocannon } from './support/load.js';
import {
  freePort,
  PEERS_MISSING,
  peersInstalled,
  type Program,
  start,
  stopPrograms,
} from './support/programs.js';

/** Connections that last for the whole change, and clients that come and go meanwhile. */
const CONNECTIONS = 1000;
const VISITORS = 50;

afterEach(async () => {
  stopPrograms();
  await stopBackends();
});

interface Balancer extends Program {
  readonly port: number;
  /** Writes a line, and fulfils when it is done. */
  readonly tell: (line: string) => Promise<void>;
}

async function balance(backends: readonly Backend[]): Promise<Balancer> {
  const port = await freePort();
  const names = backends.map(({ name }) => name);
  const program = await start('tcp-balancer', [String(port), ...names]);
  await program.line(/^listening/);
  const tell = async (line: string): Promise<void> => {
    program.process.stdin?.write(`${line}\n`);
    await program.line(new RegExp(`^done: ${line}$`));
  };
  return { ...program, port, tell };
}

/** An address of the loopback network for the n-th client. */
function from(n: number): string {
  return `127.1.${n >> 8}.${n & 255}`;
}

describe('the TCP balancer', () => {
  it('keeps a client on its server, and spreads clients over the servers', async () => {
    const backends = [await startEcho(), await startEcho()];
    const { port } = await balance(backends);
    const visit = async (n: number): Promise<string> => {
      const client = await meet(port, from(n));
      await client.end();
      return client.server;
    };
    const clients = Array.from({ length: 20 }, (_, n) => n);
    const first = await Promise.all(clients.map(visit));
    expect(await Promise.all(clients.map(visit))).toEqual(first);
    // Visits overlap as they please, so the shares are about equal, not exactly.
    expect(Math.min(...Object.values(tally(first)))).toBeGreaterThanOrEqual(5);
    expect(new Set(first)).toEqual(new Set(backends.map(({ name }) => name)));
  });

  it('sends a client on when its server has crashed, and says so', async () => {
    const backends = [await startEcho(), await startEcho()];
    const balancer = await balance(backends);
    /** The servers of four clients that are there at the same time. */
    const visit = async (): Promise<string[]> => {
      const clients: Client[] = [];
      for (let n = 0; n < 4; n++) clients.push(await meet(balancer.port, from(n)));
      await Promise.all(clients.map(async (client) => client.end()));
      return clients.map(({ server }) => server);
    };
    expect(new Set(await visit())).toEqual(new Set(backends.map(({ name }) => name)));
    await backends[0]?.crash();
    expect(new Set(await visit())).toEqual(new Set([backends[1]?.name]));
    expect(await balancer.line(/is down/)).toMatch(/ECONNREFUSED/);
  });

  it(`holds ${CONNECTIONS} connections through a rolling change of all servers, and loses none`, async () => {
    const backends = [await startEcho(), await startEcho(), await startEcho()];
    const balancer = await balance(backends);
    const change = { over: false };
    const met: string[] = [];
    const outcome = { ended: 0, said: 0 };
    const staying = new Set<number>();
    /** Talks for as long as the change goes on, in one connection or in many short ones. */
    const live = async (n: number, messages: number): Promise<void> => {
      do {
        const client = await meet(balancer.port, from(n));
        met.push(client.server);
        if (n < CONNECTIONS) staying.add(n);
        const said = await talk(client, change, messages);
        outcome.said += said;
        await client.end();
        outcome.ended++;
      } while (!change.over);
    };
    const clients = Array.from({ length: CONNECTIONS + VISITORS }, (_, n) =>
      live(n, n < CONNECTIONS ? Infinity : 3),
    );
    const lost = Promise.allSettled(clients).then((results) =>
      results.flatMap((result) => (result.status === 'rejected' ? [String(result.reason)] : [])),
    );
    const held = (): number => backends.reduce((sum, { open }) => sum + open, 0);
    // Visitors come and go; those that stay all have to be there before the change begins.
    await until(() => staying.size === CONNECTIONS && held() >= CONNECTIONS);

    const fresh: Backend[] = [];
    const retired: Promise<void>[] = [];
    for (const old of backends) {
      const next = await startEcho();
      fresh.push(next);
      await balancer.tell(`${next.name}=1`);
      await balancer.tell(`${old.name}=0`);
      // New connections have gone elsewhere since; the old ones go on.
      await until(() => met.includes(next.name));
      retired.push(balancer.tell(`${old.name}=`).then(async () => old.retire()));
    }
    // Every connection of the beginning is still there, on servers that take no new ones.
    expect(held()).toBeGreaterThanOrEqual(CONNECTIONS);
    change.over = true;
    expect(await lost).toEqual([]);
    await Promise.all(retired);
    expect(outcome.ended).toBe(met.length);
    expect(outcome.said).toBeGreaterThan(CONNECTIONS);
    expect(new Set(met)).toEqual(new Set([...backends, ...fresh].map(({ name }) => name)));
  });

  it('finishes what is under way after SIGTERM, accepts nothing new, and exits', async () => {
    const balancer = await balance([await startEcho()]);
    const client = await meet(balancer.port);
    balancer.process.kill('SIGTERM');
    await refused(balancer.port);
    await client.say('still here');
    await client.end();
    expect(await balancer.exited).toBe(0);
    expect(balancer.lines).toContain('drained');
  });

  it.skipIf(!peersInstalled)(
    `carries autocannon's load without an error${peersInstalled ? '' : ` (${PEERS_MISSING})`}`,
    async () => {
      const { port } = await balance([await startWeb(), await startWeb()]);
      const result = await autocannon(`http://127.0.0.1:${port}`, 100, 2000);
      expect(result).toEqual({ good: 2000, bad: 0 });
    },
  );

  it.skipIf(!abInstalled)(`carries ab -n 1000 -c 100 (${AB_MISSING})`, async () => {
    const { port } = await balance([await startWeb(), await startWeb()]);
    expect(await ab(`http://127.0.0.1:${port}/`, 100, 1000)).toEqual({ good: 1000, bad: 0 });
  });
});

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

/** Fulfils when nobody accepts connections any more. */
async function refused(port: number): Promise<void> {
  for (;;) {
    const client = await meet(port).catch(() => undefined);
    if (client === undefined) return;
    await client.end();
  }
}
