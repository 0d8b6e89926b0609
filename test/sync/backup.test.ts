import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Director } from '../../src/director/director.js';
import { IpAddress } from '../../src/ip-address.js';
import { SyncMessageWriter } from '../../src/sync/message-writer.js';
import { SyncEntry } from '../../src/sync/sync-entry.js';
import { TCP_FLAG } from '../../src/wire/tcp-flags.js';
import { endsOf, tcp } from '../director/support/packets.js';
import { SERVICE, SyncedDirector } from './support/pair.js';

const { SYN, ACK, FIN } = TCP_FLAG;

/** An entry of a direct-routing connection in ESTABLISHED, changed in some fields. */
function entryOf(change: Partial<SyncEntry> & { clientPort?: number } = {}): SyncEntry {
  const { clientPort = 4000, ...fields } = change;
  const entry = new SyncEntry();
  entry.key.setClient(IpAddress.parse('198.51.100.7'), clientPort);
  entry.key.setVirtual(IpAddress.parse('192.0.2.1'), 80);
  entry.key.protocol = 6;
  entry.setServerAddress(IpAddress.parse('10.0.0.1'));
  Object.assign(entry, { serverPort: 80, flags: 0x83, state: 1, timeoutSeconds: 900, ...fields });
  return entry;
}

function withServer(entry: SyncEntry, address: string): SyncEntry {
  entry.setServerAddress(IpAddress.parse(address));
  return entry;
}

function messageOf(entries: readonly SyncEntry[], version: 0 | 1 = 1): Uint8Array {
  let message = new Uint8Array(0);
  const writer = new SyncMessageWriter(7, 60_000, (bytes, length) => {
    message = bytes.slice(0, length);
  });
  for (const entry of entries) writer.append(entry, version, 0);
  writer.flush();
  return message;
}

function backup(options = {}): SyncedDirector {
  return new SyncedDirector(options).withService().withDaemon('backup');
}

function serversOf({ director }: SyncedDirector): string[] {
  const { servers } = director.services.get(SERVICE);
  return [...servers].map(
    ({ address, active, inactive, persistent }) => `${address} ${active} ${inactive} ${persistent}`,
  );
}

describe('an entry whose client is an address of the host', () => {
  it('lets answers of its server reach the host', () => {
    const synced = backup({ host: { addresses: ['192.0.2.77'] } });
    const { director, receive } = synced;
    const server = { address: '10.0.0.1', port: 80 };
    director.editServer(SERVICE, server, { forwardingMethod: 'masquerading' });
    const entry = entryOf({ flags: 0 });
    entry.key.setClient(IpAddress.parse('192.0.2.77'), 4000);
    const answer = (): Uint8Array | undefined =>
      director.receive(tcp('10.0.0.1:80', '192.0.2.77:4000', 'A')).delivery();
    expect(endsOf(answer())).toBe('10.0.0.1:80 > 192.0.2.77:4000');
    receive(messageOf([entryOf(), entry]));
    expect(endsOf(answer())).toBe('192.0.2.1:80 > 192.0.2.77:4000');
  });
});

describe('a new entry', () => {
  it('is bound to its server, and counted there', () => {
    const director = backup();
    director.receive(messageOf([entryOf(), entryOf({ clientPort: 4001, flags: 0x183, state: 4 })]));
    expect(serversOf(director)).toEqual(['10.0.0.2 0 0 0', '10.0.0.1 1 1 0']);
    expect(director.connections()).toEqual([
      '198.51.100.7:4000 10.0.0.1 ESTABLISHED sync',
      '198.51.100.7:4001 10.0.0.1 FIN_WAIT sync',
    ]);
  });

  it('expires by the timeout of the message', () => {
    const director = backup();
    director.receive(messageOf([entryOf({ timeoutSeconds: 20 })]));
    director.advance(20_000);
    expect(director.connections()).toHaveLength(1);
    director.advance(1);
    expect(director.connections()).toHaveLength(0);
  });

  it('expires by its protocol and state when the message has no timeout', () => {
    const director = backup();
    director.receive(messageOf([entryOf({ state: 4, flags: 0x183 })], 0));
    const [{ secondsLeft } = { secondsLeft: 0 }] = [...director.director.connections()];
    expect(secondsLeft).toBe(120);
  });

  it('without a server here is kept, forwards by direct routing, and is bound later', () => {
    const director = backup();
    director.receive(messageOf([withServer(entryOf(), '10.0.0.9')]));
    expect(serversOf(director)).toEqual(['10.0.0.2 0 0 0', '10.0.0.1 0 0 0']);
    director.segment(4000, ACK);
    director.director.addServer(SERVICE, {
      address: '10.0.0.9',
      port: 80,
      forwardingMethod: 'gatewaying',
    });
    director.receive(messageOf([withServer(entryOf(), '10.0.0.9')]));
    expect(serversOf(director)[0]).toBe('10.0.0.9 1 0 0');
    director.advance(901_000);
    expect(serversOf(director)[0]).toBe('10.0.0.9 0 0 0');
  });

  it('takes the method of the local server, whatever the message says', () => {
    const director = backup();
    director.receive(messageOf([entryOf({ flags: 0x2 })]));
    const flags = director.director.table.flags(director.director.table.next(-1));
    expect(flags & 0x87).toBe(0x83);
  });
});

describe('a known entry', () => {
  it('is updated', () => {
    const director = backup();
    director.receive(messageOf([entryOf()]));
    director.receive(messageOf([entryOf({ state: 4, flags: 0x183, timeoutSeconds: 120 })]));
    expect(director.connections()).toEqual(['198.51.100.7:4000 10.0.0.1 FIN_WAIT sync']);
    expect(serversOf(director)[1]).toBe('10.0.0.1 0 1 0');
  });

  it('stays when an inactive one with another server comes', () => {
    const director = backup();
    director.receive(messageOf([entryOf()]));
    director.receive(messageOf([withServer(entryOf({ flags: 0x183, state: 4 }), '10.0.0.2')]));
    expect(director.connections()).toEqual(['198.51.100.7:4000 10.0.0.1 ESTABLISHED sync']);
  });

  it('gives way to an active one with another server', () => {
    const director = backup();
    director.receive(messageOf([entryOf()]));
    director.receive(messageOf([withServer(entryOf(), '10.0.0.2')]));
    director.advance(1);
    expect(director.connections()).toEqual(['198.51.100.7:4000 10.0.0.2 ESTABLISHED sync']);
    expect(serversOf(director)).toEqual(['10.0.0.2 1 0 0', '10.0.0.1 0 0 0']);
  });
});

/**
 * Entries of few clients, which meet each other: of several servers, active or not, some templates, some without a port,
 * some of a state that there is not.
 */
function meetingEntries(): fc.Arbitrary<SyncEntry[]> {
  const fields = {
    clientPort: fc.constantFrom(0, 4000, 4001, 4002),
    flags: fc.constantFrom(0x83, 0x83, 0x183, 0x1083, 0x883),
    timeoutSeconds: fc.constantFrom(10, 900),
    state: fc.constantFrom(1, 1, 1, 1, 99),
  };
  const entry = fc
    .tuple(fc.record(fields), fc.constantFrom('10.0.0.1', '10.0.0.2', '10.0.0.9'))
    .map(([change, address]) => withServer(entryOf(change), address));
  return fc.array(entry, { minLength: 1, maxLength: 12 });
}

it('a message does what its entries do in a message each', () => {
  fc.assert(
    fc.property(
      fc.array(meetingEntries(), { minLength: 1, maxLength: 4 }),
      fc.constantFrom(3, 100),
      (messages, connectionLimit) => {
        const [together, apart] = [backup({ connectionLimit }), backup({ connectionLimit })];
        for (const entries of messages) {
          together.receive(messageOf(entries));
          for (const entry of entries) apart.receive(messageOf([entry]));
          expect(JSON.stringify(together.director)).toBe(JSON.stringify(apart.director));
          for (const director of [together, apart]) director.advance(6000);
        }
      },
    ),
  );
});

it('a template counts at its server, and lives by its own timer', () => {
  const director = backup();
  const template = { clientPort: 0, flags: 0x1183, state: 0, timeoutSeconds: 300 };
  director.receive(messageOf([entryOf(template), entryOf()]));
  expect(serversOf(director)[1]).toBe('10.0.0.1 1 0 1');
  director.advance(300_001);
  expect(director.connections()).toEqual(['198.51.100.7:4000 10.0.0.1 ESTABLISHED sync']);
});

it('a packet of a client goes where the master sent the connection', () => {
  const master = new SyncedDirector().withService().withDaemon('master');
  const taker = backup();
  for (const port of [4000, 4001, 4002, 4003]) {
    master.segment(port, SYN);
    master.segment(port, ACK);
    master.segment(port, ACK);
  }
  master.advance(4000);
  for (const { bytes } of master.sent) taker.receive(bytes);
  const local = master.connections().map((row) => row.replace('local', 'sync'));
  expect(taker.connections().toSorted()).toEqual(local.toSorted());
});

describe('a hostile sender', () => {
  it('cannot make the table larger than its limit, and no datagram throws', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 20 }), (datagrams) => {
        const director = backup({ connectionLimit: 10 });
        for (const bytes of datagrams) director.receive(bytes);
        const many = Array.from({ length: 100 }, (_, index) => entryOf({ clientPort: index + 1 }));
        director.receive(messageOf(many));
        expect(director.director.table.size).toBeLessThanOrEqual(10);
      }),
      { numRuns: 50 },
    );
  });

  it('cannot set a timeout that the table does not take', () => {
    const director = backup();
    director.receive(messageOf([entryOf({ timeoutSeconds: 0xffffffff })]));
    const [{ secondsLeft } = { secondsLeft: 0 }] = [...director.director.connections()];
    expect(secondsLeft).toBe(32 * 86_400);
  });
});

it('with backup_only no packet is scheduled while a backup runs', () => {
  const director = new SyncedDirector({ tunables: { backup_only: 1 } }).withService();
  director.withDaemon('backup');
  director.segment(4000, SYN);
  expect(director.connections()).toEqual([]);
  director.director.stopDaemon('backup');
  director.segment(4000, SYN);
  expect(director.connections()).toHaveLength(1);
});

it('a director that is read back knows which entries were received', () => {
  const director = backup();
  director.receive(messageOf([entryOf()]));
  director.segment(5000, SYN);
  director.segment(5000, FIN);
  const state = JSON.parse(JSON.stringify(director.director));
  const copy = Director.fromJSON(state, { clock: director.clock });
  expect([...copy.connections()].map(({ origin }) => origin).toSorted()).toEqual(['local', 'sync']);
});
