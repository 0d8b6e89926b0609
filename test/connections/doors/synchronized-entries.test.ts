import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ConnectionTable } from '../../../src/connections/connection-table.js';
import type { SynchronizedEntry } from '../../../src/connections/doors/synchronized-entries.js';
import { ConnectionKey } from '../../../src/connections/entries/connection-key.js';
import {
  FLAG_IN_SEQ,
  FLAG_INACTIVE,
  FLAG_NO_OUTPUT,
  FLAG_OUT_SEQ,
  FLAG_TEMPLATE,
} from '../../../src/connections/entries/flags.js';
import { IpAddress } from '../../../src/ip-address.js';
import { clientKey, oneServer, TCP, templateKey, UDP } from '../support/fixtures.js';
import { noisyTable, partsOf } from '../support/parts.js';

const TUNNELING = 2;
const INITIAL = { state: 1, active: true, timeoutMs: 900_000 };

const word = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
const port = fc.integer({ min: 0, max: 65_535 });

function addresses(family: 4 | 6): fc.Arbitrary<IpAddress> {
  if (family === 4) return word.map((last) => IpAddress.fromIpv4(last));
  return fc.tuple(word, word, word, word).map((words) => IpAddress.fromIpv6(...words));
}

/** An entry as a message has it. */
const messages: fc.Arbitrary<SynchronizedEntry> = fc
  .constantFrom(4 as const, 6 as const)
  .chain((family) =>
    fc.record({
      ends: fc.tuple(addresses(family), port, addresses(family), port),
      server: addresses(family),
      protocol: fc.constantFrom(6, 17, 132, 50),
      flags: fc.constantFrom(0, FLAG_IN_SEQ, FLAG_OUT_SEQ, FLAG_NO_OUTPUT | TUNNELING),
      isTemplate: fc.boolean(),
      engineData: fc.constantFrom('', 'call-7'),
      state: fc.nat({ max: 1 }),
      serverPort: port,
      mark: fc.nat({ max: 0xffffffff }),
      timeoutSeconds: fc.nat({ max: 2_000_000 }),
    }),
  )
  .map(({ ends: [client, clientPort, virtual, virtualPort], server, ...rest }) => {
    const { protocol, flags, isTemplate, engineData, ...numbers } = rest;
    const key = new ConnectionKey();
    key.protocol = protocol;
    key.setClient(client, clientPort).setVirtual(virtual, virtualPort);
    if (isTemplate) key.engineData = engineData;
    return { ...blank(), ...numbers, key, ...wordsOf(server), flags: kindFlags(flags, isTemplate) };
  });

function kindFlags(flags: number, isTemplate: boolean): number {
  return isTemplate ? FLAG_TEMPLATE | FLAG_INACTIVE : flags;
}

function wordsOf({ word0, word1, word2, word3 }: IpAddress): Partial<SynchronizedEntry> {
  return { server0: word0, server1: word1, server2: word2, server3: word3 };
}

function blank(): SynchronizedEntry {
  return {
    key: new ConnectionKey(),
    flags: -1,
    state: -1,
    server0: -1,
    server1: -1,
    server2: -1,
    server3: -1,
    serverPort: -1,
    mark: -1,
    timeoutSeconds: -1,
  };
}

function insert(table: ConnectionTable, entry: SynchronizedEntry, flags = entry.flags): number {
  const { state, timeoutSeconds } = entry;
  const active = (flags & FLAG_INACTIVE) === 0;
  const initial = { state, active, timeoutMs: timeoutSeconds * 1000 };
  return table.synchronized.insert(entry, flags, undefined, 0, initial);
}

const HASHED = 0x40;

describe('an entry that a message describes', () => {
  it('is read as it was written, and has the server of its own message only', () => {
    fc.assert(
      fc.property(messages, fc.constantFrom(0, 1, 2, 3, 4), word, (message, field, other) => {
        const table = noisyTable();
        const slot = insert(table, message);
        const read = blank();
        // What another entry has left behind must not show.
        read.key.setClient(IpAddress.parse('1:2:3:4:5:6:7:8'), 9).engineData = 'old';
        table.synchronized.read(slot, read);

        expect({ ...read, flags: read.flags & ~HASHED }).toEqual(message);
        expect(table.synchronized.isIpv6(slot)).toBe(message.key.family === 6);
        expect(table.synchronized.hasServer(slot, message)).toBe(true);
        const changed = withServerField(message, field, other);
        const isSame =
          changed.serverPort === message.serverPort &&
          changed.server3 === message.server3 &&
          (message.key.family === 4 ||
            [0, 1, 2].every((at) => serverWord(changed, at) === serverWord(message, at)));
        expect(table.synchronized.hasServer(slot, changed)).toBe(isSame);
      }),
    );
  });

  it('is bound to a known server, whose method goes first, and counted there', () => {
    const server = oneServer({ forwardingMethod: 'gatewaying' });
    const table = noisyTable();
    const entry = { ...blank(), key: clientKey(1), serverPort: 80, mark: 0, server3: 1 };
    const flags = TUNNELING | FLAG_IN_SEQ;
    const slot = table.synchronized.insert(entry, flags, server, 0, INITIAL);

    expect(table.synchronized.server(slot)).toBe(server);
    expect(table.flags(slot) & ~HASHED).toBe(FLAG_IN_SEQ | FLAG_NO_OUTPUT | 3);
    expect([server.active, table.state(slot), table.expiryMs(slot)]).toEqual([1, 1, 900_000]);
  });

  it('is refused by a full table, which counts that', () => {
    const table = new ConnectionTable({ limit: 1 });
    const entry = { ...blank(), key: clientKey(1), serverPort: 80, mark: 0, server3: 1 };
    table.synchronized.insert(entry, 0, undefined, 0, INITIAL);

    expect(table.synchronized.insert(entry, 0, undefined, 0, INITIAL)).toBe(-1);
    expect(table.statistics).toMatchObject({ size: 1, refused: 1 });
  });

  it('has a helper, and so shifts, where its port has one', () => {
    const table = noisyTable();
    const server = oneServer({ forwardingMethod: 'masquerading' });
    table.helped.ports = new Set([80]);
    const entry = { ...blank(), key: clientKey(1), serverPort: 80, mark: 0, server3: 1 };
    const slot = table.synchronized.insert(entry, 0, server, 0, INITIAL);
    const plain = table.synchronized.insert(
      { ...entry, key: clientKey(2, UDP) },
      0,
      server,
      0,
      INITIAL,
    );
    for (const each of [slot, plain]) table.synchronized.setShifts(each, 7, 1, -2);

    expect(table.synchronized.shifts(slot)).toMatchObject({ position: 7, before: 1, behind: -2 });
    expect(table.synchronized.shifts(plain)).toBeUndefined();
  });
});

function serverWord(entry: SynchronizedEntry, at: number): number {
  return [entry.server0, entry.server1, entry.server2, entry.server3][at];
}

function withServerField(
  message: SynchronizedEntry,
  field: number,
  value: number,
): SynchronizedEntry {
  if (field === 4) return { ...message, serverPort: value & 0xffff };
  return { ...message, [`server${field}`]: value };
}

describe('what decides whether an entry is sent', () => {
  const due = { protocol: -1, isTemplate: false, hasTemplate: false, state: -1, timeoutMs: -1 };

  it('is protocol, kind, state, timeout, and a template at any distance', () => {
    // The template has slot 0.
    const table = new ConnectionTable();
    const { synchronized } = table;
    const template = table.insert(templateKey(1), 0, oneServer(), 80, FLAG_TEMPLATE);
    const [control, data, plain] = [1, 2, 3].map((n) =>
      table.insert(clientKey(n), 0, oneServer(), 80),
    );
    table.setController(data, control);
    table.setState(data, 3, true);
    table.setTimeout(data, 5000);
    synchronized.readDue(data, due);
    expect(due).toEqual({
      protocol: TCP,
      isTemplate: false,
      hasTemplate: false,
      state: 3,
      timeoutMs: 5000,
    });

    table.setController(control, template);
    synchronized.readDue(data, due);
    expect(due.hasTemplate).toBe(true);
    expect([synchronized.controller(data), synchronized.controller(control)]).toEqual([
      control,
      template,
    ]);
    synchronized.readDue(plain, due);
    expect(due.hasTemplate).toBe(false);
    synchronized.readDue(template, due);
    expect([due.isTemplate, synchronized.isTemplate(template)]).toEqual([true, true]);
    expect(synchronized.isTemplate(plain)).toBe(false);
  });

  it('is, for a connection of a state that nothing controls, its number of packets', () => {
    const table = noisyTable();
    const { synchronized } = table;
    const slot = table.insert(clientKey(1), 0, oneServer(), 80);
    table.setState(slot, 1, true);
    synchronized.setPackets(slot, 41);

    expect(synchronized.countPacket(slot)).toBe(42);
    expect([synchronized.packets(slot), synchronized.packetsOf(slot, TCP, 1)]).toEqual([42, 42]);
    expect(synchronized.packetsOf(slot, UDP, 1)).toBe(-1);
    expect(synchronized.packetsOf(slot, TCP, 2)).toBe(-1);

    const template = table.insert(templateKey(1), 0, oneServer(), 80, FLAG_TEMPLATE);
    expect(synchronized.packetsOf(template, TCP, 0)).toBe(-1);
    const controlled = table.insert(clientKey(2), 0, oneServer(), 80);
    table.setController(controlled, template);
    expect(synchronized.packetsOf(controlled, TCP, 0)).toBe(-1);
    expect(synchronized.packetsOf(slot, TCP, 1)).toBe(42);
  });

  it('is what was sent last, which is forgotten with the entry', () => {
    const { synchronized } = noisyTable();
    synchronized.sent.set(5, 3);
    synchronized.sent.set(6, 4);
    synchronized.forget(5);
    synchronized.forget(7_000_000);

    expect([synchronized.sent.get(5), synchronized.sent.get(6)]).toEqual([0, 4]);
    expect(synchronized.sent.has(7_000_000)).toBe(false);
  });
});

describe('an entry that a later message describes', () => {
  it('takes state, activity, sequence flags and timeout of it, when it is a connection', () => {
    const table = noisyTable();
    const server = oneServer();
    const slot = table.insert(clientKey(1), 0, server, 80);
    table.synchronized.update(slot, FLAG_IN_SEQ, 1, 5000);
    expect([table.state(slot), server.active]).toEqual([1, 1]);
    expect(table.flags(slot) & (FLAG_IN_SEQ | FLAG_OUT_SEQ)).toBe(FLAG_IN_SEQ);

    table.synchronized.update(slot, FLAG_OUT_SEQ | FLAG_INACTIVE, 4, 6000);
    expect([table.state(slot), server.active, server.inactive]).toEqual([4, 0, 1]);
    expect(table.flags(slot) & (FLAG_IN_SEQ | FLAG_OUT_SEQ)).toBe(FLAG_OUT_SEQ);
    expect(partsOf(table).entries.timeoutMs(slot)).toBe(6000);
  });

  it('takes state and timeout of it, when it is a template', () => {
    const table = noisyTable();
    const server = oneServer();
    const slot = table.insert(templateKey(1), 0, server, 80, FLAG_TEMPLATE);
    const flags = table.flags(slot);
    for (const state of [1, 0]) {
      table.synchronized.update(slot, FLAG_TEMPLATE | FLAG_IN_SEQ, state, 7000);
      expect([table.state(slot), table.flags(slot), server.active]).toEqual([state, flags, 0]);
    }
    expect(partsOf(table).entries.timeoutMs(slot)).toBe(7000);
  });

  it.each(['masquerading', 'tunneling', 'gatewaying'] as const)(
    'takes the method of a server that is known by now, and is counted there as it is (%s)',
    (forwardingMethod) => {
      const method = { masquerading: 0, tunneling: 2, gatewaying: 3 }[forwardingMethod];
      const output = method === 0 ? 0 : FLAG_NO_OUTPUT;
      for (const flags of [0, FLAG_INACTIVE, FLAG_TEMPLATE | FLAG_INACTIVE]) {
        for (const before of [0, 1 | FLAG_NO_OUTPUT, 2 | FLAG_NO_OUTPUT]) {
          const table = noisyTable();
          const server = oneServer({ forwardingMethod });
          const entry = { ...blank(), key: clientKey(1), serverPort: 8080, mark: 7, server3: 1 };
          const slot = insert(table, { ...entry, state: 0, timeoutSeconds: 1 }, flags | before);
          table.synchronized.bind(slot, server);
          expect(table.flags(slot) & ~HASHED).toBe(flags | method | output);
          expect([server.active, server.total, server.persistent]).toEqual([
            Number(flags === 0),
            Number((flags & FLAG_TEMPLATE) === 0),
            Number((flags & FLAG_TEMPLATE) !== 0),
          ]);
          expect([table.server(slot), table.endpoints(slot).serverPort]).toEqual([server, 8080]);
          expect(partsOf(table).entries.mark(slot)).toBe(7);
          table.remove(slot);
          expect([server.active, server.total, server.persistent]).toEqual([0, 0, 0]);
        }
      }
    },
  );

  it('is bound to a server that is known by now', () => {
    const table = noisyTable();
    const server = oneServer({ forwardingMethod: 'tunneling' });
    const entry = { ...blank(), key: clientKey(1), serverPort: 8080, mark: 9, server3: 1 };
    const initial = { ...INITIAL, active: false };
    const slot = table.synchronized.insert(entry, FLAG_INACTIVE | 3, undefined, 0, initial);
    table.synchronized.bind(slot, server);

    expect([table.server(slot), server.inactive]).toEqual([server, 1]);
    expect(table.flags(slot) & 0x7).toBe(TUNNELING);
    expect(table.endpoints(slot)).toMatchObject({
      serverAddress: server.address,
      serverPort: 8080,
    });
    expect(partsOf(table).entries.mark(slot)).toBe(9);
  });
});
