import { describe, expect, it } from 'vitest';
import { IpAddress } from '../../src/ip-address.js';
import { SyncMessageWriter } from '../../src/sync/message-writer.js';
import { SyncEntry } from '../../src/sync/sync-entry.js';
import { heapGrowth } from '../support/garbage.js';
import { SERVICE, SyncedDirector } from './support/pair.js';

/** Entries of one measurement. */
const ENTRIES = 10_000;
/** The smallest object has 16 bytes; what compilers leave is spread over all entries. */
const ALLOWED = 12 * ENTRIES;

interface Sending {
  readonly server?: string;
  readonly mark?: number;
  readonly flags?: number;
}

/** An entry whose client can be changed. */
function entryOf({ server = '10.0.0.1', mark = 0, flags = 0x83 }: Sending): SyncEntry {
  const entry = new SyncEntry();
  entry.key.setVirtual(IpAddress.parse(mark === 0 ? SERVICE.address : '0.0.0.9'), 80);
  entry.key.setClient(IpAddress.parse('198.51.100.7'), 0);
  entry.key.protocol = mark === 0 ? 6 : 0;
  entry.setServerAddress(IpAddress.parse(server));
  const state = (flags & 0x1000) === 0 ? 1 : 0;
  return Object.assign(entry, { serverPort: 80, flags, state, mark, timeoutSeconds: 900 });
}

/** Messages with so many entries, from the given client on. */
function messagesOf(sending: Sending, first = 0): Uint8Array[] {
  const messages: Uint8Array[] = [];
  const writer = new SyncMessageWriter(7, 1472, (bytes, length) => {
    messages.push(bytes.slice(0, length));
  });
  const entry = entryOf(sending);
  for (let client = first; client < first + ENTRIES; client++) {
    entry.key.client3 = client;
    writer.append(entry, 1, 0);
  }
  writer.flush();
  return messages;
}

describe('nothing is allocated for an entry', () => {
  it('that is encoded', () => {
    const entry = entryOf({});
    const writer = new SyncMessageWriter(7, 1472, () => undefined);
    const run = (): void => {
      for (let client = 0; client < ENTRIES; client++) {
        entry.key.client3 = client;
        writer.append(entry, 1, 0);
      }
    };
    expect(heapGrowth(ALLOWED, run)).toBeLessThan(ALLOWED);
  });

  it('that a backup knows', () => {
    const { director, receive } = new SyncedDirector().withService().withDaemon('backup');
    const messages = messagesOf({});
    expect(heapGrowth(ALLOWED, () => messages.forEach(receive))).toBeLessThan(ALLOWED);
    expect(director.table.size).toBe(ENTRIES);
  });

  it.each<[string, Sending]>([
    ['that a backup adds', {}],
    ['that a backup adds to a server of any port', { server: '10.0.0.3' }],
    ['that a backup adds for a firewall mark', { mark: 9, server: '10.0.0.4', flags: 0x1183 }],
  ])('%s', (_title, sending) => {
    const { director, receive } = backupWithManyServers();
    const batches = Array.from({ length: 9 }, (_, batch) => messagesOf(sending, batch * ENTRIES));
    let batch = 0;
    const run = (): void => batches[batch++].forEach(receive);
    expect(heapGrowth(ALLOWED, run)).toBeLessThan(ALLOWED);
    const servers = [...director.services].flatMap((service) => [...service.servers]);
    const bound = servers.reduce((sum, { total, persistent }) => sum + total + persistent, 0);
    expect(bound).toBe(batch * ENTRIES);
  });
});

function backupWithManyServers(): SyncedDirector {
  const synced = new SyncedDirector().withService();
  const { director } = synced;
  director.addServer(SERVICE, { address: '10.0.0.3', port: 0, forwardingMethod: 'gatewaying' });
  director.addService({ fwmark: 9 }, { scheduler: 'rr', persistence: { timeoutSeconds: 300 } });
  director.addServer(
    { fwmark: 9 },
    { address: '10.0.0.4', port: 0, forwardingMethod: 'gatewaying' },
  );
  return synced.withDaemon('backup');
}
