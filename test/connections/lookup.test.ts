/** Look-ups in tables in which hashes distinguish nobody, so that the records have to. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ConnectionKey } from '../../src/connections/entries/connection-key.js';
import { ConnectionTable } from '../../src/connections/connection-table.js';
import { FLAG_NO_CLIENT_PORT, FLAG_TEMPLATE } from '../../src/connections/entries/flags.js';
import { IpAddress } from '../../src/ip-address.js';
import { oneServer, TCP, UDP } from './support/fixtures.js';
import { ModelTable } from './support/model-table.js';
import { operations, Pair } from './support/operations.js';

/**
 * A table whose hash depends on the port and on the high half of the address only, and that such that the fingerprint of
 * a client does not depend on that half.
 */
function colliding(): ConnectionTable {
  let drawn = 0;
  const random = (): number => {
    // Tables of 256 words: the third and the fourth one are those of the high half's bytes.
    const byte = drawn & 0xff;
    const table = drawn++ >> 8;
    const word = table === 2 ? byte : table === 3 ? byte << 8 : 0;
    return word / 0x1_0000_0000;
  };
  return new ConnectionTable({ random });
}

const WORDS4 = ['client3', 'virtual3'] as const;
const WORDS6 = ['client0', 'client1', 'client2', 'virtual0', 'virtual1', 'virtual2'] as const;
const PORTS = ['clientPort', 'virtualPort'] as const;

/** A key and another one that differs in one part, or in the family. */
type Kind = 'in' | 'out by the virtual endpoint' | 'out by the server' | 'template';

function partsOf(kind: Kind, family: 4 | 6): readonly (keyof ConnectionKey)[] {
  const parts = [...WORDS4, ...(family === 6 ? WORDS6 : []), ...PORTS, 'protocol' as const];
  return kind === 'template' ? [...parts, 'engineData' as const] : parts;
}

const word = fc.integer();
const keys = fc
  .record({
    family: fc.constantFrom<4 | 6>(4, 6),
    protocol: fc.constantFrom(TCP, UDP, 132, 0, 255),
    ports: fc.tuple(fc.nat({ max: 0xffff }), fc.nat({ max: 0xffff })),
    client: fc.tuple(word, word, word, word),
    virtual: fc.tuple(word, word, word, word),
    engineData: fc.string({ unit: 'binary-ascii', maxLength: 5 }),
  })
  .map(({ family, protocol, ports, client, virtual, engineData }) => {
    const address = (words: readonly [number, number, number, number]): IpAddress =>
      family === 4 ? IpAddress.fromIpv4(words[3]) : IpAddress.fromIpv6(...words);
    const key = new ConnectionKey();
    key.setClient(address(client), ports[0]).setVirtual(address(virtual), ports[1]);
    return Object.assign(key, { protocol, engineData });
  });

const LOOK_UPS: Record<Kind, (table: ConnectionTable, key: ConnectionKey) => number> = {
  in: (table, key) => table.findIn(key),
  'out by the virtual endpoint': (table, key) => table.findOut(key),
  'out by the server': (table, key) => table.findOut(key),
  template: (table, key) => table.findTemplate(key),
};

/** Makes an entry that a look-up of a kind finds by a key. */
function insert(table: ConnectionTable, kind: Kind, key: ConnectionKey): number {
  const flags = kind === 'template' ? FLAG_TEMPLATE : 0;
  if (kind !== 'out by the server') {
    const server = oneServer({ forwardingMethod: 'gatewaying' });
    return table.insert(key, 0, server, key.virtualPort, flags);
  }
  const { family, virtual0, virtual1, virtual2, virtual3, virtualPort } = key;
  const address =
    family === 4
      ? IpAddress.fromIpv4(virtual3)
      : IpAddress.fromIpv6(virtual0, virtual1, virtual2, virtual3);
  const entry = new ConnectionKey().copy(key);
  entry.virtual3 ^= 0x100;
  entry.virtualPort ^= 1;
  return table.insertUnbound(entry, 0, address, virtualPort, flags);
}

/** A copy of a key that differs in one bit of a part, or in the text of it. */
function changed(key: ConnectionKey, part: keyof ConnectionKey, bit: number): ConnectionKey {
  const other = new ConnectionKey().copy(key);
  const { [part]: value } = key;
  if (typeof value === 'number') {
    const bits = part === 'protocol' ? 8 : part.endsWith('Port') ? 16 : 32;
    return Object.assign(other, { [part]: value ^ (1 << (bit % bits)) });
  }
  return Object.assign(other, { engineData: `${key.engineData}x` });
}

describe.each(Object.keys(LOOK_UPS) as Kind[])('a look-up (%s)', (kind) => {
  const find = LOOK_UPS[kind];

  it('finds an entry by its own key, and by none that differs in any bit of it', () => {
    fc.assert(
      fc.property(keys, fc.nat({ max: 31 }), (key, bit) => {
        const table = colliding();
        const slot = insert(table, kind, key);
        expect(find(table, key)).toBe(slot);
        for (const part of partsOf(kind, key.family)) {
          expect(find(table, changed(key, part, bit)), part).toBe(-1);
        }
        const otherFamily = new ConnectionKey().copy(key);
        otherFamily.family = key.family === 4 ? 6 : 4;
        expect(find(table, otherFamily)).toBe(-1);
      }),
      { numRuns: 200 },
    );
  });

  it('finds the entry of its own key among those that differ in one bit, and the newest of equal ones', () => {
    fc.assert(
      fc.property(keys, fc.nat({ max: 31 }), (key, bit) => {
        const table = colliding();
        const all = [key, ...partsOf(kind, key.family).map((part) => changed(key, part, bit))];
        const older = all.map((each) => insert(table, kind, each));
        expect(all.map((each) => find(table, each))).toEqual(older);
        const newer = all.map((each) => insert(table, kind, each));
        expect(all.map((each) => find(table, each))).toEqual(newer);
        for (const slot of newer) table.remove(slot);
        expect(all.map((each) => find(table, each))).toEqual(older);
      }),
      { numRuns: 100 },
    );
  });
});

describe('an entry that waits for its client’s port', () => {
  it('is found from any port of its client, and from no other client', () => {
    fc.assert(
      fc.property(keys, fc.nat({ max: 31 }), fc.nat({ max: 0xffff }), (key, bit, port) => {
        const table = colliding();
        const waiting = Object.assign(new ConnectionKey().copy(key), { clientPort: 0 });
        const address = IpAddress.parse(key.family === 4 ? '10.0.0.1' : 'fd00::1');
        const slot = table.insertUnbound(waiting, 0, address, 80, FLAG_NO_CLIENT_PORT);
        expect(table.findIn(Object.assign(key, { clientPort: port }))).toBe(slot);
        for (const part of partsOf('in', key.family)) {
          if (part === 'clientPort') continue;
          expect(table.findIn(changed(key, part, bit)), part).toBe(-1);
        }
        const { protocol, client3, virtual3, virtualPort } = key;
        const found = table.findIn4(protocol, client3, port, virtual3, virtualPort);
        expect(found).toBe(key.family === 4 ? slot : -1);
      }),
    );
  });
});

describe('a table whose clients share few hashes', () => {
  it('finds, counts and ends the same entries as a plain list', () => {
    fc.assert(
      fc.property(operations, (list) => {
        const pair = new Pair(colliding(), new ModelTable());
        for (const operation of list) pair.apply(operation, (now) => pair.table.advance(now));
        pair.check();
      }),
      { numRuns: 100 },
    );
  });
});
