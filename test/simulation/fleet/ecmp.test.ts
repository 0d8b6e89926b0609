import { describe, expect, it } from 'vitest';
import { createFlow } from '../../../src/model/flow.js';
import { ecmpHash } from '../../../src/simulation/fleet/ecmp-hash.js';
import { createEcmpTable, ECMP_TABLES } from '../../../src/simulation/fleet/ecmp-table.js';

/** Hashes that meet every remainder and every region equally often, for up to 6 next hops. */
const HASHES = Array.from({ length: 3600 }, (_, index) => index * (Math.floor(2 ** 32 / 3600) + 1));
const FOUR = [0, 1, 2, 3];

function nextHops(
  kind: (typeof ECMP_TABLES)[number],
  before: number[],
  after: number[],
): number[][] {
  const table = createEcmpTable(kind, before, 64);
  const first = HASHES.map((hash) => table.nextHop(hash));
  table.change(after);
  return [first, HASHES.map((hash) => table.nextHop(hash))];
}

describe.each(ECMP_TABLES)('a %s table', (kind) => {
  it('gives every next hop its part', () => {
    const [hops] = nextHops(kind, FOUR, FOUR) as [number[]];
    const counts = FOUR.map((hop) => hops.filter((each) => each === hop).length);
    expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(HASHES.length / 64);
  });

  it('has no next hop when there is none', () => {
    const [, gone] = nextHops(kind, FOUR, []) as [number[], number[]];
    expect(new Set(gone)).toEqual(new Set([-1]));
  });

  it('uses only next hops that there are', () => {
    const [, after] = nextHops(kind, FOUR, [1, 3, 4]) as [number[], number[]];
    expect(new Set(after)).toEqual(new Set([1, 3, 4]));
  });

  it('finds next hops again after there was none', () => {
    const table = createEcmpTable(kind, FOUR, 64);
    table.change([]);
    table.change([2]);
    expect(table.nextHop(12_345)).toBe(2);
  });
});

describe('of the flows to n next hops, when one fails', () => {
  const moved = (hops: number[][]): number =>
    hops[0].filter((hop, index) => hop !== hops[1][index]).length;

  it.each(FOUR)('modulo moves (n−1)/n, whichever fails: %d', (failed) => {
    const table = createEcmpTable('modulo', FOUR, 1);
    const first = Array.from({ length: 1200 }, (_, hash) => table.nextHop(hash));
    table.change(FOUR.filter((hop) => hop !== failed));
    const after = Array.from({ length: 1200 }, (_, hash) => table.nextHop(hash));
    expect(moved([first, after])).toBe(900);
  });

  it.each([
    [0, 1 / 2],
    [1, 1 / 3],
    [2, 1 / 3],
    [3, 1 / 2],
  ])('threshold moves what RFC 2992 counts: %d', (failed, part) => {
    const hops = nextHops(
      'threshold',
      FOUR,
      FOUR.filter((hop) => hop !== failed),
    );
    expect(moved(hops) / HASHES.length).toBeCloseTo(part, 2);
  });

  it.each(FOUR)('resilient moves those of the failed one only: %d', (failed) => {
    const hops = nextHops(
      'resilient',
      FOUR,
      FOUR.filter((hop) => hop !== failed),
    );
    const lost = hops[0].filter((hop) => hop === failed).length;
    expect(moved(hops)).toBe(lost);
  });

  it('resilient gives one that comes its fair share of the buckets, and no more', () => {
    const table = createEcmpTable('resilient', FOUR, 64);
    const buckets = (): number[] => Array.from({ length: 64 }, (_, hash) => table.nextHop(hash));
    const before = buckets();
    table.change([...FOUR, 4]);
    const after = buckets();
    expect(after.filter((hop) => hop === 4)).toHaveLength(12);
    expect(moved([before, after])).toBe(12);
  });
});

describe('the hash of a router', () => {
  const flow = createFlow({ source: '198.51.100.7', sourcePort: 4000, destination: '192.0.2.1' });
  const ipv6 = createFlow({ source: '2001:db8::7', sourcePort: 4000, destination: '2001:db8::1' });

  it.each([flow, ipv6])('of the 5-tuple depends on the port, of the source does not', (each) => {
    const other = { ...each, sourcePort: 4001 };
    expect(ecmpHash(other, '5-tuple', 1)).not.toBe(ecmpHash(each, '5-tuple', 1));
    expect(ecmpHash(other, 'source', 1)).toBe(ecmpHash(each, 'source', 1));
  });

  it('is another one on another router', () => {
    expect(ecmpHash(flow, '5-tuple', 2)).not.toBe(ecmpHash(flow, '5-tuple', 1));
  });
});
