import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { build } from 'esbuild';
import { afterEach, expect, test } from 'vitest';
import { WorkerRelay } from 'ipvs/sync/node';
import { entries, root } from '../../scripts/entries.mjs';

const FILE = `${root}reports/examples/sharing-thread.mjs`;
const threads: Worker[] = [];

afterEach(async () => {
  await Promise.all(threads.splice(0).map((thread) => thread.terminate()));
});

/** What a thread answers to a request. */
async function answer(thread: Worker, request: object, field: string): Promise<unknown> {
  thread.postMessage(request);
  for (;;) {
    const [message] = (await once(thread, 'message')) as [Record<string, unknown>];
    if (field in message) return message[field];
  }
}

/** Asks a thread for its counts until their sum is as expected. */
async function untilSum(thread: Worker, sum: number): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    const totals = (await answer(thread, { asks: true }, 'totals')) as number[];
    if (totals.reduce((all, each) => all + each, 0) === sum) return;
    await new Promise((done) => setTimeout(done, 5));
  }
  throw new Error(`The thread never counted ${sum} connections`);
}

test('threads that share keep a client with its server, count the connections of all, and lose those of one that ends', async () => {
  await build({
    entryPoints: [`${root}test/examples/support/sharing-thread.mjs`],
    outfile: FILE,
    alias: Object.fromEntries(
      entries.toReversed().map(({ specifier, source }) => [specifier, root + source]),
    ),
    bundle: true,
    platform: 'node',
    format: 'esm',
  });
  const relay = new WorkerRelay();
  for (let thread = 0; thread < 3; thread++) {
    const worker = new Worker(FILE);
    threads.push(worker);
    relay.add(worker);
  }
  const [one, other, last] = threads as [Worker, Worker, Worker];
  const clients = Array.from({ length: 6 }, (_, index) => `198.51.100.${index + 1}`);
  const servers: unknown[] = [];
  for (const open of clients) servers.push(await answer(one, { open }, 'server'));
  expect(new Set(servers).size).toBe(3);

  await untilSum(other, clients.length);
  const again: unknown[] = [];
  for (const open of clients) again.push(await answer(other, { open }, 'server'));
  expect(again).toEqual(servers);

  await untilSum(last, 2 * clients.length);
  await one.terminate();
  await untilSum(last, clients.length);
});
