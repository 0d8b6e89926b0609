import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ConnectionKey } from '../../../src/connections/entries/connection-key.js';
import { ConnectionTable } from '../../../src/connections/connection-table.js';
import type { ClientIndex } from '../../../src/connections/client-index/client-index.js';
import { MAX_ENDPOINT_ID } from '../../../src/connections/client-index/endpoint-ids.js';
import { slotOf } from '../../../src/connections/client-index/references.js';
import { FLAG_TEMPLATE } from '../../../src/connections/entries/flags.js';
import { oneServer, TCP, UDP, VIP } from '../support/fixtures.js';
import { partsOf } from '../support/parts.js';

/** So many entries make the index so large that it tells most connections without their records. */
const MANY = 540_000;
/** More virtual endpoints than have numbers. */
const ENDPOINTS = 80;

const server = oneServer();
const table = new ConnectionTable({ seed: 5 });
const key = new ConnectionKey();
const { index } = partsOf(table);

/** Key number n of those that are there all the time. */
function lasting(n: number): ConnectionKey {
  return key.set4(n % 3 === 0 ? UDP : TCP, 0x0a000000 + (n >> 4), 1024 + (n & 15) * 1024, VIP, 80);
}

/** IPv6 key number n. */
function lasting6(n: number): ConnectionKey {
  lasting(n).family = 6;
  return key;
}

const half = Array.from({ length: MANY / 2 }, (_, n) => table.insert(lasting(n), 0, server, 80));
const slots6 = Array.from({ length: 1000 }, (_, n) => table.insert(lasting6(n), 0, server, 80));
const rest = Array.from({ length: MANY / 2 }, (_, n) =>
  table.insert(lasting(MANY / 2 + n), 0, server, 80),
);
const slots = [...half, ...rest];

interface Entry {
  readonly kind: 'IPv4' | 'IPv6' | 'template';
  readonly protocol: number;
  readonly address: number;
  readonly port: number;
  readonly endpoint: number;
}

const entries: fc.Arbitrary<Entry> = fc.record({
  kind: fc.constantFrom('IPv4', 'IPv4', 'IPv6', 'template'),
  protocol: fc.constantFrom(TCP, UDP),
  address: fc.constantFrom(0x0b000001, -2),
  port: fc.constantFrom(0, 1024, 2048),
  endpoint: fc.integer({ min: 0, max: ENDPOINTS - 1 }),
});

/** Fills the key; a template has no client port. */
function keyOf({ kind, protocol, address, port, endpoint }: Entry): ConnectionKey {
  const clientPort = kind === 'template' ? 0 : port;
  key.set4(protocol, address, clientPort, VIP + (endpoint >> 1), endpoint & 1 ? 443 : 53);
  if (kind === 'IPv6') key.family = 6;
  return key;
}

function find(entry: Entry): number {
  return entry.kind === 'template' ? table.findTemplate(keyOf(entry)) : table.findIn(keyOf(entry));
}

function nameOf(entry: Entry): string {
  const { kind, protocol, address, port, endpoint } = entry;
  return [kind, protocol, address, kind === 'template' ? 0 : port, endpoint].join(' ');
}

/** The first reference with the fingerprint of a TCP client on port 1024, not looking into overflow buckets; or 0. */
function firstReference({ hash, buckets }: ClientIndex, client: number): number {
  const { address, memory } = buckets;
  const clientHash = hash.hash4(TCP, client, 1024);
  const bucket = address.of(clientHash);
  const words = memory.wordsOf(bucket);
  const base = memory.baseOf(bucket);
  const slots = buckets.slotsOf(words, base, hash.fingerprint(clientHash, client));
  return slots === 0 ? 0 : words[buckets.referenceAt(base, slots)];
}

describe('a large index', () => {
  it('finds every connection, and none that is not there', () => {
    for (let n = 0; n < MANY; n++) {
      lasting(n);
      if (table.findIn(key) !== slots[n]) throw new Error(`connection ${n}`);
      key.protocol ^= TCP ^ UDP;
      if (table.findIn(key) !== -1) throw new Error(`protocol of ${n}`);
      key.protocol ^= TCP ^ UDP;
      key.virtualPort++;
      if (table.findIn(key) !== -1) throw new Error(`endpoint of ${n}`);
      key.virtualPort--;
      key.clientPort++;
      if (table.findIn(key) !== -1) throw new Error(`port of ${n}`);
    }
  });

  it('takes addresses signed and unsigned, as a small one does', () => {
    for (const each of [table, new ConnectionTable({ seed: 5 })]) {
      const slot = each.insert(key.set4(TCP, -2, 1024, -3, 80), 0, server, 80);
      expect(each.findIn4(TCP, -2, 1024, -3, 80)).toBe(slot);
      expect(each.findIn4(TCP, 0xfffffffe, 1024, 0xfffffffd, 80)).toBe(slot);
      each.remove(slot);
    }
  });

  it('finds every IPv6 connection that was there when it grew', () => {
    expect(slots6.map((_, n) => table.findIn(lasting6(n)))).toEqual(slots6);
  });

  it('identifies connections without their records, also when endpoints come and go', () => {
    let identified = 0;
    for (let n = 0; n < 3 * MAX_ENDPOINT_ID; n++) {
      const slot = table.insert(key.set4(TCP, 0x0c000000 + n, 1024, VIP + n, 80), 0, server, 80);
      index.flush();
      const reference = firstReference(index, key.client3);
      // Some are in an overflow bucket, where this does not look.
      if (slotOf(reference) === slot && index.references.identifies(reference)) identified++;
      table.remove(slot);
    }
    expect(identified).toBeGreaterThan(2 * MAX_ENDPOINT_ID);
  });

  it('finds the newest of equal entries, whatever their kind and endpoint', () => {
    const operations = fc.array(fc.tuple(fc.integer({ min: 0, max: 2 }), entries), {
      maxLength: 300,
      size: 'max',
    });
    fc.assert(
      fc.property(operations, (list) => {
        const model = new Map<string, number[]>();
        for (const [operation, entry] of list) {
          const held = model.get(nameOf(entry)) ?? [];
          if (operation > 0) {
            const flags = entry.kind === 'template' ? FLAG_TEMPLATE : 0;
            held.push(table.insert(keyOf(entry), 0, server, 80, flags));
            model.set(nameOf(entry), held);
          } else if (held.length > 0) {
            table.remove(held.splice(held.length >> 1, 1)[0]);
          }
        }
        const found = list.map(([, entry]) => find(entry));
        const expected = list.map(([, entry]) => model.get(nameOf(entry))?.at(-1) ?? -1);
        for (const slot of [...model.values()].flat()) table.remove(slot);
        expect(found).toEqual(expected);
      }),
      { numRuns: 200 },
    );
    expect(table.size).toBe(MANY + slots6.length);
  });

  it('frees all ids with the last entries', () => {
    for (const slot of slots) table.remove(slot);
    let identified = 0;
    for (let n = 0; n < MAX_ENDPOINT_ID; n++) {
      table.insert(key.set4(TCP, 0x0c000000 + n, 1024, VIP + n, 80), 0, server, 80);
      index.flush();
      const reference = firstReference(index, key.client3);
      if (index.references.identifies(reference)) identified++;
    }
    expect(identified).toBe(MAX_ENDPOINT_ID);
  });
});
