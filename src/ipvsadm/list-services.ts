/**
 * The listings of services and their servers, byte for byte as the tool writes them: with `-n` in numbers,
 * else with the names of ports. Addresses stay numbers, as for a tool that finds no names for them.
 * Source: ipvsadm(8), and recorded output.
 */
import type { Traffic } from '../statistics/statistics.js';
import { IpvsError } from '../errors.js';
import type { Protocol } from '../protocols.js';
import type { RealServer } from '../model/real-server.js';
import type { Service } from '../services/service.js';
import type { Administrator } from './administrator.js';
import { formatNumber } from './columns.js';
import type { ListCommand } from './command.js';
import {
  listedAddress,
  listedHeader,
  listedName,
  listedServer,
  listedSettings,
} from './listing-lines.js';
import { namedBy } from './named-by.js';
import { orderedServers, orderedServices } from './listing-order.js';

/** How listings are written. */
export interface ListOptions {
  /** The size of the connection table in the first line; default 4096. */
  readonly tableSize?: number;
}

/** The width of a service's name in front of statistics. */
const SERVICE_WIDTH = 33;

/**
 * Lists services.
 *
 * @param command - Which ones, and how.
 * @param administrator - Whose they are.
 * @param options - What the first line shows.
 * @returns The listing, each line with its end.
 * @throws {IpvsError} `ERR_SERVICE_NOT_FOUND` when the only service to list does not exist.
 */
export function listServices(
  command: ListCommand,
  administrator: Administrator,
  options: ListOptions = {},
): string {
  let text = '';
  for (const portion of listServicesInPortions(command, administrator, options)) text += portion;
  return text;
}

/**
 * Lists services as {@link listServices} does, the header and each service on its own, so that a long listing can be
 * written while it is made.
 *
 * @param command - Which ones, and how.
 * @param administrator - Whose they are.
 * @param options - What the first line shows.
 * @returns The portions of the listing, whole lines each.
 * @throws {IpvsError} `ERR_SERVICE_NOT_FOUND` in front of the first portion.
 */
export function* listServicesInPortions(
  command: ListCommand,
  administrator: Administrator,
  options: ListOptions = {},
): Generator<string> {
  const services = servicesOf(command, administrator);
  const title = `IP Virtual Server version 1.2.1 (size=${options.tableSize ?? 4096})\n`;
  const [first, second] = listedHeader(command.columns);
  yield `${command.service === undefined ? title : ''}${first}\n${second}\n`;
  for (const service of services) {
    const named = namedBy(service, command.numeric);
    let text = `${serviceLine(service, command, administrator)}\n`;
    for (const server of orderedServers(service, command.sorted)) {
      text += `${serverLine(server, named, command, administrator)}\n`;
    }
    yield text;
  }
}

function servicesOf({ service, sorted }: ListCommand, administrator: Administrator): Service[] {
  if (service === undefined) return orderedServices(administrator.services, sorted);
  const only = administrator.findService(service);
  if (only !== undefined) return [only];
  throw new IpvsError('ERR_SERVICE_NOT_FOUND', 'Cannot list: there is no such service');
}

function serviceLine(service: Service, command: ListCommand, administrator: Administrator): string {
  const name = listedName(service, !command.numeric);
  const traffic = trafficOf(service, command, administrator);
  if (traffic === undefined) return `${name} ${listedSettings(service)}`;
  return name.padEnd(SERVICE_WIDTH) + numbersOf(traffic, command.exact);
}

function serverLine(
  server: RealServer,
  named: Protocol | undefined,
  command: ListCommand,
  administrator: Administrator,
): string {
  const traffic = trafficOf(server, command, administrator);
  if (traffic === undefined) return listedServer(server, command.columns, named);
  return listedAddress(server, named) + numbersOf(traffic, command.exact);
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
