import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TCP_FLAG } from '../../src/wire/tcp-flags.js';
import { SyncedDirector } from './support/pair.js';

const { SYN, ACK, FIN, RST } = TCP_FLAG;

function master(tunables: Record<string, number> = {}, persistent = false): SyncedDirector {
  return new SyncedDirector({ tunables }).withService(persistent).withDaemon('master');
}

/** Opens a connection and sends packets of it, `packets` with the SYN. */
function connect(director: SyncedDirector, port: number, packets: number): void {
  director.segment(port, SYN);
  for (let sent = 1; sent < packets; sent++) director.segment(port, ACK);
}

describe('an established connection is sent', () => {
  it('with packet 3 of each 50', () => {
    const director = master();
    const announced = [];
    for (let packet = 1; packet <= 110; packet++) {
      director.segment(4000, packet === 1 ? SYN : ACK);
      if (director.takeEntries().length > 0) announced.push(packet);
    }
    expect(announced).toEqual([3, 53, 103]);
  });

  it('once, with the packet of the threshold, when there is neither period nor refresh', () => {
    const director = master({ sync_threshold: 5, sync_period: 0 });
    connect(director, 4000, 60);
    expect(director.takeEntries()).toEqual(['4000 state 1 900 s']);
  });

  it('with packet n where n mod sync_period is sync_threshold, and with no other', () => {
    fc.assert(
      fc.property(fc.nat(12), fc.nat(12), fc.boolean(), (threshold, period, isPersistent) => {
        const tunables = { sync_threshold: threshold, sync_period: period };
        const director = master(tunables, isPersistent);
        const announced = [];
        const expected = [];
        for (let packet = 1; packet <= 30; packet++) {
          director.segment(4000, packet === 1 ? SYN : ACK);
          if (director.takeEntries().some((entry) => entry.startsWith('4000'))) {
            announced.push(packet);
          }
          const counts = period === 0 ? packet : packet % period;
          // With the first packet the connection is not established yet.
          if (packet > 1 && counts === threshold) expected.push(packet);
        }
        expect(announced).toEqual(expected);
      }),
    );
  });

  it('when its expiry has moved by the refresh period, however many packets there were', () => {
    const director = master({ sync_refresh_period: 60, sync_period: 0 });
    connect(director, 4000, 2);
    expect(director.takeEntries()).toEqual(['4000 state 1 900 s']);
    director.advance(55_000);
    director.segment(4000, ACK);
    expect(director.takeEntries()).toEqual([]);
    director.advance(5000);
    director.segment(4000, ACK);
    expect(director.takeEntries()).toEqual(['4000 state 1 900 s']);
  });

  it('again, as often as sync_retries says, before the refresh period is over', () => {
    const director = master({ sync_refresh_period: 80, sync_period: 0, sync_retries: 2 });
    connect(director, 4000, 2);
    expect(director.takeEntries()).toHaveLength(1);
    director.advance(10_000); // an eighth of the period after the last sending
    for (let packet = 0; packet < 5; packet++) director.segment(4000, ACK);
    expect(director.takeEntries()).toHaveLength(2);
  });
});

describe('a connection that ends is sent at once', () => {
  it.each([
    ['FIN', FIN | ACK, '4000 state 4 120 s'],
    ['RST', RST, '4000 state 6 10 s'],
  ])('by %s', (_name, flags, expected) => {
    const director = master();
    connect(director, 4000, 2);
    director.segment(4000, flags);
    director.segment(4000, flags);
    expect(director.takeEntries()).toEqual(
      // The third and the fourth packet: the state is announced once, the third packet counts as well.
      [expected],
    );
  });
});

it('nothing is sent of a connection that is opening', () => {
  const director = master({ sync_threshold: 1, sync_period: 1 });
  for (let packet = 0; packet < 5; packet++) director.segment(4000, SYN);
  expect(director.takeEntries()).toEqual([]);
});

it('a slot that is used again begins as a new entry', () => {
  const director = master({ sync_threshold: 0, sync_period: 1 });
  connect(director, 4000, 2);
  director.segment(4000, RST);
  director.takeEntries();
  director.advance(20_000);
  expect(director.connections()).toEqual([]);
  connect(director, 4001, 2);
  director.segment(4001, RST);
  // ESTABLISHED, and then the new state at once, though the entry before was sent in the same one.
  expect(director.takeEntries()).toEqual(['4001 state 1 900 s', '4001 state 6 10 s']);
});

describe('of a persistent service', () => {
  it('the template is sent with every packet of its connections', () => {
    const director = master({}, true);
    connect(director, 4000, 4);
    expect(director.takeEntries()).toEqual([
      '0 state 0 300 s',
      '0 state 1 300 s',
      '4000 state 1 900 s',
      '0 state 1 300 s',
      '0 state 1 300 s',
    ]);
  });

  it('only the template is sent with sync_persist_mode', () => {
    const director = master({ sync_persist_mode: 1 }, true);
    connect(director, 4000, 4);
    expect(director.takeEntries().filter((entry) => entry.startsWith('4000'))).toEqual([]);
  });

  it('version 0 sends the template only with a connection', () => {
    const director = master({ sync_version: 0 }, true);
    connect(director, 4000, 4);
    expect(director.takeEntries()).toEqual(['4000 state 1 0 s', '0 state 1 0 s']);
  });
});

describe('a message is sent', () => {
  it('when its first entry is two to three seconds old', () => {
    const director = master();
    director.advance(500);
    connect(director, 4000, 3);
    director.advance(2400);
    expect(director.sent).toEqual([]);
    director.advance(200);
    expect(director.sent).toHaveLength(1);
  });

  it('when there is no room for the next entry', () => {
    const director = new SyncedDirector().withService().withDaemon('master', 80);
    connect(director, 4000, 3);
    connect(director, 4001, 3);
    expect(director.sent).toEqual([]);
    connect(director, 4002, 3);
    expect(director.sent).toHaveLength(1);
  });

  it('when the daemon stops', () => {
    const director = master();
    connect(director, 4000, 3);
    director.director.stopDaemon('master');
    expect(director.sent).toHaveLength(1);
  });

  it('to one of sync_ports ports, always the same one for a client', () => {
    const director = master({ sync_ports: 4, sync_threshold: 0, sync_period: 1 });
    for (let client = 0; client < 40; client++) {
      director.segment(4000, SYN, `198.51.100.${client}`);
      director.segment(4000, ACK, `198.51.100.${client}`);
    }
    director.advance(4000);
    expect(new Set(director.sent.map(({ portIndex }) => portIndex))).toEqual(new Set([0, 1, 2, 3]));
    const before = director.sent.splice(0);
    for (let client = 0; client < 40; client++) {
      director.segment(4000, ACK, `198.51.100.${client}`);
    }
    director.advance(4000);
    const clientsOf = (messages: typeof before): string[] =>
      messages.map(({ bytes, portIndex }) => `${portIndex} ${bytes.length}`).toSorted();
    expect(clientsOf(director.sent)).toEqual(clientsOf(before));
  });
});

it('a master with nothing to send does nothing, however long it waits', () => {
  const director = master();
  director.advance(100 * 365 * 86_400_000);
  expect(director.sent).toEqual([]);
});

it('a stopped master sends nothing, and one that is started again goes on', () => {
  const director = master({ sync_threshold: 0, sync_period: 1 });
  connect(director, 4000, 2);
  director.director.stopDaemon('master');
  director.takeEntries();
  director.segment(4000, ACK);
  expect(director.takeEntries()).toEqual([]);
  director.withDaemon('master');
  director.segment(4000, ACK);
  expect(director.takeEntries()).toHaveLength(1);
});
