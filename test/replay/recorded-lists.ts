/**
 * A director's services and connections in the words of the recordings' `list` steps.
 */
import { formatEndpoint } from '../../src/endpoint.js';
import type { Director } from '../../src/director/director.js';
import type { ListedConnection } from '../../src/ipvsadm/listed-connection.js';
import type { RealServer } from '../../src/model/real-server.js';
import { prefixLengthOf } from '../../src/services/persistence-settings.js';
import type { Service } from '../../src/services/service.js';
import type {
  RecordedConnection,
  RecordedServerLine,
  RecordedServiceLines,
} from './director-recording.js';

const METHODS = { gatewaying: 'Route', masquerading: 'Masq', tunneling: 'Tunnel' } as const;

/**
 * Lists the services, each with its servers in the list's own order.
 *
 * @param director - The director.
 * @returns One entry per service, in no particular order.
 */
export function listServicesAsRecorded(director: Director): RecordedServiceLines[] {
  return [...director.services].map((service) => [
    nameOf(service),
    settingsOf(service),
    [...service.servers].map(serverLine),
  ]);
}

/**
 * Lists the connections and templates.
 *
 * @param director - The director.
 * @returns One row per entry, in no particular order.
 */
export function listConnectionsAsRecorded(director: Director): RecordedConnection[] {
  return [...director.connections()].map(connectionAsRecorded);
}

/**
 * Writes a connection or template as recordings do.
 *
 * @param row - The entry.
 * @returns The row.
 */
export function connectionAsRecorded(row: ListedConnection): RecordedConnection {
  return [
    row.protocol.toUpperCase(),
    formatEndpoint(row.clientAddress, row.clientPort),
    virtualEnd(row),
    formatEndpoint(row.serverAddress, row.serverPort),
    row.state,
    row.secondsLeft,
  ];
}

function nameOf(service: Service): string {
  if (service.fwmark !== 0) return `FWM ${service.fwmark}`;
  return `${service.protocol.toUpperCase()} ${formatEndpoint(service.address, service.port)}`;
}

function settingsOf(service: Service): string {
  const { persistence, onePacket, family, schedulerName } = service;
  const ops = onePacket && family === 4 ? ' ops' : '';
  if (persistence === undefined) return `${schedulerName}${ops}`;
  const { timeoutSeconds, netmask } = persistence;
  // The kernel shows hundredths of a second, and an IPv6 prefix length as a little-endian word.
  const mask = family === 4 ? netmask.word3 >>> 0 : prefixLengthOf(netmask) * 0x1_00_0000;
  const hex = mask.toString(16).toUpperCase().padStart(8, '0');
  return `${schedulerName}${ops} persistent ${timeoutSeconds * 100} ${hex}`;
}

function serverLine(server: RealServer): RecordedServerLine {
  const { forwardingMethod, weight, active, inactive } = server;
  return [server.toString(), METHODS[forwardingMethod], weight, active, inactive];
}

/** The mark of a template stands in the place of the address: the first word of an IPv6 one. */
function virtualEnd({ fwmark, virtualAddress, virtualPort }: ListedConnection): string {
  if (fwmark === undefined || virtualAddress.family === 4) {
    return formatEndpoint(virtualAddress, virtualPort);
  }
  const high = (fwmark >>> 16).toString(16);
  return `[${high}:${(fwmark & 0xffff).toString(16)}::]:${virtualPort}`;
}
