import { describe, expect, it } from 'vitest';
import { ConnectionKey } from '../../src/connections/entries/connection-key.js';
import { BlockPrefetch } from '../../src/connections/doors/block-prefetch.js';
import { ConnectionTable } from '../../src/connections/connection-table.js';
import { randomBelow, seededRandom } from '../../src/random.js';
import { oneServer, TCP, VIP } from './support/fixtures.js';
import { partsOf } from './support/parts.js';

const key = new ConnectionKey();

/** Key number n: many clients, and a few that have very many connections. */
function keyNumber(n: number): ConnectionKey {
  const busy = n % 3 === 0;
  const client = busy ? 0x0b000000 + (n % 4) : 0x0a000000 + n;
  return key.set4(TCP, client, 1024, VIP + (busy ? n : 0), 80);
}

describe('a growing table', () => {
  it('holds the same as a Map through growth, slot reuse and clients with thousands of entries', () => {
    const random = seededRandom(3);
    const table = new ConnectionTable({ seed: 5 });
    const server = oneServer({ forwardingMethod: 'masquerading' });
    const model = new Map<number, number[]>();
    for (let step = 0; step < 40_000; step++) {
      const n = randomBelow(random, 8000);
      const slots = model.get(n) ?? [];
      const found = table.findIn(keyNumber(n));
      if (found !== (slots.at(-1) ?? -1)) throw new Error(`key ${n}: ${found}, not ${slots}`);
      if (slots.length < 2 && randomBelow(random, 3) > 0) {
        slots.push(table.insert(keyNumber(n), 0, server, 80));
        model.set(n, slots);
      } else if (slots.length > 0) {
        const [slot] = slots.splice(randomBelow(random, slots.length), 1);
        table.remove(slot);
      }
    }
    const all = [...model.values()].flat();
    expect(table.size).toBe(all.length);
    expect(server.total).toBe(all.length);
    expect(all.every((slot) => partsOf(table).entries.isLive(slot))).toBe(true);
  });

  it('finds the newer of two equal keys through every step of growth', () => {
    const table = new ConnectionTable({ seed: 5 });
    const server = oneServer();
    const newest: number[] = [];
    for (let n = 0; n < 10_000; n++) {
      table.insert(key.set4(TCP, n, 1024, VIP, 80), 0, server, 80);
      newest.push(table.insert(key, 0, server, 80));
    }
    const found = newest.map((_, n) => table.findIn4(TCP, n, 1024, VIP, 80));
    expect(found).toEqual(newest);
  });

  it('finds a client whose fingerprint is that of a free slot', () => {
    const table = new ConnectionTable({ seed: 5 });
    const server = oneServer();
    const client = 0x10000;
    let port = 0;
    // Of the ports of an address one has each low half of a hash, and one of these makes the fingerprint 0.
    const { hash } = partsOf(table).index;
    while ((hash.hash4(TCP, client, port) & 0xffff) !== client >>> 16) port++;
    key.set4(TCP, client, port, VIP, 80);
    expect(table.findIn(key)).toBe(-1);
    const older = table.insert(key, 0, server, 80);
    const newer = table.insert(key, 0, server, 80);
    expect(table.findIn(key)).toBe(newer);
    table.remove(newer);
    expect(table.findIn(key)).toBe(older);
    table.remove(older);
    expect(table.findIn(key)).toBe(-1);
  });

  it('takes no more memory each time a client opens and closes thousands of connections', () => {
    const table = new ConnectionTable({ seed: 5 });
    const server = oneServer();
    const sizes = Array.from({ length: 4 }, () => {
      const slots = Array.from({ length: 3000 }, (_, n) =>
        table.insert(key.set4(TCP, 1, 1024, VIP + n, 80), 0, server, 80),
      );
      const half = slots.filter((_, n) => n % 2 === 0);
      for (const slot of half) table.remove(slot);
      for (const slot of slots.filter((_, n) => n % 2 !== 0)) table.remove(slot);
      return table.statistics.bytes;
    });
    expect(new Set(sizes).size).toBe(1);
  });

  it('gives candidates that are right, or that a look-up corrects', () => {
    const table = new ConnectionTable({ seed: 5 });
    const server = oneServer();
    const prefetch = new BlockPrefetch(table.fastPath, 32);
    let candidates = 0;
    for (let n = 0; n < 5000; n++) {
      const { client3, virtual3 } = keyNumber(n);
      if (n % 5 !== 0) table.insert(key, 0, server, 80);
      if (n % 7 === 0) table.insert(key, 0, server, 80);
      prefetch.set(n % 32, TCP, client3, 1024);
      prefetch.read(32);
      const candidate = prefetch.candidate(n % 32);
      if (candidate >= 0) candidates++;
      const words = [TCP, client3, virtual3, (1024 << 16) | 80] as const;
      const isRight = candidate >= 0 && table.fastPath.routeOf4(candidate, ...words) >= 0;
      const found = isRight ? candidate : table.fastPath.find4(...words);
      expect(found).toBe(table.findIn(key));
    }
    expect(candidates).toBeGreaterThan(2000);
  });

  it('gives each client with entries a candidate, overflow buckets or not, and few others', () => {
    const table = new ConnectionTable({ seed: 5 });
    const server = oneServer();
    const count = 4000;
    const prefetch = new BlockPrefetch(table.fastPath, 2 * count);
    for (let n = 0; n < 2 * count; n++) {
      prefetch.set(n, TCP, keyNumber(n).client3, 1024);
      if (n < count) table.insert(key, 0, server, 80);
    }
    prefetch.read(2 * count);
    const candidates = Array.from({ length: 2 * count }, (_, n) => prefetch.candidate(n));
    expect(candidates.slice(0, count)).not.toContain(-1);
    const others = candidates.slice(count).filter((candidate) => candidate !== -1);
    expect(others.length).toBeLessThan(count / 2);
  });

  it('takes at most 64 bytes per connection, and 112 with IPv6, besides 1.2 MB for the timer wheel', () => {
    const server = oneServer();
    for (const [family, most] of [
      [4, 64],
      [6, 112],
    ] as const) {
      const table = new ConnectionTable({ seed: 5 });
      const entries = 1 << 17;
      for (let n = 0; n < entries; n++) {
        key.set4(TCP, n, 1024, VIP, 80).family = family;
        table.insert(key, 0, server, 80);
      }
      expect((table.statistics.bytes - 1_200_000) / entries).toBeLessThanOrEqual(most);
      for (let slot = table.next(-1); slot !== -1; slot = table.next(slot)) table.remove(slot);
      expect(server.total).toBe(0);
    }
  });
});
