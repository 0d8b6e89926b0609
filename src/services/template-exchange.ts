/**
 * The door of a {@link VirtualService} for what shares its state with other processes: templates by text, and the
 * connections that other processes have with its servers.
 *
 * A template's key is `PROTOCOL CLIENT VIRTUAL PORT`, for example `6 198.51.100.7 192.0.2.1 80`.
 */
import { NONE } from '../none.js';
import { ConnectionKey } from '../connections/entries/connection-key.js';
import type { ConnectionTable } from '../connections/connection-table.js';
import { IpAddress } from '../ip-address.js';
import type { RealServer } from '../model/real-server.js';
import type { Timers } from '../timers.js';
import type { Draining } from './draining.js';
import { insertTemplate } from './persistence.js';
import type { Service } from './service.js';

/** What wants to know of templates. */
export interface TemplateListener {
  /**
   * A template was made, or a connection of its client restarted its timer.
   *
   * @param slot - Its entry.
   */
  used(slot: number): void;
  /**
   * A template is about to leave the table.
   *
   * @param slot - Its entry.
   */
  ended(slot: number): void;
}

const KEY = /^(\d{1,3}) (\S+) (\S+) (\d{1,5})$/;

/** Access to the templates of one service. */
export class TemplateExchange {
  /** Is notified of templates; none by default. */
  listener: TemplateListener | undefined;
  /** Where the service's time comes from. */
  readonly timers: Timers;
  private readonly service: Service;
  private readonly table: ConnectionTable;
  private readonly draining: Draining;
  private readonly entryMade: () => void;
  private readonly key = new ConnectionKey();

  /** Made by a service, which is notified of new templates. @internal */
  constructor(
    service: Service,
    table: ConnectionTable,
    timers: Timers,
    draining: Draining,
    entryMade: () => void,
  ) {
    this.service = service;
    this.table = table;
    this.timers = timers;
    this.draining = draining;
    this.entryMade = entryMade;
  }

  /** How long a template lives after its last use, in milliseconds; 0 when the service is not persistent. */
  get timeoutMs(): number {
    return (this.service.persistence?.timeoutSeconds ?? 0) * 1000;
  }

  /**
   * The key of a template.
   *
   * @param slot - Its entry.
   */
  keyOf(slot: number): string {
    const { clientAddress, virtualAddress, virtualPort } = this.table.endpoints(slot);
    return `${this.table.protocol(slot)} ${clientAddress} ${virtualAddress} ${virtualPort}`;
  }

  /**
   * The server of a template.
   *
   * @param slot - Its entry.
   */
  serverOf(slot: number): RealServer | undefined {
    return this.table.server(slot);
  }

  /**
   * When a template ends if it is not used, in milliseconds. A copy that was given more time by {@link put} lives by
   * the service's timeout from its first use on.
   *
   * @param slot - Its entry.
   */
  expiryMs(slot: number): number {
    const { table, timeoutMs } = this;
    const now = this.timers.now();
    if (table.expiryMs(slot) > Math.ceil(now) + timeoutMs) {
      table.setTimeout(slot, timeoutMs);
      table.touch(slot, now);
    }
    return table.expiryMs(slot);
  }

  /**
   * Makes a template, or moves one to another server. It ends no earlier than it would have.
   *
   * @param text - Its key.
   * @param server - Its server.
   * @param timeoutMs - How long it lives if it is not used, in milliseconds.
   * @returns `false` when the text is no key, or the table has no room.
   */
  put(text: string, server: RealServer, timeoutMs: number): boolean {
    const { table, key, service } = this;
    if (!readKey(text, key)) return false;
    const now = this.timers.now();
    let slot = table.findTemplate(key);
    if (slot !== NONE && table.server(slot) !== server) {
      table.invalidate(slot);
      slot = NONE;
    }
    if (slot === NONE) {
      slot = insertTemplate(table, key, now, service, server, key.virtualPort && server.port);
    } else if (table.expiryMs(slot) >= now + timeoutMs) {
      return true;
    }
    if (slot === NONE) return false;
    table.setTimeout(slot, timeoutMs);
    table.touch(slot, now);
    this.entryMade();
    return true;
  }

  /**
   * Notes that connections of other processes with a server have ended.
   *
   * @param server - The server, whose counters no longer have them.
   */
  connectionsEnded(server: RealServer): void {
    this.draining.serverEmptied(server);
  }
}

function readKey(text: string, key: ConnectionKey): boolean {
  const [, protocol, client, virtual, port] = KEY.exec(text) ?? [];
  const clientAddress = client === undefined ? undefined : IpAddress.tryParse(client);
  const virtualAddress = virtual === undefined ? undefined : IpAddress.tryParse(virtual);
  if (clientAddress === undefined || clientAddress.family !== virtualAddress?.family) return false;
  if (Number(protocol) > 255 || Number(port) > 65_535) return false;
  key.protocol = Number(protocol);
  key.setClient(clientAddress, 0).setVirtual(virtualAddress, Number(port));
  return true;
}
