import { createFlow, createScheduler, seededRandom, ServerList, type RealServer } from 'ipvs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { linearScans, PlainServer } from '../../bench/published/linear-scan.js';

const flow = createFlow({ source: '198.51.100.7', destination: '192.168.0.1' });
const weights = fc.array(fc.integer({ min: 0, max: 20 }), { minLength: 1, maxLength: 12 });
/** Each number closes one of the open connections before the next pick. */
const ends = fc.array(fc.nat(), { maxLength: 60 });

describe('the walk over all servers', () => {
  test.each(['lc', 'wlc', 'sed', 'nq', 'fo', 'ovf'])('picks as %s does', (name) => {
    fc.assert(
      fc.property(weights, ends, (each, closing) => {
        expect(picksOfScan(name, each, closing)).toEqual(picksOfScheduler(name, each, closing));
      }),
    );
  });

  test('serves all usable servers in turn as rr does', () => {
    const picks = picksOfScan('rr', [1, 0, 1, 1], [1, 1, 1, 1, 1]);
    expect(new Set(picks.slice(0, 3)).size).toBe(3);
    expect(picks.slice(3)).toEqual(picks.slice(0, 2));
  });

  test('interleaves servers by weight as wrr does', () => {
    const picks = picksOfScan('wrr', [3, 1], Array<number>(8).fill(0));
    expect(picks.filter((server) => server === 0)).toHaveLength(6);
  });

  test('never draws an unusable server for twos', () => {
    const picks = picksOfScan('twos', [0, 5, 0, 1], Array<number>(100).fill(0));
    expect(picks.every((server) => server === 1 || server === 3)).toBe(true);
  });
});

interface Countable {
  open(): void;
  close(): void;
}

function picksOfScan(name: string, each: readonly number[], closing: readonly number[]): number[] {
  const servers = each.map((weight) => new PlainServer(weight));
  const scan = linearScans(seededRandom(1))[name]?.();
  return play(closing, servers, () => scan?.(servers, flow));
}

function picksOfScheduler(
  name: string,
  each: readonly number[],
  closing: readonly number[],
): number[] {
  const list = new ServerList();
  const servers: RealServer[] = [];
  // The list has its newest server in front, where the array has its first one.
  for (const [index, weight] of [...each.entries()].toReversed()) {
    servers[index] = list.add({ address: `10.0.0.${index + 1}`, port: 80, weight });
  }
  const scheduler = createScheduler(name, list);
  return play(closing, servers, () => scheduler.schedule(flow));
}

/** Opens a connection after each pick and ends one that a number tells; gives the picks. */
function play(
  closing: readonly number[],
  servers: readonly unknown[],
  pick: () => Countable | undefined,
): number[] {
  const open: Countable[] = [];
  return closing.map((number) => {
    const server = pick();
    if (server === undefined) return -1;
    server.open();
    open.push(server);
    if (number % 2 === 0) open.splice(number % open.length, 1)[0]?.close();
    return servers.indexOf(server);
  });
}
