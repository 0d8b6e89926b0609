import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AddressBuffer } from '../../../src/address-words.js';
import { ConnectionTable } from '../../../src/connections/connection-table.js';
import {
  type ConnectionEnds,
  DESTINATION_OF_ROUTE,
  METHOD_SHIFT,
} from '../../../src/connections/doors/fast-path.js';
import { ConnectionKey } from '../../../src/connections/entries/connection-key.js';
import { FLAG_HELPED } from '../../../src/connections/entries/flags.js';
import { IpAddress } from '../../../src/ip-address.js';
import { clientKey, oneServer, TCP, VIP } from '../support/fixtures.js';
import { noisyTable, partsOf } from '../support/parts.js';

const METHODS = { masquerading: 0, tunneling: 2, gatewaying: 3 } as const;

const word = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
const port = fc.integer({ min: 0, max: 65_535 });
const address4 = word.map((last) => IpAddress.fromIpv4(last));
const address6 = fc.tuple(word, word, word, word).map((words) => IpAddress.fromIpv6(...words));

const connections = fc
  .oneof(fc.tuple(address4, address4), fc.tuple(address6, address6))
  .chain(([client, virtual]) =>
    fc.record({
      client: fc.constant(client),
      virtual: fc.constant(virtual),
      clientPort: port,
      virtualPort: port,
      serverPort: fc.option(port, { nil: undefined }),
      method: fc.constantFrom('masquerading', 'tunneling', 'gatewaying'),
    }),
  );

/** Receives the ends of an entry. */
class Ends implements ConnectionEnds {
  readonly virtual = new AddressBuffer().set6(1, 2, 3, 4);
  virtualPort = -1;
  server = '';

  setServer(address: IpAddress, serverPort: number): void {
    this.server = `${address} ${serverPort}`;
  }
}

function textOf(buffer: AddressBuffer): string {
  const { family, word0, word1, word2, word3 } = buffer;
  return family === 4
    ? String(IpAddress.fromIpv4(word3))
    : String(IpAddress.fromIpv6(word0, word1, word2, word3));
}

describe('the door for the fast path', () => {
  it('gives what an entry was made with', () => {
    fc.assert(
      fc.property(fc.array(connections, { minLength: 1, maxLength: 5 }), (list) => {
        const table = new ConnectionTable();
        const { fastPath } = table;
        const made = list.map((each) => {
          const key = new ConnectionKey();
          key.protocol = TCP;
          key.setClient(each.client, each.clientPort).setVirtual(each.virtual, each.virtualPort);
          const server = oneServer({ forwardingMethod: each.method });
          const serverPort = each.serverPort ?? each.virtualPort;
          return { ...each, server, serverPort, slot: table.insert(key, 0, server, serverPort) };
        });
        for (const { slot, server, serverPort, ...each } of made) {
          const ends = new Ends();
          const client = new AddressBuffer().set6(5, 6, 7, 8);
          const flags = fastPath.readEnds(slot, ends);
          fastPath.readClient(slot, client);
          const route = fastPath.routeOf(slot);
          const destination = route & DESTINATION_OF_ROUTE;

          expect(flags).toBe(table.flags(slot));
          expect(ends.server).toBe(`10.0.0.1 ${serverPort}`);
          expect([textOf(ends.virtual), ends.virtualPort]).toEqual([
            each.virtual.toString(),
            each.virtualPort,
          ]);
          expect([textOf(client), fastPath.clientPortOf(slot)]).toEqual([
            each.client.toString(),
            each.clientPort,
          ]);
          expect(route >>> METHOD_SHIFT).toBe(METHODS[each.method]);
          expect(destination).toBe(fastPath.destinationOf(slot));
          expect(fastPath.serverOf(destination)).toBe(server);
          expect(fastPath.addressOf(destination)).toBe(server.address);
          expect(fastPath.portOf(destination, each.virtualPort)).toBe(serverPort);
        }
      }),
    );
  });

  it('gives an entry with a helper no method', () => {
    const table = new ConnectionTable();
    const slot = table.insert(clientKey(1), 0, oneServer(), 80);
    const before = table.fastPath.routeOf(slot);
    partsOf(table).entries.setFlags(slot, FLAG_HELPED);
    const route = table.fastPath.routeOf(slot);

    expect(Object.values<number>(METHODS)).toContain(before >>> METHOD_SHIFT);
    expect(Object.values<number>(METHODS)).not.toContain(route >>> METHOD_SHIFT);
    expect(route & DESTINATION_OF_ROUTE).toBe(before & DESTINATION_OF_ROUTE);
  });

  it('takes an entry for that of a packet only when all of its key is that of the packet', () => {
    const table = noisyTable();
    // The destination of its own is not the first one.
    table.insert(clientKey(2), 0, oneServer(), 80);
    const slot = table.insert(clientKey(1), 0, oneServer(), 80);
    const key = [TCP, 0x0a000001, VIP, (1024 << 16) | 80] as const;
    const { fastPath } = table;

    expect([fastPath.find4(...key), fastPath.routeOf4(slot, ...key)]).toEqual([
      slot,
      fastPath.routeOf(slot),
    ]);
    for (let field = 0; field < key.length; field++) {
      const [protocol, client, virtual, ports] = key.map((value, at) =>
        at === field ? value ^ 1 : value,
      );
      expect(fastPath.find4(protocol, client, virtual, ports)).toBe(-1);
      expect(fastPath.routeOf4(slot, protocol, client, virtual, ports)).toBe(-1);
    }
  });
});
