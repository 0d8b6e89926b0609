import { expect, it } from 'vitest';
import { ConnectionKey } from '../../../src/connections/entries/connection-key.js';
import { ConnectionTable } from '../../../src/connections/connection-table.js';
import { IpAddress } from '../../../src/ip-address.js';
import { oneServer, TCP } from '../support/fixtures.js';
import { partsOf } from '../support/parts.js';

/** Everything that tells an IPv6 connection from another one. */
const PARTS = [
  'protocol',
  'client0',
  'client1',
  'client2',
  'client3',
  'clientPort',
  'virtual0',
  'virtual1',
  'virtual2',
  'virtual3',
  'virtualPort',
] as const;

it('an IPv6 connection is found by its own key, and by none that differs in any part', () => {
  const table = new ConnectionTable();
  const client = IpAddress.from('2001:db8:1:2:3:4:5:6');
  const virtual = IpAddress.from('2001:db8:9:a:b:c:d:e');
  const key = new ConnectionKey().setClient(client, 4711).setVirtual(virtual, 80);
  key.protocol = TCP;
  const slot = table.insert(key, 0, oneServer(), 80);
  const { references } = partsOf(table).index;

  expect(table.findIn(key)).toBe(slot);
  for (const part of PARTS) {
    const other = new ConnectionKey().copy(key);
    other[part] ^= 1;

    expect(table.findIn(other)).toBe(-1);
    // Most keys are told apart by their hash, so the record is compared by itself, too.
    expect(references.differs6(slot, other), part).not.toBe(0);
  }
});
