/** Templates by text: what is shared with other processes about who serves a client. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RealServer } from '../../src/model/real-server.js';
import type { VirtualService } from '../../src/services/virtual-service.js';
import type { VirtualServiceOptions } from '../../src/services/virtual-service-options.js';
import type { ManualTimers } from '../../src/timers.js';
import { client, makeService, server } from './support.js';

const KEY = '6 198.51.100.1 192.0.2.1 80';
const TIMEOUT_MS = 60_000;

function make(options: Partial<VirtualServiceOptions> = {}): {
  service: VirtualService;
  timers: ManualTimers;
  first: RealServer;
  second: RealServer;
} {
  const made = makeService({ persistence: { timeoutSeconds: TIMEOUT_MS / 1000 }, ...options });
  const [second, first] = [...made.service.servers];
  return { ...made, first, second };
}

/** How long the only template still lives, in milliseconds, at most five minutes. */
function leftMs({ service, timers }: { service: VirtualService; timers: ManualTimers }): number {
  const start = timers.now();
  while (service.size > 0 && timers.now() < start + 300_000) timers.advance(1000);
  return timers.now() - start;
}

describe('a template that is put', () => {
  it('gives its client its server, and no other client', () => {
    const { service, first, second } = make();
    expect(service.templates.put(KEY, first, TIMEOUT_MS)).toBe(true);
    expect(service.connect(client(2))?.server).toBe(second);
    for (let port = 0; port < 3; port++) {
      expect(service.connect(client(1, port))?.server).toBe(first);
    }
  });

  it('is like one that a client of this process makes', () => {
    for (const port of [80, 0]) {
      const [own, copied] = [make({ port }), make({ port })];
      const asked = { ...client(1), virtualPort: 80 };
      own.service.connect(asked)?.close();
      copied.service.templates.put(`6 198.51.100.1 192.0.2.1 ${port}`, copied.second, TIMEOUT_MS);
      copied.service.connect(asked)?.close();
      // How often a timer was armed is another matter.
      const [expected, made] = [own, copied].map(({ service }) =>
        service.toJSON().connections.connections.map((entry) => ({ ...entry, armed: 0 })),
      );
      expect(made).toEqual(expected);
    }
  });

  it('moves its client when it is put with another server', () => {
    const { service, first, second } = make();
    for (const each of [first, second, second, first]) {
      expect(service.templates.put(KEY, each, TIMEOUT_MS)).toBe(true);
      expect(service.connect(client(1))?.server).toBe(each);
    }
  });

  it('lives for the time given', () => {
    for (const timeoutMs of [5000, 90_000]) {
      const { service, timers, first } = make();
      service.templates.put(KEY, first, timeoutMs);
      timers.advance(timeoutMs - 2000);
      expect(service.size).toBe(1);
      timers.advance(4000);
      expect(service.size).toBe(0);
    }
  });

  it('ends no earlier when it is put again with less time, and later with more', () => {
    const made = make();
    const { templates } = made.service;
    templates.put(KEY, made.first, 30_000);
    made.timers.advance(10_000);
    templates.put(KEY, made.first, 5000);
    expect(Math.round(leftMs(made) / 5000)).toBe(4);
    templates.put(KEY, made.first, 30_000);
    made.timers.advance(10_000);
    templates.put(KEY, made.first, 50_000);
    expect(Math.round(leftMs(made) / 5000)).toBe(10);
  });

  it('is for the port of its key, or for all of them', () => {
    const { service, first, second } = make({ port: 0 });
    service.templates.put('6 198.51.100.1 192.0.2.1 0', first, TIMEOUT_MS);
    const got = service.connect({ ...client(1), virtualPort: 443 });
    expect([got?.server, got?.port]).toEqual([first, 443]);
    expect(service.connect(client(2))?.server).toBe(second);
    const one = make();
    one.service.templates.put(KEY, one.first, TIMEOUT_MS);
    expect(one.service.connect(client(1))?.port).toBe(one.first.port);
  });

  it('is of a service without persistence, too, which looks at none', () => {
    const { service, first } = make({ persistence: false });
    expect(service.templates.timeoutMs).toBe(0);
    expect(service.templates.put(KEY, first, TIMEOUT_MS)).toBe(true);
    expect(service.size).toBe(1);
  });

  it('has no place in a full table, and keeps the one that it has', () => {
    const { service, first } = make({ connectionLimit: 1 });
    const { templates } = service;
    expect(templates.put(KEY, first, TIMEOUT_MS)).toBe(true);
    expect(templates.put('6 198.51.100.2 192.0.2.1 80', first, TIMEOUT_MS)).toBe(false);
    expect(templates.put(KEY, first, TIMEOUT_MS * 2)).toBe(true);
  });
});

describe('the key of a template', () => {
  const octet = fc.nat(255);
  const ipv4 = fc.tuple(octet, octet, octet, octet).map((octets) => octets.join('.'));
  const ipv6 = fc.tuple(octet, octet).map(([a, b]) => `2001:db8::${a + 1}:${b + 1}`);
  const pair = fc.oneof(fc.tuple(ipv4, ipv4), fc.tuple(ipv6, ipv6));
  const key = fc
    .tuple(octet, pair, fc.nat(65_535))
    .map(([protocol, [from, to], port]) => `${protocol} ${from} ${to} ${port}`);

  it('is read as it is written', () => {
    const property = fc.property(key, (text) => {
      const { service, first } = make();
      expect(service.templates.put(text, first, TIMEOUT_MS)).toBe(true);
      expect(service.templates.put(text, first, TIMEOUT_MS)).toBe(true);
      expect(service.size).toBe(1);
    });
    fc.assert(property, { numRuns: 50 });
  });

  it('is written for each use as another process would put it', () => {
    const { service, timers } = make();
    const used: unknown[] = [];
    const { templates } = service;
    templates.listener = {
      used: (slot) => {
        const expiresInMs = templates.expiryMs(slot) - timers.now();
        used.push([templates.keyOf(slot), String(templates.serverOf(slot)), expiresInMs]);
      },
      ended: (slot) => used.push(templates.keyOf(slot)),
    };
    service.connect(client(1))?.close();
    timers.advance(TIMEOUT_MS * 4);
    expect(used).toContainEqual([KEY, '10.0.0.2:8080', TIMEOUT_MS]);
    expect(used.at(-1)).toBe(KEY);
  });

  it.each([
    ['255 198.51.100.1 192.0.2.1 65535', true],
    ['256 198.51.100.1 192.0.2.1 80', false],
    ['6 198.51.100.1 192.0.2.1 65536', false],
    ['6 198.51.100.1 2001:db8::1 80', false],
    ['6 2001:db8::1 192.0.2.1 80', false],
    ['6 198.51.100.300 192.0.2.1 80', false],
    ['6 198.51.100.1 192.0.2.300 80', false],
    ['6 198.51.100.1 192.0.2.1', false],
    ['x6 198.51.100.1 192.0.2.1 80', false],
    ['6 198.51.100.1 192.0.2.1 80x', false],
    ['0006 198.51.100.1 192.0.2.1 80', false],
    ['6 198.51.100.1 192.0.2.1 000080', false],
    ['', false],
  ])('%j is one: %s', (text, isKey) => {
    const { service, first } = make();
    expect(service.templates.put(text, first, TIMEOUT_MS)).toBe(isKey);
    expect(service.size).toBe(isKey ? 1 : 0);
  });
});

describe('a copy that was given more time', () => {
  it('lives by the timeout of the service from its first use on', () => {
    const { service, timers, first } = make();
    const { templates } = service;
    const seen: number[] = [];
    templates.listener = {
      used: (slot) => seen.push(templates.expiryMs(slot) - timers.now()),
      ended: () => undefined,
    };
    templates.put(KEY, first, TIMEOUT_MS * 1.5);
    timers.advance(TIMEOUT_MS * 0.2);
    const connection = service.connect(client(1));
    expect(seen).toEqual([TIMEOUT_MS]);
    connection?.close();
    timers.advance(TIMEOUT_MS - 2000);
    expect(service.size).toBe(1);
    timers.advance(4000);
    expect(service.size).toBe(0);
  });

  it('keeps its end when less time is left than the timeout', () => {
    const { service, timers, first } = make();
    const { templates } = service;
    const slots: number[] = [];
    templates.listener = { used: (slot) => slots.push(slot), ended: () => undefined };
    templates.put(KEY, first, TIMEOUT_MS);
    service.connect(client(1));
    timers.advance(TIMEOUT_MS / 2);
    expect(templates.expiryMs(slots[0])).toBe(TIMEOUT_MS);
    expect(templates.expiryMs(slots[0])).toBe(TIMEOUT_MS);
  });
});

describe('connections of other processes', () => {
  it('that have ended may be the last ones that a drained server waited for', async () => {
    const { service, first } = make();
    first.open();
    let result: unknown = 'waiting';
    const drained = service.drain(server(1)).then((value) => (result = value));
    service.templates.connectionsEnded(first);
    await new Promise(setImmediate);
    expect(result).toBe('waiting');
    first.close();
    service.templates.connectionsEnded(first);
    await drained;
    expect(result).toBe(true);
  });
});
