/**
 * The lines of listings that need nothing but the service or server they are about: headers, names,
 * settings and the columns in front of the statistics. Source: ipvsadm(8), and recorded output.
 */
import type { Protocol } from '../protocols.js';
import type { ForwardingMethod, Tunnel } from '../model/forwarding-method.js';
import type { RealServer } from '../model/real-server.js';
import type { Service } from '../services/service.js';
import { formatListedEndpoint } from './columns.js';
import type { ListColumns } from './command.js';
import { formatNetmask } from './netmask.js';
import { formatSchedulerFlags } from './scheduler-flags.js';

const headers: Readonly<Record<ListColumns, readonly [string, string]>> = {
  plain: [' Scheduler Flags', '           Forward Weight ActiveConn InActConn'],
  'tun-info': [' Scheduler Flags', '           Forward TunnelInfo    Weight ActiveConn InActConn'],
  thresholds: ['            Uthreshold Lthreshold ActiveConn InActConn ', ''],
  'persistent-conn': ['            Weight    PersistConn ActiveConn InActConn ', ''],
  stats: ['               Conns   InPkts  OutPkts  InBytes OutBytes', ''],
  rate: ['                 CPS    InPPS   OutPPS    InBPS   OutBPS', ''],
};

/** The methods, padded to the width of their column. */
const methods: Readonly<Record<ForwardingMethod, string>> = {
  gatewaying: 'Route  ',
  tunneling: 'Tunnel ',
  masquerading: 'Masq   ',
};

/** The width of a server's address. */
const SERVER_WIDTH = 28;

/**
 * The header of a listing.
 *
 * @param columns - Which columns it has.
 * @returns Its two lines, without ends.
 */
export function listedHeader(columns: ListColumns): [string, string] {
  const [first, second] = headers[columns];
  return [`Prot LocalAddress:Port${first}`, `  -> RemoteAddress:Port${second}`];
}

/**
 * The name of a service as listings show it.
 *
 * @param service - The service.
 * @param names - Whether a port is written as its name, if it has one; default `false`.
 * @returns For example `TCP  10.0.0.1:80` or `FWM  7 IPv6`.
 */
export function listedName(service: Service, names = false): string {
  const { fwmark, family, port } = service;
  // Marks are shown as signed numbers.
  if (fwmark !== 0) return `FWM  ${fwmark | 0}${family === 6 ? ' IPv6' : ''}`;
  const endpoint = formatListedEndpoint(
    service.address,
    port,
    names ? service.protocol : undefined,
  );
  return `${service.protocol.toUpperCase().padEnd(4)} ${endpoint}`;
}

/**
 * The settings of a service as listings show them behind its name.
 *
 * @param service - The service.
 * @returns For example `wlc persistent 300 mask 255.255.255.0`.
 */
export function listedSettings(service: Service): string {
  const { schedulerFlags, schedulerName, persistence, persistenceEngine, onePacket } = service;
  const words = [schedulerName];
  if (schedulerFlags !== 0) words.push(`(${formatSchedulerFlags(schedulerFlags, schedulerName)})`);
  if (persistence !== undefined) {
    words.push(`persistent ${persistence.timeoutSeconds}`);
    const mask = formatNetmask(persistence.netmask);
    if (mask !== '') words.push(`mask ${mask}`);
    if (persistenceEngine !== undefined) words.push(`pe ${persistenceEngine}`);
  }
  if (onePacket) words.push('ops');
  return words.join(' ');
}

/**
 * The address of a server as listings show it.
 *
 * @param server - The server.
 * @param named - The protocol for which the port's name is written; default: none.
 * @returns The arrow, and the address padded to its width.
 */
export function listedAddress(server: RealServer, named?: Protocol): string {
  const { address, port } = server;
  const endpoint = formatListedEndpoint(address, port, named);
  return `  -> ${endpoint.padEnd(SERVER_WIDTH)}`;
}

/**
 * The line of a server in a listing without statistics.
 *
 * @param server - The server.
 * @param columns - Which columns the listing has.
 * @param named - The protocol for which the port's name is written; default: none.
 * @returns The line, without its end; the last column is padded too.
 */
export function listedServer(server: RealServer, columns: ListColumns, named?: Protocol): string {
  const { active, inactive } = server;
  return `${listedAddress(server, named)} ${columnsOf(server, columns)} ${padded(active, 10)} ${padded(inactive, 10)}`;
}

function columnsOf(server: RealServer, columns: ListColumns): string {
  const { weight, forwardingMethod } = server;
  switch (columns) {
    case 'thresholds':
      return `${padded(server.upperThreshold, 10)} ${padded(server.lowerThreshold, 10)}`;
    case 'persistent-conn':
      return `${padded(weight, 9)} ${padded(server.persistent, 11)}`;
    case 'tun-info':
      return `${methods[forwardingMethod]} ${tunnelInfo(server).padEnd(13)} ${padded(weight, 6)}`;
    default:
      return `${methods[forwardingMethod]} ${padded(weight, 6)}`;
  }
}

function padded(value: number, width: number): string {
  return String(value).padEnd(width);
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
