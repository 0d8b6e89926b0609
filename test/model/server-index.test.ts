import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { IpAddress } from '../../src/ip-address.js';
import { ServerIndex } from '../../src/model/server-index.js';
import { ServerList } from '../../src/model/server-list.js';
import type { ServerRecord } from '../../src/model/server-record.js';

/** Few addresses and ports, so that keys meet again; IPv4 addresses, and IPv6 ones with the same last word. */
const keys = fc.record({
  address: fc.constantFrom(
    '10.0.0.1',
    '10.0.0.2',
    '10.0.0.3',
    '::ffff:10.0.0.1',
    '::a00:1',
    '2001:db8::1',
  ),
  port: fc.integer({ min: 0, max: 9 }),
});
const steps = fc.array(fc.tuple(fc.boolean(), keys), { maxLength: 200 });

function recordOf({ address, port }: { address: string; port: number }): ServerRecord {
  return new ServerList().add({ address, port }) as ServerRecord;
}

describe('A server index', () => {
  test('finds what a map by text finds, whatever was added and removed', () => {
    fc.assert(
      fc.property(steps, (changes) => {
        const index = new ServerIndex();
        const oracle = new Map<string, ServerRecord>();
        for (const [adds, key] of changes) {
          const name = `${key.address} ${key.port}`;
          const known = oracle.get(name);
          if (adds && known === undefined) {
            const record = recordOf(key);
            index.add(record);
            oracle.set(name, record);
          } else if (!adds && known !== undefined) {
            index.delete(known);
            oracle.delete(name);
          }
          expect(index.get(IpAddress.parse(key.address), key.port)).toBe(oracle.get(name));
        }
        expect(index.size).toBe(oracle.size);
        for (const record of oracle.values()) {
          expect(index.get(record.address, record.port)).toBe(record);
        }
      }),
      { numRuns: 200 },
    );
  });
});
