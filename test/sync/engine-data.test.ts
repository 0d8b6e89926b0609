import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../src/clock.js';
import type { DirectorOptions } from '../../src/director/director-options.js';
import { encodePacket } from '../../src/wire/encode-packet.js';
import { SyncedDirector } from './support/pair.js';

const SERVICE = { protocol: 'udp', address: '192.0.2.1', port: 5060 } as const;

function director(clock: ManualClock, options: Partial<DirectorOptions> = {}): SyncedDirector {
  const synced = new SyncedDirector({ tunables: { sync_threshold: 1 }, ...options }, clock);
  const persistence = { timeoutSeconds: 300 };
  const persistenceEngine = options.persistenceEngines === undefined ? 'sip' : false;
  synced.director.addService(SERVICE, { scheduler: 'rr', persistence, persistenceEngine });
  for (const address of ['10.0.0.1', '10.0.0.2', '10.0.0.3']) {
    synced.director.addServer(SERVICE, { address, port: 5060, forwardingMethod: 'masquerading' });
  }
  return synced;
}

function call({ director: directed }: SyncedDirector, id: string, port = 5060): void {
  const payload = new TextEncoder().encode(`INVITE sip:b SIP/2.0\r\nCall-ID: ${id}\r\n\r\n`);
  const transport = { type: 'udp', sourcePort: port, destinationPort: 5060 } as const;
  const ends = { source: '198.51.100.7', destination: SERVICE.address };
  directed.receive(encodePacket({ ...ends, transport, payload }));
}

function templates({ director: directed }: SyncedDirector): string[] {
  return [...directed.connections()]
    .filter(({ clientPort }) => clientPort === 0)
    .map(
      ({ engineName, engineData, serverAddress }) => `${engineName} ${engineData} ${serverAddress}`,
    )
    .sort();
}

describe('the templates of a persistence engine', () => {
  it('arrive at a backup with the engine and what it read', () => {
    const clock = new ManualClock();
    const master = director(clock).withDaemon('master');
    const backup = director(clock).withDaemon('backup');
    call(master, 'a@x');
    call(master, 'b@x', 5061);
    master.director.stopDaemon('master');
    for (const { bytes } of master.sent) backup.receive(bytes);

    expect(templates(backup)).toEqual(templates(master));
    expect(templates(backup)).toHaveLength(2);
  });

  it('are skipped by a backup without the engine', () => {
    const clock = new ManualClock();
    const master = director(clock).withDaemon('master');
    const backup = director(clock, { persistenceEngines: [] }).withDaemon('backup');
    call(master, 'a@x');
    master.director.stopDaemon('master');
    for (const { bytes } of master.sent) backup.receive(bytes);

    expect(templates(backup)).toEqual([]);
  });
});
