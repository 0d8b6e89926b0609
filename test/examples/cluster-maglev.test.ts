import { afterEach, expect, test } from 'vitest';
import { type Backend, startEcho, stopBackends } from './support/backends.js';
import { meet } from './support/clients.js';
import { freePort, start, stopPrograms } from './support/programs.js';
import { replaceAll } from './support/rolling.js';

const CLIENTS = 60;
const VISITS = 4;
/** Connections that last for a whole rolling change. */
const CONNECTIONS = 1000;

afterEach(async () => {
  stopPrograms();
  await stopBackends();
});

/** The servers each client meets, over several connections at once. */
async function visits(port: number): Promise<Map<string, Set<string>>> {
  const met = new Map<string, Set<string>>();
  const visit = async (from: string): Promise<void> => {
    const client = await meet(port, from);
    await client.say('hello');
    await client.end();
    met.set(from, (met.get(from) ?? new Set()).add(client.server));
  };
  const addresses = Array.from({ length: CLIENTS }, (_, index) => `127.0.1.${index + 1}`);
  await Promise.all(addresses.flatMap((from) => Array.from({ length: VISITS }, () => visit(from))));
  return met;
}

/** Visits until no client meets a server any more: the workers learn of a change one after the other. */
async function visitsWithout(name: string, port: number): Promise<Map<string, Set<string>>> {
  for (;;) {
    const met = await visits(port);
    if ([...met.values()].every((servers) => !servers.has(name))) return met;
  }
}

test('the cluster sends each client to one server, whichever worker accepts, and moves few when one is drained', async () => {
  const backends = [await startEcho(), await startEcho(), await startEcho()];
  const port = await freePort();
  const names = backends.map(({ name }) => name);
  const program = await start('cluster-maglev', [String(port), '3', ...names]);
  await program.line(/3 workers are listening/);

  const before = await visits(port);
  expect([...before.values()].every((servers) => servers.size === 1)).toBe(true);
  expect(new Set([...before.values()].flatMap((servers) => [...servers]))).toEqual(new Set(names));

  const [drained = ''] = names;
  program.process.stdin?.write(`${drained}=0\n`);
  const after = await visitsWithout(drained, port);
  expect([...after.values()].every((servers) => servers.size === 1)).toBe(true);
  const moved = [...before].filter(([from, servers]) => {
    const [server = ''] = servers;
    return after.get(from)?.has(server) !== true;
  });
  // Exactly the clients of the drained server have moved.
  expect(moved.flatMap(([, servers]) => [...servers])).toEqual(
    [...before.values()].flatMap((servers) => [...servers]).filter((name) => name === drained),
  );

  program.process.kill('SIGTERM');
  expect(await program.exited).toBe(0);
});

test(`the cluster holds ${CONNECTIONS} connections through a rolling change of all servers, and loses none`, async () => {
  const backends = [await startEcho(), await startEcho(), await startEcho()];
  const port = await freePort();
  const program = await start('cluster-maglev', [
    String(port),
    '3',
    ...backends.map(({ name }) => name),
  ]);
  await program.line(/3 workers are listening/);
  const tell = ({ name }: Backend, weight: string): void => {
    program.process.stdin?.write(`${name}=${weight}\n`);
  };
  const outcome = await replaceAll(
    {
      port,
      add: async (server) => tell(server, '1'),
      drain: async (server) => {
        tell(server, '0');
        await visitsWithout(server.name, port);
      },
      remove: async (server) => tell(server, ''),
    },
    backends,
    CONNECTIONS,
  );
  expect(outcome.lost).toEqual([]);
  expect(outcome.held).toBeGreaterThanOrEqual(CONNECTIONS);
  expect(outcome.said).toBeGreaterThan(CONNECTIONS);
});
