/** What a director with synchronization daemons does with packets: what it announces, and what it leaves to the master. */
import { describe, expect, it } from 'vitest';
import { SyncedDirector } from '../sync/support/pair.js';
import { endsOf, icmpError, tcp, udp } from './support/packets.js';
import { run } from './support/scene.js';

const CLIENT = '198.51.100.7:4711';
const VIP = '192.0.2.1:80';

describe('a director that stands by', () => {
  const standby = (backup_only: number): SyncedDirector =>
    new SyncedDirector({ tunables: { backup_only } }).withService().withDaemon('backup');

  it('leaves all packets alone, and the host gets its own as they came', () => {
    const { director } = standby(1);
    const verdict = director.receive(tcp(CLIENT, VIP));
    expect(verdict).toMatchObject({ action: 'accept', reason: 'backup-only', delivers: true });
    expect(endsOf(verdict.delivery())).toBe(`${CLIENT} > ${VIP}`);
    expect(director.observe(tcp('192.0.2.1:5000', VIP))).toMatchObject({
      action: 'accept',
      reason: 'backup-only',
    });
    expect(director.respond(tcp('10.0.0.1:80', CLIENT, 'A'))).toMatchObject({
      action: 'accept',
      reason: 'backup-only',
    });
    expect(director.table.size).toBe(0);
  });

  it('works like any other while backup_only is off', () => {
    const { director } = standby(0);
    expect(director.receive(tcp(CLIENT, VIP)).action).toBe('forward');
  });
});

describe('a connection past all servers', () => {
  it('is announced by later packets, not by the one that opens it', () => {
    const synced = new SyncedDirector({
      tunables: { cache_bypass: 1, sync_threshold: 1, sync_period: 3 },
    }).withDaemon('master');
    run(synced.director, '-A -f 1 -s rr');
    const announced: number[] = [];
    for (let packet = 1; packet <= 8; packet++) {
      const { reason } = synced.director.receive(udp(CLIENT, '203.0.113.5:80'), 1);
      expect(reason).toBe('routed');
      if (synced.takeEntries().length > 0) announced.push(packet);
    }
    expect(announced).toEqual([4, 7]);
  });
});

it('a connection to a server is announced by the packet that opens it', () => {
  const synced = new SyncedDirector({
    tunables: { sync_threshold: 1, sync_period: 3 },
  }).withDaemon('master');
  run(synced.director, `-A -u ${VIP} -s rr\n-a -u ${VIP} -r 10.0.0.1:80 -m`);
  synced.director.receive(udp(CLIENT, VIP));
  expect(synced.takeEntries()).toHaveLength(1);
});

it('an error to a server counts as a packet of the client', () => {
  for (const [withError, announced] of [
    [true, 1],
    [false, 0],
  ] as const) {
    const synced = new SyncedDirector().withDaemon('master');
    run(synced.director, `-A -u ${VIP} -s rr\n-a -u ${VIP} -r 10.0.0.1:80 -m`);
    synced.director.receive(udp(CLIENT, VIP));
    const error = icmpError('203.0.113.9', '192.0.2.1', [3, 3], udp(VIP, CLIENT));
    if (withError) synced.director.receive(error);
    synced.director.receive(udp(CLIENT, VIP));
    // A connection is announced with its third packet.
    expect(synced.takeEntries()).toHaveLength(announced);
  }
});

it.each([
  [CLIENT, VIP, '10.0.0.1:80'],
  ['[2001:db8:f::7]:4711', '[2001:db8::1]:80', '[2001:db8:2::1]:80'],
])('datagrams from %s are counted, and the third one announces', (client, virtual, server) => {
  const synced = new SyncedDirector().withDaemon('master');
  run(synced.director, `-A -u ${virtual} -s rr\n-a -u ${virtual} -r ${server} -m`);
  const announced: number[] = [];
  for (let packet = 1; packet <= 5; packet++) {
    expect(synced.director.receive(udp(client, virtual)).action).toBe('forward');
    if (synced.takeEntries().length > 0) announced.push(packet);
  }
  expect(announced).toEqual([3]);
});
