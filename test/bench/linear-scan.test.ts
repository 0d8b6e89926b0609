import {
  createFlow,
  createScheduler,
  type Flow,
  type RealServer,
  seededRandom,
  ServerList,
} from 'ipvs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { linearScans, PlainServer } from '../../bench/published/linear-scan.js';

const flow = createFlow({ source: '198.51.100.7', destination: '192.168.0.1' });
const weights = fc.array(fc.integer({ min: 0, max: 20 }), { minLength: 1, maxLength: 12 });
/** An upper threshold per server, half of them none, and the lower one as how much less it is. */
const thresholds = fc.array(fc.tuple(fc.constantFrom(0, 0, 1, 2, 5), fc.nat({ max: 2 })), {
  minLength: 12,
  maxLength: 12,
});
/** Each number closes one of the open connections before the next pick. */
const ends = fc.array(fc.nat(), { maxLength: 60 });

describe('the walk over all servers', () => {
  test.each(['lc', 'wlc', 'sed', 'nq', 'fo', 'ovf'])('picks as %s does', (name) => {
    fc.assert(
      fc.property(weights, thresholds, ends, (each, limits, closing) => {
        const settings = settingsOf(each, limits);
        expect(picksOfScan(name, settings, closing)).toEqual(
          picksOfScheduler(name, settings, closing),
        );
      }),
    );
  });

  test('serves all usable servers in turn as rr does', () => {
    const picks = picksOfScan('rr', settingsOf([1, 0, 1, 1]), [1, 1, 1, 1, 1]);
    expect(new Set(picks.slice(0, 3)).size).toBe(3);
    expect(picks.slice(3)).toEqual(picks.slice(0, 2));
  });

  test('interleaves servers by weight as wrr does', () => {
    const picks = picksOfScan('wrr', settingsOf([3, 1]), Array<number>(8).fill(0));
    expect(picks.filter((server) => server === 0)).toHaveLength(6);
  });

  test('never draws an unusable server for twos', () => {
    const picks = picksOfScan('twos', settingsOf([0, 5, 0, 1]), Array<number>(100).fill(0));
    expect(picks.every((server) => server === 1 || server === 3)).toBe(true);
  });

  test('remembers the server of a destination as lblc does, and compares whole addresses', () => {
    const servers = settingsOf([1, 1, 1]);
    const flows = ['2001:db8::1', '2001:db9::1:0:1', '2001:db8::2'].map((destination) =>
      createFlow({ source: '2001:db8::7', destination }),
    );
    const [one, other] = flows.map(({ destination: { word0, word1, word2, word3 } }) => {
      return word0 ^ word1 ^ word2 ^ word3;
    });
    expect(one).toBe(other);
    const which = [0, 1, 0, 1, 2, 0, 1, 2];
    const open = Array<number>(which.length).fill(1);
    const picks = picksOfScan('lblc', servers, open, (pick) => flows[which[pick]]);
    expect(picks).toEqual(picksOfScheduler('lblc', servers, open, (pick) => flows[which[pick]]));
  });
});

interface Countable {
  open(active?: boolean): void;
  close(active?: boolean): void;
}

/** A weight, an upper and a lower threshold. */
type Settings = readonly [weight: number, upper: number, lower: number];
type FlowOf = (pick: number) => Flow;

function settingsOf(
  each: readonly number[],
  limits: readonly (readonly [number, number])[] = [],
): Settings[] {
  return each.map((weight, index) => {
    const [upper, less] = limits[index] ?? [0, 0];
    // A lower threshold of 0 would be three quarters of the upper one.
    return [weight, upper, upper === 0 ? 0 : Math.max(1, upper - less)];
  });
}

function picksOfScan(
  name: string,
  each: readonly Settings[],
  closing: readonly number[],
  flowOf: FlowOf = () => flow,
): number[] {
  const servers = each.map((settings) => new PlainServer(...settings));
  const scan = linearScans(seededRandom(1))[name]?.();
  return play(closing, servers, (pick) => scan?.(servers, flowOf(pick)));
}

function picksOfScheduler(
  name: string,
  each: readonly Settings[],
  closing: readonly number[],
  flowOf: FlowOf = () => flow,
): number[] {
  const list = new ServerList();
  const servers: RealServer[] = [];
  // The list has its newest server in front, where the array has its first one.
  for (const [index, [weight, upperThreshold, lowerThreshold]] of [
    ...each.entries(),
  ].toReversed()) {
    const address = `10.0.0.${index + 1}`;
    servers[index] = list.add({ address, port: 80, weight, upperThreshold, lowerThreshold });
  }
  const scheduler = createScheduler(name, list);
  return play(closing, servers, (pick) => scheduler.schedule(flowOf(pick)));
}

/** Opens a connection after each pick, every third inactive, and ends one that a number names; gives the picks. */
function play(
  closing: readonly number[],
  servers: readonly unknown[],
  pick: (index: number) => Countable | undefined,
): number[] {
  const open: [server: Countable, active: boolean][] = [];
  return closing.map((number, index) => {
    const server = pick(index);
    if (server === undefined) return -1;
    const active = number % 3 !== 0;
    server.open(active);
    open.push([server, active]);
    if (number % 2 === 0) {
      const [[ended, wasActive]] = open.splice(number % open.length, 1);
      ended.close(wasActive);
    }
    return servers.indexOf(server);
  });
}
