/**
 * Opening a connection of a service: which server it goes to, and its entry in the table.
 *
 * A persistent service asks its templates first, and its scheduler only when there is no valid one; any
 * other service takes packets for its own port alone (a firewall-mark service for any). One-packet
 * connections are scheduled and counted, and not entered. The opener is one object that is used again for
 * each connection: what was opened stands in its fields until the next call.
 */
import { type InitialState, NEW_ENTRY } from '../connections/entries/initial-state.js';
import { ConnectionKey } from '../connections/connection-key.js';
import type { ConnectionTable } from '../connections/connection-table.js';
import type { Flow } from '../model/flow.js';
import type { RealServer } from '../model/real-server.js';
import {
  findValidTemplate,
  insertTemplate,
  persistentServerPort,
  templateServerPort,
  toTemplateKey,
} from './persistence.js';
import type { Persistence } from './persistence-settings.js';
import type { Service } from './service.js';

const NONE = -1;

/**
 * How an opening went: `opened`, `one-packet` (opened, without entry), `no-destination` (no server can or
 * may take it) or `table-full`.
 */
export type Opening = 'opened' | 'one-packet' | 'no-destination' | 'table-full';

/** Whether templates of quiesced servers are given up; see the tunable `expire_quiescent_template`. */
export type ExpireQuiescent = () => boolean;

/** Opens connections in one table. */
export class ConnectionOpener {
  /** The new entry, after `opened`. */
  slot: number = NONE;
  /** The chosen server, after `opened` and `one-packet`. */
  server: RealServer | undefined;
  /** The server-side port of the connection, after `opened` and `one-packet`. */
  serverPort = 0;
  private readonly table: ConnectionTable;
  private readonly expireQuiescent: ExpireQuiescent;
  private readonly birth: InitialState;
  private readonly templateKey = new ConnectionKey();

  /**
   * @param table - Where entries are made.
   * @param expireQuiescent - Whether a template whose server has weight 0 is given up; default never.
   * @param birth - What connections are born as; default as packets make them.
   */
  constructor(
    table: ConnectionTable,
    expireQuiescent: ExpireQuiescent = () => false,
    birth: InitialState = NEW_ENTRY,
  ) {
    this.table = table;
    this.expireQuiescent = expireQuiescent;
    this.birth = birth;
  }

  /**
   * Opens a connection.
   *
   * @param service - The service it belongs to.
   * @param key - Its key: protocol, client and virtual endpoint.
   * @param flow - The same endpoints for the scheduler.
   * @param onePacket - Whether it ends with its packet.
   * @param now - The present time in milliseconds.
   * @returns How it went.
   */
  open(service: Service, key: ConnectionKey, flow: Flow, onePacket: boolean, now: number): Opening {
    const { persistence } = service;
    if (persistence !== undefined) {
      return this.openPersistent(service, persistence, key, flow, onePacket, now);
    }
    const server = isServed(service, key.virtualPort)
      ? service.scheduler.schedule(flow)
      : undefined;
    if (server === undefined) return 'no-destination';
    const port = server.port === 0 ? key.virtualPort : server.port;
    return this.enter(service, server, port, key, NONE, onePacket, now);
  }

  private openPersistent(
    service: Service,
    persistence: Persistence,
    key: ConnectionKey,
    flow: Flow,
    onePacket: boolean,
    now: number,
  ): Opening {
    // A template and its connection: neither may have to go for the other.
    if (!this.table.makeRoomFor(2, now)) return 'table-full';
    const template = this.templateOf(service, persistence, key, flow, now);
    if (typeof template === 'string') return template;
    const server = this.table.server(template) as RealServer;
    const port = persistentServerPort(service, server, key.virtualPort);
    return this.enter(service, server, port, key, template, onePacket, now);
  }

  /** Finds or makes the template of a connection. */
  private templateOf(
    service: Service,
    persistence: Persistence,
    key: ConnectionKey,
    flow: Flow,
    now: number,
  ): number | Opening {
    const templateKey = this.templateKey.copy(key);
    toTemplateKey(templateKey, service, persistence);
    const found = findValidTemplate(this.table, templateKey, this.expireQuiescent());
    if (found !== NONE) return found;
    const server = service.scheduler.schedule(flow);
    if (server === undefined) return 'no-destination';
    const port = templateServerPort(service, server, key.virtualPort);
    const made = insertTemplate(this.table, templateKey, now, service, server, port);
    return made === NONE ? 'table-full' : made;
  }

  private enter(
    service: Service,
    server: RealServer,
    serverPort: number,
    key: ConnectionKey,
    template: number,
    onePacket: boolean,
    now: number,
  ): Opening {
    this.server = server;
    this.serverPort = serverPort;
    this.slot = NONE;
    if (onePacket) {
      // It is counted for the moment that its packet takes, and may raise the overloaded flag by that.
      server.open(false);
      server.close(false);
    } else {
      const { fwmark } = service;
      this.slot = this.table.insert(key, now, server, serverPort, 0, fwmark, this.birth);
      if (this.slot === NONE) return 'table-full';
      if (template !== NONE) this.table.setController(this.slot, template);
    }
    if (template !== NONE) this.table.touch(template, now);
    return onePacket ? 'one-packet' : 'opened';
  }
}

/** Whether a service that is not persistent takes packets for a port. */
function isServed(service: Service, port: number): boolean {
  return service.fwmark !== 0 || (service.port === port && port !== 0);
}
