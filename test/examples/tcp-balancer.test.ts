import { afterEach, describe, expect, it } from 'vitest';
import { type Backend, startEcho, startWeb, stopBackends } from './support/backends.js';
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
import { clientAddress, replaceAll } from './support/rolling.js';

/** Connections that last for the whole change. */
const CONNECTIONS = 1000;

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

describe('the TCP balancer', () => {
  it('keeps a client on its server, and spreads clients over the servers', async () => {
    const backends = [await startEcho(), await startEcho()];
    const { port } = await balance(backends);
    /** The server of each of twenty clients that are there at the same time. */
    const visit = async (): Promise<string[]> => {
      const numbers = Array.from({ length: 20 }, (_, n) => n);
      const clients = await Promise.all(numbers.map(async (n) => meet(port, clientAddress(n))));
      await Promise.all(clients.map(async (client) => client.end()));
      return clients.map(({ server }) => server);
    };
    const first = await visit();
    expect(tally(first)).toEqual(Object.fromEntries(backends.map(({ name }) => [name, 10])));
    expect(await visit()).toEqual(first);
  });

  it('sends a client on when its server has crashed, and says so', async () => {
    const backends = [await startEcho(), await startEcho()];
    const balancer = await balance(backends);
    /** The servers of four clients that are there at the same time. */
    const visit = async (): Promise<string[]> => {
      const clients: Client[] = [];
      for (let n = 0; n < 4; n++) clients.push(await meet(balancer.port, clientAddress(n)));
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
    const { port, tell } = await balance(backends);
    const outcome = await replaceAll(
      {
        port,
        add: async ({ name }) => tell(`${name}=1`),
        drain: async ({ name }) => tell(`${name}=0`),
        remove: async ({ name }) => tell(`${name}=`),
      },
      backends,
      CONNECTIONS,
    );
    expect(outcome.lost).toEqual([]);
    // Every connection of the beginning was still there, on servers that took no new ones.
    expect(outcome.held).toBeGreaterThanOrEqual(CONNECTIONS);
    expect(outcome.said).toBeGreaterThan(CONNECTIONS);
    const names = [...backends, ...outcome.fresh].map(({ name }) => name);
    expect(Object.keys(outcome.met).toSorted()).toEqual(names.toSorted());
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

/** Fulfils when nobody accepts connections any more. */
async function refused(port: number): Promise<void> {
  for (;;) {
    const client = await meet(port).catch(() => undefined);
    if (client === undefined) return;
    await client.end();
  }
}
