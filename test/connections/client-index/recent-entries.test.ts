import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RecentEntries } from '../../../src/connections/client-index/recent-entries.js';
import { ConnectionTable } from '../../../src/connections/connection-table.js';
import { ConnectionKey } from '../../../src/connections/entries/connection-key.js';
import { oneServer, TCP, VIP } from '../support/fixtures.js';

/** What the hash multiplies ports by: clients whose difference it takes out again have the same hash. */
const FACTOR = 0x9e3779b1;
const FIRST_PORT = 1024;

/** The client of a number: all have the same hash but every third one. */
function clientOf(n: number): { client: number; port: number } {
  const other = n % 3 === 2 ? n : 0;
  return { client: (0x0a000001 + other - Math.imul(n << 16, FACTOR)) | 0, port: FIRST_PORT + n };
}

function keyOf(n: number): ConnectionKey {
  const { client, port } = clientOf(n);
  const key = new ConnectionKey();
  key.set4(TCP, client, port, VIP, 80);
  return key;
}

const CLIENTS = 4;
const clients = fc.integer({ min: 0, max: CLIENTS - 1 });
const steps = fc.array(
  fc.record({ n: clients, kind: fc.constantFrom('insert', 'remove', 'find', 'find') }),
  { minLength: 20, maxLength: 60 },
);

/** Finds an entry as the director's fast path does. */
function findLikeDirector({ fastPath }: ConnectionTable, key: ConnectionKey): number {
  const { protocol, client3, virtual3 } = key;
  const ports = (key.clientPort << 16) | key.virtualPort;
  const recent = fastPath.recent4(client3, ports);
  const words = [protocol, client3, virtual3, ports] as const;
  return recent >= 0 && fastPath.routeOf4(recent, ...words) >= 0
    ? recent
    : fastPath.find4(...words);
}

describe('recent entries', () => {
  it('are what a look-up finds, whatever was inserted and removed since', () => {
    fc.assert(
      fc.property(steps, (list) => {
        const table = new ConnectionTable();
        const server = oneServer();
        for (const { n, kind } of list) {
          const key = keyOf(n);
          const present = table.findIn(key);
          if (kind === 'insert') table.insert(key, 0, server, 80);
          else if (kind === 'remove' && present >= 0) table.remove(present);
          else expect(findLikeDirector(table, key)).toBe(present);
        }
        for (let n = 0; n < CLIENTS; n++) {
          expect(findLikeDirector(table, keyOf(n))).toBe(table.findIn(keyOf(n)));
        }
      }),
    );
  });

  it('are the candidates for the next packet of their clients', () => {
    const table = new ConnectionTable();
    for (const n of [0, 2]) {
      const slot = table.insert(keyOf(n), 0, oneServer(), 80);
      const { client, port } = clientOf(n);
      const ports = (port << 16) | 80;
      expect(table.fastPath.recent4(client, ports)).toBe(-1);
      expect(findLikeDirector(table, keyOf(n))).toBe(slot);
      expect(table.fastPath.recent4(client, ports)).toBe(slot);
    }
  });

  it('are remembered until a newer entry has their line', () => {
    const recent = new RecentEntries();
    const { client, port } = clientOf(0);
    expect(recent.candidate(client, port << 16)).toBe(-1);
    recent.remember(client, port << 16, 7);
    expect(recent.candidate(client, port << 16)).toBe(7);
    recent.remember(client, port << 16, -1);
    expect(recent.candidate(client, port << 16)).toBe(-1);
  });

  it('are mostly not given for other clients', () => {
    const recent = new RecentEntries();
    for (let n = 0; n < 4096; n++) recent.remember(n, 0x0400_0000, n);
    let given = 0;
    for (let n = 0; n < 4096; n++) if (recent.candidate(n, 0x0401_0000) >= 0) given++;
    expect(given).toBeLessThan(4096 / 32);
  });
});
