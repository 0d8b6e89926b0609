/**
 * The listings of services and their servers, byte for byte as the tool writes them with `-n`.
 * Source: ipvsadm(8), and recorded output.
 */
import type { Traffic } from '../director/statistics.js';
import { IpvsError } from '../errors.js';
import type { ForwardingMethod, Tunnel } from '../model/forwarding-method.js';
import type { RealServer } from '../model/real-server.js';
import type { Service } from '../services/service.js';
import type { Administrator } from './administrator.js';
import { formatEndpoint, formatNumber, joinColumns } from './columns.js';
import type { ListColumns, ListCommand } from './command.js';
import { formatNetmask } from './netmask.js';
import { orderedServers, orderedServices } from './order.js';
import { formatSchedulerFlags } from './scheduler-flags.js';

/** How listings are written. */
export interface ListOptions {
  /** The size of the connection table that the first line tells; default 4096. */
  readonly tableSize?: number;
}

const headers: Readonly<Record<ListColumns, readonly [string, string]>> = {
  plain: [' Scheduler Flags', '           Forward Weight ActiveConn InActConn'],
  'tun-info': [' Scheduler Flags', '           Forward TunnelInfo    Weight ActiveConn InActConn'],
  thresholds: ['            Uthreshold Lthreshold ActiveConn InActConn ', ''],
  'persistent-conn': ['            Weight    PersistConn ActiveConn InActConn ', ''],
  stats: ['               Conns   InPkts  OutPkts  InBytes OutBytes', ''],
  rate: ['                 CPS    InPPS   OutPPS    InBPS   OutBPS', ''],
};

const methods: Readonly<Record<ForwardingMethod, string>> = {
  gatewaying: 'Route',
  tunneling: 'Tunnel',
  masquerading: 'Masq',
};

/** The width of a server's address and of a service's name. */
const SERVER_WIDTH = 28;
const SERVICE_WIDTH = 33;

/**
 * Lists services.
 *
 * @param command - Which ones, and how.
 * @param administrator - Whose they are.
 * @param options - What the first line tells.
 * @returns The listing, each line with its end.
 * @throws {IpvsError} `ERR_SERVICE_NOT_FOUND` when the only service to list does not exist.
 */
export function listServices(
  command: ListCommand,
  administrator: Administrator,
  options: ListOptions = {},
): string {
  const lines: string[] = [];
  if (command.service === undefined) {
    lines.push(`IP Virtual Server version 1.2.1 (size=${options.tableSize ?? 4096})`);
  }
  const services = servicesOf(command, administrator);
  const [first, second] = headers[command.columns];
  lines.push(`Prot LocalAddress:Port${first}`, `  -> RemoteAddress:Port${second}`);
  for (const service of services) {
    lines.push(serviceLine(service, command, administrator));
    for (const server of orderedServers(service, command.sorted)) {
      lines.push(serverLine(server, command, administrator));
    }
  }
  return lines.map((line) => `${line}\n`).join('');
}

function servicesOf({ service, sorted }: ListCommand, administrator: Administrator): Service[] {
  if (service === undefined) return orderedServices(administrator.services, sorted);
  const only = administrator.findService(service);
  if (only !== undefined) return [only];
  throw new IpvsError('ERR_SERVICE_NOT_FOUND', 'Cannot list: there is no such service');
}

function serviceLine(service: Service, command: ListCommand, administrator: Administrator): string {
  const name = nameOf(service);
  const traffic = trafficOf(service, command, administrator);
  if (traffic !== undefined) {
    return name.padEnd(SERVICE_WIDTH) + numbersOf(traffic, command.exact);
  }
  return [name, service.schedulerName, ...settingsOf(service)].join(' ');
}

function nameOf(service: Service): string {
  const { fwmark, family, port } = service;
  // Marks are shown as signed numbers.
  if (fwmark !== 0) return `FWM  ${fwmark | 0}${family === 6 ? ' IPv6' : ''}`;
  const endpoint = formatEndpoint(service.address.toString(), family, port);
  return `${service.protocol.toUpperCase().padEnd(4)} ${endpoint}`;
}

function settingsOf(service: Service): string[] {
  const { schedulerFlags, schedulerName, persistence, onePacket } = service;
  const words: string[] = [];
  if (schedulerFlags !== 0) words.push(`(${formatSchedulerFlags(schedulerFlags, schedulerName)})`);
  if (persistence !== undefined) {
    words.push(`persistent ${persistence.timeoutSeconds}`);
    const mask = formatNetmask(persistence.netmask);
    if (mask !== '') words.push(`mask ${mask}`);
  }
  if (onePacket) words.push('ops');
  return words;
}

function serverLine(
  server: RealServer,
  command: ListCommand,
  administrator: Administrator,
): string {
  const name = `  -> ${server.toString().padEnd(SERVER_WIDTH)}`;
  const traffic = trafficOf(server, command, administrator);
  if (traffic !== undefined) return name + numbersOf(traffic, command.exact);
  const columns = [
    ...columnsOf(server, command.columns),
    [server.active, 10] as const,
    [server.inactive, 10] as const,
  ];
  return `${name} ${joinColumns(columns)}`;
}

function columnsOf(
  server: RealServer,
  columns: ListColumns,
): readonly (readonly [string | number, number])[] {
  const method = methods[server.forwardingMethod];
  switch (columns) {
    case 'thresholds':
      return [
        [server.upperThreshold, 10],
        [server.lowerThreshold, 10],
      ];
    case 'persistent-conn':
      return [
        [server.weight, 9],
        [server.persistent, 11],
      ];
    case 'tun-info':
      return [
        [method, 7],
        [tunnelInfo(server), 13],
        [server.weight, 6],
      ];
    default:
      return [
        [method, 7],
        [server.weight, 6],
      ];
  }
}

const checksums: Readonly<Record<Tunnel['checksum'], string>> = {
  nocsum: '-c',
  csum: '+c',
  remcsum: 'r+c',
};

function tunnelInfo({ forwardingMethod, tunnel }: RealServer): string {
  if (forwardingMethod !== 'tunneling') return 'n/a';
  if (tunnel.type === 'ipip') return 'ipip';
  const port = tunnel.type === 'gue' ? `:${tunnel.port}` : '';
  return `${tunnel.type}${port}:${checksums[tunnel.checksum]}`;
}

function trafficOf(
  subject: Service | RealServer,
  { columns }: ListCommand,
  { statistics }: Administrator,
): Traffic | undefined {
  if (columns === 'stats') return statistics.of(subject).totals();
  return columns === 'rate' ? statistics.of(subject).rates() : undefined;
}

function numbersOf(traffic: Traffic, exact: boolean): string {
  const { connections, packetsIn, packetsOut, bytesIn, bytesOut } = traffic;
  return [connections, packetsIn, packetsOut, bytesIn, bytesOut]
    .map((value) => formatNumber(value, exact))
    .join('');
}
