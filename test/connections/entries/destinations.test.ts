/** Destinations: shared by entries, kept for a while after their last one, and free again in the end. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Destinations } from '../../../src/connections/entries/destinations.js';
import { DESTINATION_BITS } from '../../../src/connections/entries/record.js';
import { IpAddress } from '../../../src/ip-address.js';
import { ServerList } from '../../../src/model/server-list.js';
import type { RealServer } from '../../../src/model/real-server.js';

const NUMBERS = DESTINATION_BITS + 1;

function oneServer(): RealServer {
  return new ServerList().add('10.0.0.1:80');
}

describe('destinations', () => {
  it('one that was used last is found again under its number', () => {
    const destinations = new Destinations();
    const server = oneServer();
    const first = destinations.take(server, 80, 0);
    destinations.release(first);
    expect(destinations.take(server, 80, 0)).toBe(first);
    expect(destinations.servers[first]).toBe(server);
  });

  it('one that is idle leaves after 64 others have become idle', () => {
    const destinations = new Destinations();
    const server = oneServer();
    const first = destinations.take(server, 1, 0);
    destinations.release(first);
    for (let port = 2; port <= 65; port++) destinations.release(destinations.take(server, port, 0));
    expect(destinations.servers[first]).toBeUndefined();
    expect(destinations.servers.filter((each) => each !== undefined)).toHaveLength(64);
  });

  it('those of a server that stay are found, and those that left are made again, in any order', () => {
    const ports = [1, 2, 3, 4];
    const orders = fc.shuffledSubarray(ports, { minLength: 1 });
    fc.assert(
      fc.property(orders, (leaving) => {
        const destinations = new Destinations();
        const [server, other] = new ServerList(['10.0.0.1:80', '10.0.0.2:80']);
        const numbers = new Map(ports.map((port) => [port, destinations.take(server, port, 0)]));
        const left = leaving.map((port) => numbers.get(port) ?? -1);
        for (const number of left) destinations.release(number);
        const idle = Array.from({ length: 64 }, (_, n) => destinations.take(other, n, 0));
        for (const number of idle) destinations.release(number);
        expect(left.map((number) => destinations.servers[number])).toEqual(
          left.map(() => undefined),
        );
        const again = ports.map((port) => destinations.take(server, port, 0));
        expect(again.map((number) => destinations.servers[number])).toEqual(
          ports.map(() => server),
        );
        expect(again.map((number) => destinations.ports[number])).toEqual(ports);
        for (const port of ports) {
          if (!leaving.includes(port)) expect(again[port - 1]).toBe(numbers.get(port));
        }
      }),
    );
  });

  it('all numbers can be in use, though others were idle before', () => {
    const destinations = new Destinations();
    const server = oneServer();
    for (let port = 1; port <= 70; port++) destinations.release(destinations.take(server, port, 7));
    const numbers = new Set<number>();
    for (let n = 0; n < NUMBERS; n++) {
      numbers.add(destinations.takeAddress(IpAddress.fromIpv4(n), 80, 0));
    }
    expect(numbers.size).toBe(NUMBERS);
    expect(numbers.has(-1)).toBe(false);
    expect(destinations.take(server, 1, 7)).toBe(-1);
  });

  it('those in use keep their numbers and values, whatever becomes idle', () => {
    const servers = [...new ServerList(['10.0.0.1:80', '10.0.0.2:80', '10.0.0.3:80'])];
    const step = fc.tuple(fc.nat(2), fc.integer({ min: 1, max: 90 }), fc.boolean());
    fc.assert(
      fc.property(fc.array(step, { minLength: 50, maxLength: 400 }), (steps) => {
        const destinations = new Destinations();
        const used: { number: number; server: RealServer; port: number }[] = [];
        for (const [at, port, releases] of steps) {
          const server = servers[at];
          if (!releases || used.length === 0) {
            used.push({ number: destinations.take(server, port, 0), server, port });
          } else {
            const [{ number }] = used.splice(port % used.length, 1);
            destinations.release(number);
          }
        }
        const seen = new Map<number, string>();
        for (const { number, server, port } of used) {
          expect(destinations.servers[number]).toBe(server);
          expect(destinations.ports[number]).toBe(port);
          expect(seen.get(number) ?? `${server} ${port}`).toBe(`${server} ${port}`);
          seen.set(number, `${server} ${port}`);
        }
        expect(new Set(seen.values()).size).toBe(seen.size);
      }),
    );
  });

  it('are shared by entries with the same server, address, port and mark, and by no others', () => {
    const servers = [...new ServerList(['10.0.0.1:80', '10.0.0.2:80'])];
    const addresses = ['10.0.0.1', '10.0.0.2', '10.0.0.9'];
    const step = fc.record({
      server: fc.constantFrom(undefined, ...servers),
      address: fc.constantFrom(undefined, ...addresses),
      // So many ports that more are idle than are kept.
      port: fc.oneof(fc.constantFrom(-1, 80, 81), fc.integer({ min: 80, max: 400 })),
      mark: fc.constantFrom(0, 7, 0xffff_ffff),
      releases: fc.boolean(),
      which: fc.nat(),
    });
    fc.assert(
      fc.property(fc.array(step, { minLength: 200, maxLength: 300 }), (steps) => {
        const destinations = new Destinations();
        const uses = new Map<number, { readonly name: string; uses: number }>();
        const use = (number: number, name: string): void => {
          const present = uses.get(number) ?? { name, uses: 0 };
          present.uses++;
          uses.set(number, present);
          expect(present.name).toBe(name);
          expect([...uses.values()].filter((each) => each.name === name)).toHaveLength(1);
        };
        const nameOf = (number: number): string => {
          const { servers: of, addresses: at, ports, marks } = destinations;
          return `${of[number]} ${at[number]} ${ports[number]} ${marks[number]}`;
        };
        for (const { server, address, port, mark, releases, which } of steps) {
          const held = [...uses.keys()][which % Math.max(1, uses.size)];
          if (releases && held !== undefined) {
            // An entry whose port changes takes another destination before it gives up its own.
            const name = nameOf(held).replace(/ -?\d+ (\d+)$/, ` ${port} $1`);
            use(destinations.withPort(held, port), name);
            destinations.release(held);
            const present = uses.get(held);
            if (present !== undefined && --present.uses === 0) uses.delete(held);
          }
          const own = address ?? (server === undefined ? addresses[0] : server.address.toString());
          const parsed = IpAddress.parse(own);
          const name = `${server} ${own} ${port} ${mark}`;
          if (server === undefined) use(destinations.takeAddress(parsed, port, mark), name);
          else if (address === undefined) use(destinations.take(server, port, mark), name);
          else use(destinations.takeElsewhere(server, parsed, port, mark), name);
          // Most entries end at once.
          if (which % 8 === 0) continue;
          const [number] = [...uses.keys()].slice(which % uses.size);
          destinations.release(number);
          const present = uses.get(number);
          if (present !== undefined && --present.uses === 0) uses.delete(number);
        }
        for (const [number, { name }] of uses) expect(nameOf(number)).toBe(name);
      }),
    );
  });
});
