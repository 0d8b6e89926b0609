/** Connections of a service as a director opens them, from either end. */
import { describe, expect, it } from 'vitest';
import { ConnectionTable } from '../../src/connections/connection-table.js';
import { ConnectionKey } from '../../src/connections/entries/connection-key.js';
import { IpAddress } from '../../src/ip-address.js';
import { createFlow } from '../../src/model/flow.js';
import type { RealServer } from '../../src/model/real-server.js';
import { NONE } from '../../src/none.js';
import {
  ConnectionOpener,
  type OpenedConnection,
  type Opening,
} from '../../src/services/connection-opener.js';
import { createServiceKey } from '../../src/services/service-key.js';
import { Service, type ServiceSettings } from '../../src/services/service.js';
import { trivialRegistry } from './registry.js';

const VIRTUAL = '192.0.2.1';
const CLIENT = '198.51.100.7';

interface Subject {
  table: ConnectionTable;
  service: Service;
  older: RealServer;
  newest: RealServer;
  fromClient: (sourcePort?: number, onePacket?: boolean) => Opening;
  fromServer: (server: RealServer, port?: number, onePacket?: boolean) => Opening;
}

/** A service whose scheduler picks the newest of two servers, and its connections. */
function subject(settings: ServiceSettings, limit = 100): Subject {
  const table = new ConnectionTable({ limit });
  const name = createServiceKey({ protocol: 'udp', address: VIRTUAL, port: 80 });
  const service = new Service(name, settings, { schedulers: trivialRegistry });
  const older = service.servers.add({ address: '10.0.0.1', port: 8080 });
  const newest = service.servers.add({ address: '10.0.0.2', port: 8080 });
  const opener = new ConnectionOpener(table);
  const keyOf = (port: number): ConnectionKey => {
    const key = new ConnectionKey();
    key.protocol = 17;
    key.setClient(IpAddress.parse(CLIENT), port).setVirtual(IpAddress.parse(VIRTUAL), 80);
    return key;
  };
  return {
    table,
    service,
    older,
    newest,
    fromClient: (port = 4000, onePacket = false) =>
      opener.open(
        service,
        keyOf(port),
        createFlow({ source: CLIENT, sourcePort: port, destination: VIRTUAL }),
        onePacket,
        0,
      ),
    fromServer: (server, port = 5000, onePacket = false) =>
      opener.openFromServer(service, server, keyOf(port), onePacket, 0),
  };
}

/** What was opened; fails when nothing was. */
function opened(opening: Opening): OpenedConnection {
  if (typeof opening === 'string') throw new Error(opening);
  return { ...opening };
}

const persistent: ServiceSettings = { persistence: { timeoutSeconds: 60 } };

describe('a connection that a client begins', () => {
  it('goes to the server that the scheduler picks, at its port, and has an entry', () => {
    const { service, newest, table, fromClient } = subject({});
    const { slot, ...rest } = opened(fromClient());
    expect(rest).toEqual({ service, server: newest, serverPort: 8080, template: NONE });
    expect([table.server(slot), table.endpoints(slot).serverPort, table.size]).toEqual([
      newest,
      8080,
      1,
    ]);
  });

  it.each([{}, persistent])('is refused when there is no server, or no place: %j', (settings) => {
    const { service, older, newest, fromClient } = subject(settings);
    service.servers.remove(newest);
    service.servers.remove(older);
    expect(fromClient()).toBe('no-destination');
    const full = subject(settings, settings === persistent ? 2 : 1);
    opened(full.fromClient(4000));
    expect(full.fromClient(4001)).toBe('table-full');
    expect(full.newest.total).toBe(1);
  });

  it.each([
    [{}, 0],
    [persistent, 1],
  ])('that ends with its packet has no entry, and counts no longer: %j', (settings, templates) => {
    const { newest, table, fromClient } = subject({ ...settings, onePacket: true });
    const { slot, server, template } = opened(fromClient(4000, true));
    expect([slot, server, template !== NONE]).toEqual([NONE, newest, templates === 1]);
    expect([newest.total, table.size]).toEqual([0, templates]);
  });
});

describe('a connection that a server begins', () => {
  it('is refused by a service without persistence', () => {
    const { older, fromServer, table } = subject({});
    expect(fromServer(older)).toBe('no-destination');
    expect(table.size).toBe(0);
  });

  it('goes to that server, and so does what its client begins from then on', () => {
    const { older, fromClient, fromServer, table } = subject(persistent);
    const first = opened(fromServer(older));
    expect([first.server, first.serverPort]).toEqual([older, 8080]);
    expect(table.server(first.template)).toBe(older);
    const next = opened(fromClient());
    expect([next.server, next.template]).toEqual([older, first.template]);
    expect(table.size).toBe(3);
  });

  it('is controlled by the template that the client has already, of whatever server', () => {
    const { older, newest, fromClient, fromServer, table } = subject(persistent);
    const { template } = opened(fromClient());
    const begun = opened(fromServer(older));
    expect([begun.server, begun.template]).toEqual([older, template]);
    expect(table.server(template)).toBe(newest);
    expect(older.total).toBe(1);
  });

  it('has no place in a table that has no two', () => {
    const { older, fromServer, table } = subject(persistent, 2);
    opened(fromServer(older, 5000));
    expect(fromServer(older, 5001)).toBe('table-full');
    expect([older.total, table.size]).toEqual([1, 2]);
  });

  it('and ends with its packet has a template, and no entry', () => {
    const { older, fromServer, table } = subject({ ...persistent, onePacket: true });
    const { slot, template } = opened(fromServer(older, 5000, true));
    expect([slot, table.server(template), table.size]).toEqual([NONE, older, 1]);
  });
});
