/**
 * Back to keepalived.conf: a director, with how its servers are to be checked.
 */
import { type OptionNames, requireKnownOptions } from '../errors.js';
import type { IpAddress } from '../ip-address.js';
import type { Protocol } from '../protocols.js';
import type { ForwardingMethod, Tunnel } from '../model/forwarding-method.js';

/** A real server to be written. A director's servers are such. */
export interface WritableServer {
  /** Its address. */
  readonly address: IpAddress;
  /** Its port. */
  readonly port: number;
  /** Its weight. */
  readonly weight: number;
  /** How packets reach it. */
  readonly forwardingMethod: ForwardingMethod;
  /** How they are encapsulated. */
  readonly tunnel: Tunnel;
  /** Connections at which it is overloaded; 0 = never. */
  readonly upperThreshold: number;
  /** Connections below which it recovers; 0 = three quarters of that. */
  readonly lowerThreshold: number;
}

/** A scheduler, of which only the name is written. */
export interface NamedScheduler {
  /** Its short name. */
  readonly name: string;
}

/** The persistence of a service to be written. */
export interface WritablePersistence {
  /** For how long the choice of a server is kept, in seconds. */
  readonly timeoutSeconds: number;
  /** Which bits of a client's address count. */
  readonly netmask: IpAddress;
}

/** A sorry server to be written. */
export interface WritableSorryServer {
  /** Its address. */
  readonly address: IpAddress | string;
  /** Its port. */
  readonly port: number;
}

/** A service to be written. A director's services are such. */
export interface WritableService {
  /** The mark, or 0. */
  readonly fwmark: number;
  /** The family of its packets. */
  readonly family: 4 | 6;
  /** The transport protocol. */
  readonly protocol: Protocol;
  /** The virtual address. */
  readonly address: IpAddress;
  /** The virtual port. */
  readonly port: number;
  /** Its scheduler. */
  readonly scheduler: NamedScheduler;
  /** The scheduler's flags, 0–7. */
  readonly schedulerFlags: number;
  /** Whether each datagram is scheduled on its own. */
  readonly onePacket: boolean;
  /** For how long the choice of a server is kept, and for whom. */
  readonly persistence: WritablePersistence | undefined;
  /** What recognizes clients besides their address; default nothing. */
  readonly persistenceEngine?: string | undefined;
  /** Its servers, newest first. */
  readonly servers: Iterable<WritableServer>;
}

/** How the servers of a service are checked. Times in seconds. */
export interface HealthSettings {
  /** The kind of check; default `TCP_CHECK`, or none for services that have no port. */
  readonly check?: 'TCP_CHECK' | 'HTTP_GET' | 'SSL_GET' | 'PING_CHECK' | 'none';
  /** The path that HTTP_GET and SSL_GET ask for; default `/`. */
  readonly path?: string;
  /** From one check to the next; default 6. */
  readonly delayLoopSeconds?: number;
  /** For how long an answer is waited for; default 3. */
  readonly connectTimeoutSeconds?: number;
  /** How often a failed check is tried again; default 2. */
  readonly retry?: number;
  /** From a failed try to the next; default 1. */
  readonly delayBeforeRetrySeconds?: number;
  /** The weight that must be up; default 1. */
  readonly quorum?: number;
  /** How far the weight must pass it; default 0. */
  readonly hysteresis?: number;
  /** What serves without quorum. */
  readonly sorryServer?: WritableSorryServer;
  /** Whether servers that are down stay with weight 0; default `false`. */
  readonly inhibitOnFailure?: boolean;
}

/** How a configuration is written. */
export interface WriteOptions {
  /**
   * How a service's servers are checked; default the same for all.
   *
   * @param service - The service.
   * @returns The settings.
   */
  readonly health?: (service: WritableService) => HealthSettings;
}

const OPTION_NAMES: OptionNames<WriteOptions> = { health: true };

const methods: Readonly<Record<ForwardingMethod, string>> = {
  masquerading: 'NAT',
  gatewaying: 'DR',
  tunneling: 'TUN',
};

/**
 * Writes services as keepalived.conf: what is loaded from it is the same again.
 *
 * @param services - The services, such as those of a director.
 * @param options - How they are checked.
 * @returns The text.
 * @throws {TypeError} When an option has an unknown name.
 * @throws {RangeError} When a path has a quote in it.
 * @example
 * {@includeCode ../../docs/examples/keepalived-write.ts}
 */
export function writeKeepalived(
  services: Iterable<WritableService>,
  options: WriteOptions = {},
): string {
  requireKnownOptions('write a configuration', options, OPTION_NAMES);
  const { health = (): HealthSettings => ({}) } = options;
  const blocks = [...services].map((service) => serviceBlock(service, health(service)));
  return blocks.map((lines) => `${lines.join('\n')}\n`).join('\n');
}

function serviceBlock(service: WritableService, health: HealthSettings): string[] {
  const servers = [...service.servers].toReversed();
  const { address, fwmark, port } = service;
  const head = fwmark === 0 ? `${address} ${port}` : `fwmark ${fwmark}`;
  return [
    `virtual_server ${head} {`,
    ...indented(serviceLines(service, health)),
    ...servers.flatMap((server) => indented(serverBlock(service, server, health))),
    '}',
  ];
}

function serviceLines(service: WritableService, health: HealthSettings): string[] {
  const { fwmark, family, protocol, scheduler, onePacket, persistence } = service;
  const { persistenceEngine: engine } = service;
  return [
    ...(fwmark === 0
      ? [`protocol ${protocol.toUpperCase()}`]
      : [`ip_family inet${family === 6 ? '6' : ''}`]),
    `lb_algo ${scheduler.name}`,
    'lb_kind NAT',
    ...flagLines(service),
    ...(onePacket ? ['ops'] : []),
    ...(persistence === undefined ? [] : persistenceLines(persistence, family)),
    ...(persistence === undefined || engine === undefined ? [] : [`persistence_engine ${engine}`]),
    ...quorumLines(health),
    ...timingLines(health),
  ];
}

/** The flags under the names that keepalived reads back to the same bits. */
function flagLines({ schedulerFlags }: WritableService): string[] {
  return [1, 2, 3]
    .filter((bit) => (schedulerFlags & (1 << (bit - 1))) !== 0)
    .map((bit) => `flag-${bit}`);
}

function persistenceLines(
  { timeoutSeconds, netmask }: WritablePersistence,
  family: 4 | 6,
): string[] {
  const lines = [`persistence_timeout ${timeoutSeconds}`];
  const length = prefixLength(netmask);
  if (length === netmask.bitLength) return lines;
  return [...lines, `persistence_granularity ${family === 4 ? String(netmask) : length}`];
}

function prefixLength(netmask: IpAddress): number {
  let length = 0;
  for (const byte of netmask.toBytes()) length += byte.toString(2).replaceAll('0', '').length;
  return length;
}

function quorumLines({
  quorum,
  hysteresis,
  sorryServer,
  inhibitOnFailure,
}: HealthSettings): string[] {
  return [
    ...(quorum === undefined ? [] : [`quorum ${quorum}`]),
    ...(hysteresis === undefined ? [] : [`hysteresis ${hysteresis}`]),
    ...(sorryServer === undefined
      ? []
      : [`sorry_server ${String(sorryServer.address)} ${sorryServer.port}`]),
    ...(inhibitOnFailure === true ? ['inhibit_on_failure'] : []),
  ];
}

function timingLines(health: HealthSettings): string[] {
  const {
    delayLoopSeconds = 6,
    connectTimeoutSeconds = 3,
    retry = 2,
    delayBeforeRetrySeconds = 1,
  } = health;
  return [
    `delay_loop ${delayLoopSeconds}`,
    `connect_timeout ${connectTimeoutSeconds}`,
    `retry ${retry}`,
    `delay_before_retry ${delayBeforeRetrySeconds}`,
  ];
}

function serverBlock(
  service: WritableService,
  server: WritableServer,
  health: HealthSettings,
): string[] {
  const { address, port, weight, upperThreshold, lowerThreshold } = server;
  // A server's own port is only kept with NAT; elsewhere it is the service's.
  const written =
    server.forwardingMethod === 'masquerading' ? port : service.fwmark === 0 ? service.port : 0;
  return [
    `real_server ${address} ${written} {`,
    ...indented([
      `weight ${weight}`,
      `lvs_method ${methodText(server)}`,
      ...(upperThreshold > 0 ? [`uthreshold ${upperThreshold}`] : []),
      ...(lowerThreshold > 0 ? [`lthreshold ${lowerThreshold}`] : []),
      ...checkLines(written, health),
    ]),
    '}',
  ];
}

function methodText({ forwardingMethod, tunnel }: WritableServer): string {
  const word = methods[forwardingMethod];
  if (forwardingMethod !== 'tunneling' || tunnel.type === 'ipip') return word;
  const port = tunnel.type === 'gue' ? ` port ${tunnel.port}` : '';
  return `${word} type ${tunnel.type}${port} ${tunnel.checksum}`;
}

function checkLines(port: number, { check, path = '/' }: HealthSettings): string[] {
  const kind = check ?? (port === 0 ? 'none' : 'TCP_CHECK');
  if (kind === 'none') return [];
  if (kind !== 'HTTP_GET' && kind !== 'SSL_GET') return [`${kind} {`, '}'];
  return [`${kind} {`, ...indented(['url {', ...indented([`path ${quoted(path)}`]), '}']), '}'];
}

function quoted(text: string): string {
  if (text.includes('"')) throw new RangeError(`Cannot write path: expected no '"', got '${text}'`);
  return /^[\w/.?=&%-]+$/.test(text) ? text : `"${text}"`;
}

function indented(lines: readonly string[]): string[] {
  return lines.map((line) => `    ${line}`);
}
