import { afterEach, expect, test } from 'vitest';
import { startEcho, stopBackends } from './support/backends.js';
import { meet } from './support/clients.js';
import { freePort, type Program, start, stopPrograms } from './support/programs.js';

const WORKERS = 3;
const CLIENTS = 9;

afterEach(async () => {
  stopPrograms();
  await stopBackends();
});

/** What workers count, by process id: a line of `SERVER CONNECTIONS`, and its sum. */
type Counts = Map<string, { readonly text: string; readonly sum: number }>;

/** Asks the workers until what they count is as expected. */
async function counts(program: Program, isExpected: (counts: Counts) => boolean): Promise<Counts> {
  for (let tries = 0; tries < 100; tries++) {
    const from = program.lines.length;
    program.process.stdin?.write('?\n');
    await new Promise((done) => setTimeout(done, 50));
    const found: Counts = new Map();
    for (const line of program.lines.slice(from)) {
      const [, pid = '', text = ''] = /^worker (\d+) of \d+: (.*)$/.exec(line) ?? [];
      if (pid === '') continue;
      const sum = text.split(', ').reduce((total, each) => total + Number(each.split(' ')[1]), 0);
      found.set(pid, { text, sum });
    }
    if (isExpected(found)) return found;
  }
  throw new Error(`The workers never agreed: ${program.lines.at(-1)}`);
}

function agrees(found: Counts): boolean {
  return new Set([...found.values()].map(({ text }) => text)).size === 1;
}

test('workers that share keep a client with its server, count the connections of all, and lose those of one that is killed', async () => {
  const backends = [await startEcho(), await startEcho()];
  const port = await freePort();
  const names = backends.map(({ name }) => name);
  const program = await start('shared-cluster', [String(port), String(WORKERS), ...names]);
  await program.line(/3 workers are listening/);

  const clients = Array.from({ length: CLIENTS }, (_, index) => `127.0.1.${index + 1}`);
  const visits = async (): Promise<string[]> => {
    const servers: string[] = [];
    for (const from of clients) servers.push((await meet(port, from)).server);
    return servers;
  };
  const allCount = (connections: number): Promise<Counts> =>
    counts(program, (found) => {
      const [first] = found.values();
      return found.size === WORKERS && agrees(found) && first?.sum === connections;
    });
  // A worker learns a little later what another has decided: the clients return when all know.
  const first = await visits();
  await allCount(CLIENTS);
  expect(await visits()).toEqual(first);
  const all = await allCount(2 * CLIENTS);

  const [killed = ''] = all.keys();
  process.kill(Number(killed), 'SIGKILL');
  await counts(program, (found) => {
    const [first] = found.values();
    const isLess = first !== undefined && first.sum < 2 * CLIENTS;
    return found.size >= WORKERS - 1 && agrees(found) && !found.has(killed) && isLess;
  });

  program.process.kill('SIGTERM');
  expect(await program.exited).toBe(0);
});
