/**
 * The files ip_vs, ip_vs_conn, ip_vs_stats and ip_vs_stats_percpu of /proc/net, as the kernel writes them.
 *
 * Monitoring reads them. They say less than listings: no thresholds, no types of tunnels, no scheduler flags.
 * Source: recorded files, and the files that readers of them are tested with.
 */
import { type OptionNames, requireKnownOptions } from '../errors.js';
import type { ListedConnection } from './listed-connection.js';
import type { ForwardingMethod } from '../model/forwarding-method.js';
import type { RealServer } from '../model/real-server.js';
import { prefixLengthOf } from '../services/persistence-settings.js';
import type { Service } from '../services/service.js';
import type { Statistics } from '../statistics/statistics.js';
import { orderedServers, orderedServices } from './listing-order.js';
import { procAddress, procPort, procTraffic, procWord } from './proc-format.js';

/** How the files are written. */
export interface ProcOptions {
  /** The size of the connection table in the first line; default 4096. */
  readonly tableSize?: number;
  /** How many units a second has in timeouts: the kernel's `CONFIG_HZ`; default 100. */
  readonly ticksPerSecond?: number;
}

const OPTION_NAMES: OptionNames<ProcOptions> = { tableSize: true, ticksPerSecond: true };

const SERVICES_HEAD = `Prot LocalAddress:Port Scheduler Flags
  -> RemoteAddress:Port Forward Weight ActiveConn InActConn
`;
const CONNECTIONS_HEAD =
  'Pro FromIP   FPrt ToIP     TPrt DestIP   DPrt State       Expires PEName PEData\n';
const TOTALS_HEAD = `   Total Incoming Outgoing         Incoming         Outgoing
   Conns  Packets  Packets            Bytes            Bytes
`;
const RATES_HEAD = ' Conns/s   Pkts/s   Pkts/s          Bytes/s          Bytes/s\n';

const METHODS: Readonly<Record<ForwardingMethod, string>> = {
  gatewaying: 'Route',
  tunneling: 'Tunnel',
  masquerading: 'Masq',
};

/**
 * Writes /proc/net/ip_vs.
 *
 * @param services - The services, in any order; those with a mark are written last.
 * @param options - What else it says.
 * @returns The file. Servers are newest first, in the kernel's own order.
 * @example
 * {@includeCode ../../docs/examples/proc-files.ts}
 */
export function procServices(services: Iterable<Service>, options: ProcOptions = {}): string {
  requireKnownOptions('list services', options, OPTION_NAMES);
  const { tableSize = 4096, ticksPerSecond = 100 } = options;
  const lines = orderedServices(services, false).flatMap((service) => [
    serviceRow(service, ticksPerSecond),
    ...orderedServers(service, false).map(serverRow),
  ]);
  const title = `IP Virtual Server version 1.2.1 (size=${tableSize})\n`;
  return title + SERVICES_HEAD + lines.map((line) => `${line}\n`).join('');
}

/**
 * Writes /proc/net/ip_vs_conn.
 *
 * @param connections - The connections and templates, in any order.
 * @returns The file.
 */
export function procConnections(connections: Iterable<ListedConnection>): string {
  return CONNECTIONS_HEAD + [...connections].map((each) => `${connectionRow(each)}\n`).join('');
}

/**
 * Writes /proc/net/ip_vs_stats.
 *
 * @param total - The statistics of the whole director.
 * @returns The file.
 */
export function procStatistics(total: Pick<Statistics, 'totals' | 'rates'>): string {
  const totals = `${procTraffic(total.totals())}\n`;
  return `${TOTALS_HEAD}${totals}\n${RATES_HEAD}${procTraffic(total.rates())}\n`;
}

/**
 * Writes /proc/net/ip_vs_stats_percpu of a director, which has one CPU.
 *
 * @param total - The statistics of the whole director.
 * @returns The file.
 */
export function procStatisticsPerCpu(total: Pick<Statistics, 'totals' | 'rates'>): string {
  const [first, second] = TOTALS_HEAD.split('\n') as [string, string];
  const totals = procTraffic(total.totals());
  const head = `    ${first}\nCPU ${second}\n`;
  return `${head}  0 ${totals}\n  ~ ${totals}\n\n    ${RATES_HEAD}    ${procTraffic(total.rates())}\n`;
}

function serviceRow(service: Service, ticksPerSecond: number): string {
  const { fwmark, protocol, family, address, port, schedulerName, onePacket } = service;
  const ops = onePacket ? 'ops ' : '';
  const persistent = persistenceOf(service, ticksPerSecond);
  if (fwmark !== 0) return `FWM  ${procWord(fwmark)} ${schedulerName} ${ops}${persistent}`;
  const name = `${protocol.toUpperCase()}  ${endpoint(procAddress(address), port)} ${schedulerName}`;
  // Of IPv6 services the kernel does not say that they schedule single packets.
  return family === 6 ? `${name} ${persistent}` : `${name} ${ops} ${persistent}`;
}

function persistenceOf({ persistence }: Service, ticksPerSecond: number): string {
  if (persistence === undefined) return '';
  const { timeoutSeconds, netmask } = persistence;
  // An IPv6 mask is a number of bits, whose byte comes first.
  const mask = netmask.family === 4 ? netmask.word3 : prefixLengthOf(netmask) << 24;
  return `persistent ${timeoutSeconds * ticksPerSecond} ${procWord(mask)}`;
}

function serverRow(server: RealServer): string {
  const { address, port, forwardingMethod, weight, active, inactive } = server;
  const columns = [
    METHODS[forwardingMethod].padEnd(7),
    String(weight).padEnd(6),
    String(active).padEnd(10),
    String(inactive).padEnd(10),
  ];
  return `  -> ${endpoint(procAddress(address), port)}      ${columns.join(' ')}`;
}

function endpoint(address: string, port: number): string {
  return `${address.includes(':') ? `[${address}]` : address}:${procPort(port)}`;
}

function connectionRow(connection: ListedConnection): string {
  const { protocol, fwmark, virtualAddress, engineName, engineData = '' } = connection;
  const virtual =
    fwmark === undefined ? procAddress(virtualAddress) : markAddress(connection, fwmark);
  const ends = [
    `${procAddress(connection.clientAddress)} ${procPort(connection.clientPort)}`,
    `${virtual} ${procPort(connection.virtualPort)}`,
    `${procAddress(connection.serverAddress)} ${procPort(connection.serverPort)}`,
  ];
  const state = connection.state.padEnd(11);
  const seconds = String(connection.secondsLeft).padStart(7);
  const row = `${protocol.toUpperCase().padEnd(3)} ${ends.join(' ')} ${state} ${seconds}`;
  return engineName === undefined ? row : `${row} ${engineName} ${engineData}`;
}

/** A mark is in the first 32 bits of the address. */
function markAddress({ virtualAddress }: ListedConnection, fwmark: number): string {
  const word = procWord(fwmark);
  if (virtualAddress.family === 4) return word;
  const groups = [word.slice(0, 4), word.slice(4), '0000', '0000', '0000', '0000', '0000', '0000'];
  return groups.join(':').toLowerCase();
}
