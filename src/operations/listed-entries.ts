/**
 * Connections and templates of a listing as entries of a table, each with its service, server and template.
 */
import { ConnectionKey } from '../connections/entries/connection-key.js';
import {
  FLAG_INACTIVE,
  FLAG_NO_OUTPUT,
  FLAG_SYNC,
  FLAG_TEMPLATE,
  METHOD_FLAGS,
} from '../connections/entries/flags.js';
import type { ConnectionState } from '../connections/snapshot.js';
import { statesOf, TEMPLATE_STATES } from '../connections/state-machine.js';
import { SCTP_ACTIVE } from '../connections/states/sctp.js';
import { TCP_ACTIVE } from '../connections/states/tcp.js';
import { Timeouts, type TimeoutSettings } from '../connections/states/timeouts.js';
import type { ListedConnection } from '../ipvsadm/listed-connection.js';
import { IpAddress } from '../ip-address.js';
import type { RealServer } from '../model/real-server.js';
import { protocolNumber } from '../protocols.js';
import { toTemplateKey } from '../services/template-key.js';
import type { Service } from '../services/service.js';
import { ServiceOfConnection } from './service-of-connection.js';

/** An entry, and the server that counts it. */
export interface ListedEntry {
  /** The entry. */
  readonly entry: ConnectionState;
  /** The server it is bound to; `undefined` when the director has no such server. */
  readonly server: RealServer | undefined;
  /** Whether it counts as active. */
  readonly active: boolean;
}

/**
 * Turns connections into entries.
 *
 * @param connections - What a listing shows.
 * @param services - The services of the director.
 * @param timeouts - Its timeouts.
 * @param nowMs - The moment of the listing, by the director's clock.
 * @returns One entry each, in the same order.
 */
export function listedEntries(
  connections: readonly ListedConnection[],
  services: Iterable<Service>,
  timeouts: TimeoutSettings,
  nowMs: number,
): ListedEntry[] {
  const maker = new EntryMaker(services, timeouts, nowMs);
  const templates = new Map<string, number>();
  const owned = connections.map((connection, position) => {
    const owner = maker.owners.of(connection);
    if (isTemplate(connection)) templates.set(templateName(connection), position);
    return { connection, ...owner };
  });
  return owned.map(({ connection, service, server }, position) => {
    const name = controllerName(connection, service);
    const controller = name === undefined ? -1 : (templates.get(name) ?? -1);
    return maker.make(connection, service, server, position, controller);
  });
}

class EntryMaker {
  readonly owners: ServiceOfConnection;
  private readonly timeouts = new Timeouts();
  private readonly nowMs: number;

  constructor(services: Iterable<Service>, timeouts: TimeoutSettings, nowMs: number) {
    this.owners = new ServiceOfConnection(services);
    this.timeouts.set(timeouts);
    this.nowMs = nowMs;
  }

  make(
    connection: ListedConnection,
    service: Service | undefined,
    server: RealServer | undefined,
    position: number,
    controller: number,
  ): ListedEntry {
    const { secondsLeft } = connection;
    const template = isTemplate(connection);
    const protocol = numberOf(connection);
    const names = template ? TEMPLATE_STATES : statesOf(protocol);
    const state = Math.max(0, names.indexOf(connection.state));
    const active = !template && isActive(protocol, state);
    const usualMs = template
      ? (service?.persistence?.timeoutSeconds ?? 0) * 1000
      : this.timeouts.of(protocol, state);
    const entry: ConnectionState = {
      protocol,
      client: connection.clientAddress.toString(),
      clientPort: connection.clientPort,
      virtual: virtualOf(connection),
      virtualPort: connection.virtualPort,
      server: connection.serverAddress.toString(),
      serverPort: connection.serverPort,
      boundPort: server?.port ?? -1,
      mark: service?.fwmark ?? 0,
      flags: flagsOf(connection, server, template, active),
      state,
      packets: 1,
      timeoutMs: Math.max(usualMs, secondsLeft * 1000),
      expiryMs: this.nowMs + secondsLeft * 1000,
      expiring: false,
      dropped: false,
      armed: position + 1,
      controller: template ? -1 : controller,
      ...(connection.engineData !== undefined && { engineData: connection.engineData }),
      ...(server !== undefined && service !== undefined && { owner: service.toString() }),
    };
    return { entry, server, active };
  }
}

/**
 * Whether a listed connection is a persistence template.
 *
 * @param connection - The connection.
 */
export function isTemplate({ protocol, clientPort, state }: ListedConnection): boolean {
  return protocol === 'ip' || (clientPort === 0 && TEMPLATE_STATES.includes(state));
}

function isActive(protocol: number, state: number): boolean {
  const active = protocol === 6 ? TCP_ACTIVE : protocol === 132 ? SCTP_ACTIVE : 0;
  return ((active >>> state) & 1) !== 0;
}

function numberOf({ protocol }: ListedConnection): number {
  return protocol === 'ip' ? 0 : protocolNumber(protocol);
}

/** The table has a mark in the last word of the address, whatever its family. */
function virtualOf({ fwmark, virtualAddress }: ListedConnection): string {
  if (fwmark === undefined) return virtualAddress.toString();
  const address =
    virtualAddress.family === 4 ? IpAddress.fromIpv4(fwmark) : IpAddress.fromIpv6(0, 0, 0, fwmark);
  return address.toString();
}

function flagsOf(
  { origin }: ListedConnection,
  server: RealServer | undefined,
  template: boolean,
  active: boolean,
): number {
  const method = METHOD_FLAGS[server?.forwardingMethod ?? 'masquerading'];
  return (
    method |
    (method === 0 ? 0 : FLAG_NO_OUTPUT) |
    (origin === 'sync' ? FLAG_SYNC : 0) |
    (template ? FLAG_TEMPLATE : 0) |
    (active ? 0 : FLAG_INACTIVE)
  );
}

function templateName(connection: ListedConnection): string {
  const { clientAddress, virtualPort } = connection;
  const protocol = numberOf(connection);
  return `${protocol} ${clientAddress.toString()} ${virtualOf(connection)} ${virtualPort}`;
}

/** The name of the template that controls a connection, if its service is persistent. */
function controllerName(
  connection: ListedConnection,
  service: Service | undefined,
): string | undefined {
  if (service?.persistence === undefined || isTemplate(connection)) return undefined;
  const key = new ConnectionKey();
  key.protocol = numberOf(connection);
  key.setClient(connection.clientAddress, connection.clientPort);
  key.setVirtual(connection.virtualAddress, connection.virtualPort);
  toTemplateKey(key, service, service.persistence);
  const client = addressOf(key, 'client');
  return `${key.protocol} ${client} ${addressOf(key, 'virtual')} ${key.virtualPort}`;
}

function addressOf(key: ConnectionKey, end: 'client' | 'virtual'): string {
  if (key.family === 4) return IpAddress.fromIpv4(key[`${end}3`]).toString();
  return IpAddress.fromIpv6(
    key[`${end}0`],
    key[`${end}1`],
    key[`${end}2`],
    key[`${end}3`],
  ).toString();
}
