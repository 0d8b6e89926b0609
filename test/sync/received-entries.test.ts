import { describe, expect, it } from 'vitest';
import { FLAG_TEMPLATE } from '../../src/connections/entries/flags.js';
import { IpAddress } from '../../src/ip-address.js';
import { SyncMessageWriter } from '../../src/sync/message-writer.js';
import { SyncEntry } from '../../src/sync/sync-entry.js';
import { TCP_FLAG } from '../../src/wire/tcp-flags.js';
import { SERVICE, SyncedDirector } from './support/pair.js';

const { ACK } = TCP_FLAG;
const MARKED = { fwmark: 9, family: 4 } as const;
const SERVICE_6 = { address: 'fd00:77::10', port: 80 } as const;

interface Received extends Partial<SyncEntry> {
  readonly client?: string;
  readonly clientPort?: number;
  readonly virtual?: string;
  readonly server?: string;
  readonly protocol?: number;
}

/** An entry of a direct-routing connection in ESTABLISHED, changed in some fields. */
function entryOf(change: Received = {}): SyncEntry {
  const { client = '198.51.100.7', clientPort = 4000, virtual = '192.0.2.1' } = change;
  const { server = '10.0.0.1', protocol = 6, ...fields } = change;
  const entry = new SyncEntry();
  entry.key.setClient(IpAddress.parse(client), clientPort);
  entry.key.setVirtual(IpAddress.parse(virtual), 80);
  entry.key.protocol = protocol;
  entry.setServerAddress(IpAddress.parse(server));
  const { serverPort = 80, flags = 0x83, state = 1, timeoutSeconds = 900, mark = 0 } = fields;
  return Object.assign(entry, { serverPort, flags, state, timeoutSeconds, mark });
}

/** Gives a backup a message of these entries. */
function receive(backup: SyncedDirector, entries: readonly SyncEntry[], version: 0 | 1 = 1): void {
  const writer = new SyncMessageWriter(7, 60_000, (bytes, length) => {
    backup.receive(bytes.slice(0, length));
  });
  for (const entry of entries) writer.append(entry, version, 0);
  writer.flush();
}

function backupOf(options: ConstructorParameters<typeof SyncedDirector>[0] = {}): SyncedDirector {
  return new SyncedDirector(options).withService().withDaemon('backup');
}

function rows({ director }: SyncedDirector): string[] {
  return [...director.connections()]
    .map(
      ({ clientPort, serverAddress, serverPort, state, secondsLeft }) =>
        `${clientPort} ${serverAddress}:${serverPort} ${state} ${secondsLeft}`,
    )
    .toSorted();
}

function counts(
  { director }: SyncedDirector,
  service: Parameters<typeof director.services.get>[0],
): string[] {
  return [...director.services.get(service).servers]
    .map(({ address, port, active, inactive, persistent }) => {
      return `${address}:${port} ${active} ${inactive} ${persistent}`;
    })
    .toSorted();
}

describe('the server of an entry', () => {
  function marked(): SyncedDirector {
    const backup = backupOf();
    backup.director.addService(MARKED, { scheduler: 'rr' });
    for (const port of [0, 80]) {
      backup.director.addServer(MARKED, {
        address: '10.0.0.4',
        port,
        forwardingMethod: 'gatewaying',
      });
    }
    return backup;
  }

  it('of a mark is that of the mark’s service: for a template the one with port 0', () => {
    const backup = marked();
    const fields = { server: '10.0.0.4', mark: 9 };
    receive(backup, [
      entryOf({ ...fields, flags: 0x1083, clientPort: 0, virtual: '0.0.0.9', protocol: 0 }),
      entryOf(fields),
    ]);
    expect(counts(backup, MARKED)).toEqual(['10.0.0.4:0 0 0 1', '10.0.0.4:80 1 0 0']);
  });

  it('of a mark is none where the mark has no service, though the address has one', () => {
    const backup = backupOf();
    receive(backup, [entryOf({ mark: 9 })]);
    expect(counts(backup, SERVICE)).toEqual(['10.0.0.1:80 0 0 0', '10.0.0.2:80 0 0 0']);
    expect(rows(backup)).toEqual(['4000 10.0.0.1:80 ESTABLISHED 900']);
  });

  it('is none in version 0 for what came by a mark', () => {
    const backup = marked();
    const fields = { server: '10.0.0.4', mark: 9, virtual: '0.0.0.9', flags: 0x1083, protocol: 0 };
    receive(backup, [entryOf({ ...fields, clientPort: 0 })], 0);
    expect(counts(backup, MARKED)).toEqual(['10.0.0.4:0 0 0 0', '10.0.0.4:80 0 0 0']);
  });

  it('is the one with port 0 where none has the port', () => {
    const backup = marked();
    receive(backup, [entryOf({ server: '10.0.0.4', mark: 9, serverPort: 443 })]);
    expect(counts(backup, MARKED)).toEqual(['10.0.0.4:0 1 0 0', '10.0.0.4:80 0 0 0']);
  });

  it('gives the method, and says by it whether answers come back', () => {
    const backup = backupOf();
    const server = { address: '10.0.0.2', port: 80 };
    backup.director.editServer(SERVICE, server, { forwardingMethod: 'masquerading' });
    receive(backup, [entryOf({ server: '10.0.0.2' }), entryOf({ clientPort: 4001, flags: 0 })]);
    const { table } = backup.director;
    const flags = new Map<number, number>();
    for (let slot = table.next(-1); slot >= 0; slot = table.next(slot)) {
      flags.set(table.synchronized.isTemplate(slot) ? 0 : flags.size, table.flags(slot) & 0x87);
    }
    expect([...flags.values()].toSorted((a, b) => a - b)).toEqual([0, 0x83]);
  });

  it('is compared whole: a connection whose server differs in the port or any word is made anew', () => {
    const backup = backupOf();
    receive(backup, [entryOf(), entryOf({ serverPort: 8080 })]);
    backup.advance(1);
    expect(rows(backup)).toEqual(['4000 10.0.0.1:8080 ESTABLISHED 899']);
    backup.director.addService(SERVICE_6, { scheduler: 'rr' });
    const wide = { client: 'fd00:64::7', virtual: 'fd00:77::10' };
    receive(backup, [
      entryOf({ ...wide, server: 'fd00:10::11' }),
      entryOf({ ...wide, server: 'fd00:11::11' }),
    ]);
    backup.advance(1);
    expect(rows(backup).at(-1)).toBe('4000 fd00:11::11:80 ESTABLISHED 899');
    expect(rows(backup)).toHaveLength(2);
  });
});

describe('a template', () => {
  const template = { clientPort: 0, flags: 0x1083, timeoutSeconds: 300 };

  it('counts as persistent only, active or not', () => {
    const backup = backupOf();
    receive(backup, [entryOf(template)]);
    expect(counts(backup, SERVICE)[0]).toBe('10.0.0.1:80 0 0 1');
  });

  it('keeps its server when a message says another one', () => {
    const backup = backupOf();
    receive(backup, [entryOf({ ...template, state: 0 })]);
    receive(backup, [entryOf({ ...template, server: '10.0.0.2' })]);
    expect(rows(backup)).toEqual(['0 10.0.0.1:80 ASSURED 300']);
  });

  it('is known beside a connection of the same addresses without a client port', () => {
    const backup = backupOf();
    const connection = entryOf({ clientPort: 0, flags: 0x883 });
    receive(backup, [entryOf({ ...template, state: 0 }), connection]);
    receive(backup, [entryOf({ ...template, timeoutSeconds: 200 })]);
    expect(rows(backup)).toEqual(['0 10.0.0.1:80 ASSURED 200', '0 10.0.0.1:80 ESTABLISHED 900']);
  });
});

describe('the timeout of an entry', () => {
  const STATED = [
    ['TCP', { protocol: 6, state: 5 }, 120],
    ['UDP', { protocol: 17, state: 0 }, 300],
    ['SCTP', { protocol: 132, state: 8 }, 900],
    ['ESP', { protocol: 50, state: 0 }, 180],
    ['AH', { protocol: 51, state: 0 }, 180],
    ['a template', { protocol: 6, flags: 0x1083, clientPort: 0 }, 180],
  ] as const;

  it.each(STATED)(
    'of %s is by protocol and state when the message has none',
    (_name, change, left) => {
      for (const version of [0, 1] as const) {
        const backup = backupOf();
        receive(backup, [entryOf({ ...change, timeoutSeconds: 0 })], version);
        expect([...backup.director.connections()].map((each) => each.secondsLeft)).toEqual([left]);
      }
    },
  );

  it('is counted anew with each message', () => {
    const backup = backupOf();
    receive(backup, [entryOf({ timeoutSeconds: 20 })]);
    backup.advance(15_000);
    receive(backup, [entryOf({ timeoutSeconds: 20 })]);
    backup.advance(15_000);
    expect(rows(backup)).toEqual(['4000 10.0.0.1:80 ESTABLISHED 5']);
  });
});

it('the packets of an entry are set to the threshold with each message', () => {
  const backup = backupOf({ tunables: { sync_threshold: 5, sync_period: 40 } });
  const { table } = backup.director;
  const packets = (): number => table.synchronized.packets(table.next(-1));
  receive(backup, [entryOf()]);
  expect(packets()).toBe(5);
  for (let sent = 0; sent < 4; sent++) backup.segment(4000, ACK);
  expect(packets()).toBe(9);
  receive(backup, [entryOf()]);
  expect(packets()).toBe(5);
});

it('of the flags an update takes INACTIVE and those of sequence data, both ways, and not from a template', () => {
  const backup = backupOf();
  const { table } = backup.director;
  const flags = (isTemplate: boolean): number => {
    let slot = table.next(-1);
    while (table.synchronized.isTemplate(slot) !== isTemplate) slot = table.next(slot);
    return table.flags(slot) & 0xf80 & ~FLAG_TEMPLATE;
  };
  const template = { clientPort: 0, timeoutSeconds: 300 };
  receive(backup, [entryOf(), entryOf({ ...template, flags: 0x1083 })]);
  const before = flags(true);
  receive(backup, [entryOf({ flags: 0x783 }), entryOf({ ...template, flags: 0x1683 })]);
  expect(flags(false)).toBe(0x780);
  expect(flags(true)).toBe(before);
  receive(backup, [entryOf({ flags: 0x83 })]);
  expect(flags(false)).toBe(0x80);
});

it('an older kernel takes a one-packet entry without that flag', () => {
  const backup = backupOf({ kernel: '6.1.176' });
  receive(backup, [entryOf({ flags: 0x2083 })]);
  expect(rows(backup)).toEqual(['4000 10.0.0.1:80 ESTABLISHED 900']);
  expect(backup.director.table.flags(backup.director.table.next(-1)) & 0x2000).toBe(0);
});

it('an older kernel takes a template of any state, of which the lowest bit says whether it is ASSURED', () => {
  const stateOf = (state: number): number | undefined => {
    const backup = backupOf({ kernel: '6.1.176' });
    receive(backup, [entryOf({ clientPort: 0, flags: 0x1083, state })]);
    const { table } = backup.director;
    return table.size === 0 ? undefined : table.state(table.next(-1));
  };
  const states = [0, 1, 2, 3, 4, 5, 0xffff];
  expect(states.map(stateOf)).toEqual([0, 1, 2, 3, 2, 3, 3]);
});
