/**
 * Writes services and servers as rules that give them back.
 *
 * The tool itself forgets thresholds, writes marks above 2^31 − 1 as negative numbers, and has no
 * name for the third flag of sh and mh: what it saves cannot always be restored. Here that is the
 * exact form, for those who compare; the usual one keeps everything.
 */
import type { Protocol } from '../protocols.js';
import type { RealServer } from '../model/real-server.js';
import type { Service } from '../services/service.js';
import { formatListedEndpoint } from './columns.js';
import { formatNetmask } from './netmask.js';
import { namedBy } from './named-by.js';
import { orderedServers, orderedServices } from './listing-order.js';
import { formatReadableSchedulerFlags, formatSchedulerFlags } from './scheduler-flags.js';
import { requireTextOptions } from './text-options.js';

/** How rules are saved. */
export interface SaveOptions {
  /** Whether to write byte for byte what the tool does, with what it loses; default `false`. */
  readonly exactSave?: boolean;
  /** Whether to write a port as its name, if it has one; default `false`. */
  readonly names?: boolean;
}

/**
 * Saves rules.
 *
 * @param services - The services, in any order.
 * @param options - Which form to write.
 * @returns The rules, each line with its end.
 */
export function saveRules(services: Iterable<Service>, options: SaveOptions = {}): string {
  requireTextOptions(options);
  const { exactSave: exact = false, names = false } = options;
  const lines: string[] = [];
  for (const service of orderedServices(services, true)) {
    const named = namedBy(service, !names);
    const name = nameOf(service, exact, named);
    lines.push(`-A ${name}${settingsOf(service, exact)}`);
    for (const server of orderedServers(service, true)) {
      lines.push(`-a ${name} -r ${addressOf(server, named)}${serverSettingsOf(server, exact)}`);
    }
  }
  return lines.map((line) => `${line}\n`).join('');
}

/**
 * The rule of a service, in two parts.
 *
 * @param service - The service.
 * @returns What names it, such as `-t 192.0.2.1:80`, and its settings, such as ` -s wlc -p 300`.
 */
export function serviceRule(service: Service): readonly [name: string, settings: string] {
  return [nameOf(service, false, undefined), settingsOf(service, false)];
}

/**
 * The rule of a server, in two parts.
 *
 * @param server - The server.
 * @returns What names it, such as `-r 10.0.0.1:80`, and its settings, such as ` -g -w 1`.
 */
export function serverRule(server: RealServer): readonly [name: string, settings: string] {
  return [`-r ${addressOf(server, undefined)}`, serverSettingsOf(server, false)];
}

function addressOf({ address, port }: RealServer, named: Protocol | undefined): string {
  return formatListedEndpoint(address, port, named);
}

function nameOf(service: Service, exact: boolean, named: Protocol | undefined): string {
  const { fwmark, family, protocol } = service;
  if (fwmark !== 0) return `-f ${exact ? fwmark | 0 : fwmark}${family === 6 ? ' -6' : ''}`;
  const option = protocol === 'sctp' ? '--sctp-service' : `-${protocol.charAt(0)}`;
  return `${option} ${formatListedEndpoint(service.address, service.port, named)}`;
}

function settingsOf(service: Service, exact: boolean): string {
  const { schedulerName, schedulerFlags, persistence, persistenceEngine, onePacket } = service;
  let text = ` -s ${schedulerName}`;
  if (persistence !== undefined) {
    text += ` -p ${persistence.timeoutSeconds}`;
    const mask = formatNetmask(persistence.netmask);
    if (mask !== '') text += ` -M ${mask}`;
  }
  if (persistenceEngine !== undefined) text += ` --pe ${persistenceEngine}`;
  if (onePacket) text += ' -o';
  if (schedulerFlags === 0) return text;
  const format = exact ? formatSchedulerFlags : formatReadableSchedulerFlags;
  return `${text} -b ${format(schedulerFlags, schedulerName)}`;
}

const methods = { gatewaying: '-g', tunneling: '-i', masquerading: '-m' } as const;

function serverSettingsOf(server: RealServer, exact: boolean): string {
  const { upperThreshold, lowerThreshold } = server;
  let text = ` ${methods[server.forwardingMethod]} -w ${server.weight}${tunnelOf(server)}`;
  if (exact) return text;
  if (upperThreshold !== 0) text += ` -x ${upperThreshold}`;
  if (lowerThreshold !== 0) text += ` -y ${lowerThreshold}`;
  return text;
}

function tunnelOf({ forwardingMethod, tunnel }: RealServer): string {
  if (forwardingMethod !== 'tunneling') return '';
  const type = ` --tun-type ${tunnel.type}`;
  if (tunnel.type === 'ipip') return type;
  const port = tunnel.type === 'gue' ? ` --tun-port ${tunnel.port}` : '';
  return `${type}${port} --tun-${tunnel.checksum}`;
}
