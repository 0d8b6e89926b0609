import { describe, expect, it } from 'vitest';
import { IpAddress } from '../../../src/ip-address.js';
import type { SyncDaemon, SyncRole } from '../../../src/sync/sync-daemon.js';
import { UdpTransport } from '../../../src/sync/node/udp-transport.js';
import { freePort, until } from './support.js';

const MESSAGE = Uint8Array.from([0, 7, 0, 8, 0, 1, 0, 0]);

function daemon(role: SyncRole, port: number, group: string, device = 'lo'): SyncDaemon {
  return {
    role,
    device,
    syncId: 7,
    maxLengthBytes: 1472,
    group: IpAddress.parse(group),
    port,
    ttl: 1,
  };
}

describe('a UDP transport', () => {
  it.each([
    ['unicast', '127.0.0.1'],
    ['multicast', '239.255.8.48'],
  ])('carries the messages of a master to a backup by %s', async (_kind, group) => {
    const port = await freePort();
    const errors: Error[] = [];
    const transport = new UdpTransport({
      loopback: true,
      bufferBytes: 100_000,
      onError: (error) => errors.push(error),
    });
    const received: Uint8Array[] = [];
    const backup = transport.open(daemon('backup', port, group), 1, (bytes) => {
      received.push(Uint8Array.from(bytes));
    });
    const master = transport.open(daemon('master', port, group), 1, () => undefined);
    const buffer = new Uint8Array(1472);
    buffer.set(MESSAGE);
    // The backup's socket may not be ready for the first one.
    for (let tries = 0; tries < 50 && received.length === 0; tries++) {
      master.send(buffer, MESSAGE.length, 0);
      buffer.fill(0xff);
      buffer.set(MESSAGE);
      await new Promise((done) => setTimeout(done, 20));
    }
    await until(() => received.length > 0);
    expect(errors).toEqual([]);
    expect(received[0]).toEqual(MESSAGE);
    expect(transport.statistics.sent).toBeGreaterThan(0);
    master.close();
    backup.close();
  });

  it('drops and counts what is too much at once', async () => {
    const port = await freePort();
    const transport = new UdpTransport({ queueLimit: 3 });
    const master = transport.open(daemon('master', port, '127.0.0.1'), 1, () => undefined);
    for (let sent = 0; sent < 100; sent++) master.send(MESSAGE, MESSAGE.length, 0);
    const { dropped, waiting } = transport.statistics;
    expect(dropped).toBeGreaterThan(0);
    expect(waiting).toBe(3);
    await until(() => transport.statistics.sent + dropped === 100);
    expect(transport.statistics).toMatchObject({ sent: 100 - dropped, dropped, waiting: 0 });
    master.close();
  });

  it('reports a device that is not there, and goes on', async () => {
    const port = await freePort();
    const errors: Error[] = [];
    const transport = new UdpTransport({ onError: (error) => errors.push(error) });
    const backup = transport.open(
      daemon('backup', port, '239.255.8.48', 'none0'),
      1,
      () => undefined,
    );
    await until(() => errors.length > 0);
    expect(errors.map(({ message }) => message)).toEqual([
      'Cannot use none0 for synchronization: it has no IPv4 address, or no carrier',
    ]);
    expect(transport.statistics.failed).toBe(1);
    backup.close();
  });
});
