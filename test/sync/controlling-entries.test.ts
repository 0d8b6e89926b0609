import { describe, expect, it } from 'vitest';
import { encodePacket } from '../../src/wire/encode-packet.js';
import { TCP_FLAG } from '../../src/wire/tcp-flags.js';
import { entriesOf, SERVICE, SyncedDirector } from './support/pair.js';

const { SYN, ACK, RST } = TCP_FLAG;
const CLIENT = '198.51.100.7';

function master(tunables: Record<string, number>, persistent = true): SyncedDirector {
  return new SyncedDirector({ tunables }).withService(persistent).withDaemon('master');
}

function connect(director: SyncedDirector, port: number, packets: number): void {
  for (let sent = 0; sent < packets; sent++) director.segment(port, sent === 0 ? SYN : ACK);
}

describe('a template', () => {
  it('is sent once where packets are not counted in periods, by the packets of all its connections', () => {
    const director = master({ sync_threshold: 3, sync_period: 0 });
    connect(director, 4000, 2);
    connect(director, 4001, 1);
    expect(director.takeEntries()).toEqual(['0 state 1 300 s']);
    for (let sent = 0; sent < 5; sent++) director.segment(4001, ACK);
    expect(director.takeEntries()).toEqual(['4001 state 1 900 s']);
  });

  it.each([0, 50])('that still controls is sent each 60 s with a period of %i', (period) => {
    const director = master({ sync_threshold: 3, sync_period: period });
    connect(director, 4000, 2);
    director.takeEntries();
    director.advance(290_000);
    director.takeEntries();
    for (let minute = 0; minute < 3; minute++) {
      director.advance(56_000);
      expect(director.takeEntries()).toEqual(['0 state 1 60 s']);
    }
  });

  it('is sent for datagrams whose connections end with them', () => {
    const director = new SyncedDirector().withDaemon('master');
    const service = { ...SERVICE, protocol: 'udp' } as const;
    const persistence = { timeoutSeconds: 300 };
    director.director.addService(service, { scheduler: 'rr', persistence, onePacket: true });
    director.director.addServer(service, {
      address: '10.0.0.1',
      port: 80,
      forwardingMethod: 'gatewaying',
    });
    const transport = { type: 'udp', sourcePort: 4000, destinationPort: 80 } as const;
    const datagram = encodePacket({ source: CLIENT, destination: SERVICE.address, transport });
    for (let sent = 0; sent < 3; sent++) director.director.receive(datagram.slice());
    const sent = director.takeEntries();
    expect(sent).toHaveLength(3);
    expect(new Set(sent.map((entry) => entry.split(' ')[0]))).toEqual(new Set(['0']));
  });
});

describe('a data connection of FTP', () => {
  const FTP = { address: SERVICE.address, port: 21 } as const;
  const SERVER = { address: '10.0.0.2', port: 21, forwardingMethod: 'masquerading' } as const;
  const DATA_PORT = 51_210; // 200, 10

  /** A master with a control connection from port 4711, whose client has asked for a data connection. */
  function withControl(tunables: Record<string, number>, isPersistent = true): SyncedDirector {
    const synced = new SyncedDirector({ tunables });
    const persistence = isPersistent ? { timeoutSeconds: 300 } : false;
    synced.director.addService(FTP, { scheduler: 'rr', persistence });
    synced.director.addServer(FTP, SERVER);
    const ports = { sourcePort: 4711, destinationPort: 21 };
    fromClient(synced, { ...ports, flags: SYN });
    answer(synced, { flags: SYN | ACK, sequenceNumber: 1000 });
    fromClient(synced, { ...ports, flags: ACK }, 'PASV\r\n');
    answer(synced, { flags: ACK, sequenceNumber: 1001 }, '227 ok (10,0,0,2,200,10)\r\n');
    return synced.withDaemon('master');
  }

  function fromClient(
    { director }: SyncedDirector,
    fields: { sourcePort: number; destinationPort: number; flags: number },
    text = '',
  ): void {
    const payload = new TextEncoder().encode(text);
    const numbers = { sequenceNumber: 1, acknowledgmentNumber: 1001 };
    const transport = { type: 'tcp', ...fields, ...numbers } as const;
    director.receive(
      encodePacket({ source: CLIENT, destination: FTP.address, transport, payload }),
    );
  }

  function answer(
    { director }: SyncedDirector,
    fields: { flags: number; sequenceNumber: number },
    text = '',
  ): void {
    const payload = new TextEncoder().encode(text);
    const transport = { type: 'tcp', sourcePort: 21, destinationPort: 4711, ...fields } as const;
    director.respond(
      encodePacket({ source: SERVER.address, destination: CLIENT, transport, payload }),
    );
  }

  function data(synced: SyncedDirector): string[] {
    for (const flags of [SYN, ACK, ACK]) {
      fromClient(synced, { sourcePort: 5000, destinationPort: DATA_PORT, flags });
    }
    return synced.takeEntries().map((entry) => entry.split(' ')[0]);
  }

  it('takes along its control connection, as if that were at the threshold, and the template of that', () => {
    const entries = data(withControl({ sync_threshold: 3, sync_period: 50 }));
    expect(entries).toEqual(['4711', '0', '4711', '0', '5000', '4711', '0']);
  });

  it('takes along the template though the control connection is not due', () => {
    expect(data(withControl({ sync_threshold: 3, sync_period: 2 }))).toEqual(['0', '0', '0']);
  });

  it('takes along nothing in version 0 while it is not sent', () => {
    const tunables = { sync_version: 0, sync_threshold: 3, sync_period: 50 };
    expect(data(withControl(tunables))).toEqual(['5000', '4711', '0']);
  });

  it('has a template among its controllers, so that with sync_persist_mode only that is sent', () => {
    const tunables = { sync_persist_mode: 1, sync_threshold: 0, sync_period: 1 };
    expect(data(withControl(tunables))).toEqual(['0', '0', '0']);
  });

  it('has no template among them where its control connection has none', () => {
    const tunables = { sync_persist_mode: 1, sync_threshold: 3, sync_period: 50 };
    expect(data(withControl(tunables, false))).toContain('5000');
  });
});

it('with sync_persist_mode a connection without a template is sent', () => {
  const director = master({ sync_persist_mode: 1 }, false);
  connect(director, 4000, 3);
  expect(director.takeEntries()).toEqual(['4000 state 1 900 s']);
});

it('version 0 leaves out what is IPv6', () => {
  const director = new SyncedDirector({ tunables: { sync_version: 0 } }).withDaemon('master');
  const service = { address: 'fd00:77::10', port: 80 } as const;
  director.director.addService(service, { scheduler: 'rr', persistence: { timeoutSeconds: 300 } });
  director.director.addServer(service, {
    address: 'fd00:10::11',
    port: 80,
    forwardingMethod: 'gatewaying',
  });
  for (const flags of [SYN, ACK, ACK, ACK]) {
    const transport = { type: 'tcp', sourcePort: 4000, destinationPort: 80, flags } as const;
    director.director.receive(
      encodePacket({ source: 'fd00:64::7', destination: service.address, transport }),
    );
  }
  expect(director.director.table.size).toBe(2);
  expect(director.takeEntries()).toEqual([]);
});

it('an entry of a mark carries it', () => {
  const director = new SyncedDirector({ tunables: { sync_threshold: 2 } }).withDaemon('master');
  const service = { fwmark: 0x01020304, family: 4 } as const;
  director.director.addService(service, { scheduler: 'rr' });
  director.director.addServer(service, {
    address: '10.0.0.4',
    port: 0,
    forwardingMethod: 'gatewaying',
  });
  for (const flags of [SYN, ACK]) {
    const transport = { type: 'tcp', sourcePort: 4000, destinationPort: 80, flags } as const;
    director.director.receive(
      encodePacket({ source: CLIENT, destination: SERVICE.address, transport }),
      service.fwmark,
    );
  }
  director.advance(4000);
  const [message] = director.sent;
  expect([...message.bytes.subarray(24, 28)]).toEqual([1, 2, 3, 4]);
});

it('a slot that is used again has sent nothing yet', () => {
  const director = master({ sync_threshold: 40 }, false);
  for (const port of [4000, 4001]) {
    connect(director, port, 2);
    director.segment(port, RST);
    expect(director.takeEntries()).toEqual([`${port} state 6 10 s`]);
    director.advance(20_000);
    expect(director.connections()).toEqual([]);
  }
});

it('a message whose first entry is two seconds old to the millisecond waits for another second', () => {
  const director = master({}, false);
  director.advance(1000);
  connect(director, 4000, 3);
  director.advance(2000);
  director.advance(999);
  expect(director.sent).toEqual([]);
  director.advance(2);
  expect(director.sent.flatMap(({ bytes }) => entriesOf(bytes))).toEqual(['4000 state 1 900 s']);
});
