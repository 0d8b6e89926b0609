import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../src/clock.js';
import { encodePacket } from '../../src/wire/encode-packet.js';
import { Packet } from '../../src/wire/packet.js';
import { TCP_FLAG } from '../../src/wire/tcp-flags.js';
import { SyncedDirector } from './support/pair.js';

const { SYN, ACK } = TCP_FLAG;
const SERVICE = { address: '192.0.2.1', port: 21 } as const;
const SERVER = { address: '10.0.0.2', port: 21, forwardingMethod: 'masquerading' } as const;

function director(clock: ManualClock): SyncedDirector {
  const synced = new SyncedDirector({ tunables: { sync_threshold: 1, sync_period: 2 } }, clock);
  synced.director.addService(SERVICE, { scheduler: 'rr' });
  synced.director.addServer(SERVICE, SERVER);
  return synced;
}

function fromClient(
  { director: it }: SyncedDirector,
  flags: number,
  acknowledged: number,
  text = '',
): number {
  const ports = { sourcePort: 4711, destinationPort: 21 };
  const numbers = { sequenceNumber: 1, acknowledgmentNumber: acknowledged };
  const verdict = it.receive(
    encodePacket({
      source: '198.51.100.7',
      destination: SERVICE.address,
      transport: { type: 'tcp', flags, ...ports, ...numbers },
      payload: new TextEncoder().encode(text),
    }),
  );
  return numberOf(verdict.departures()[0]?.bytes, 8);
}

function fromServer(
  { director: it }: SyncedDirector,
  flags: number,
  sequence: number,
  text = '',
): number {
  const ports = { sourcePort: 21, destinationPort: 4711 };
  const verdict = it.respond(
    encodePacket({
      source: SERVER.address,
      destination: '198.51.100.7',
      transport: { type: 'tcp', flags, ...ports, sequenceNumber: sequence },
      payload: new TextEncoder().encode(text),
    }),
  );
  return numberOf(verdict.departures()[0]?.bytes, 4);
}

function numberOf(bytes: Uint8Array | undefined, at: number): number {
  const packet = new Packet();
  packet.parse(bytes ?? new Uint8Array(0));
  return packet.view.getUint32(packet.transportOffset + at);
}

describe('shifted sequence numbers', () => {
  it('arrive at a backup, which continues the connection', () => {
    const clock = new ManualClock();
    const master = director(clock).withDaemon('master');
    const backup = director(clock).withDaemon('backup');
    const reply = '227 ok (10,0,0,2,200,10)\r\n';
    fromClient(master, SYN, 0);
    fromServer(master, SYN | ACK, 1000);
    fromClient(master, ACK, 1001, 'PASV\r\n');
    fromServer(master, ACK, 1001, reply);
    const next = 1001 + reply.length;
    const growth = '192,0,2,1'.length - '10,0,0,2'.length;
    expect(fromServer(master, ACK, next)).toBe(next + growth);
    expect(fromClient(master, ACK, next + growth)).toBe(next);
    master.director.stopDaemon('master');
    for (const { bytes } of master.sent) backup.receive(bytes);

    expect(fromServer(backup, ACK, next)).toBe(next + growth);
    expect(fromClient(backup, ACK, next + growth)).toBe(next);
    expect(fromServer(backup, ACK, 1001)).toBe(1001);
  });
});
