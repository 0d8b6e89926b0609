/**
 * The rows of `ipvsadm -L` in all its forms, and of /proc/net/ip_vs.
 */
import { IpAddress } from '../../ip-address.js';
import type { CommandService } from '../../ipvsadm/command.js';
import type { ListColumns } from '../../ipvsadm/command.js';
import type { Protocol } from '../../protocols.js';
import { TextError } from '../text-error.js';
import {
  type ListedServer,
  type ListedService,
  ListedServices,
  serverOf,
} from './listed-service.js';
import { readCount, readListedEndpoint, readTraffic, type RowFormat } from './row-values.js';

/** How the rows of a section are read. */
export interface ServiceSection extends RowFormat {
  /** Which columns it has; tunnels are recognized by themselves. */
  readonly columns: ListColumns;
  /** How many units of the kernel's own time a second has, for the timeouts in /proc/net/ip_vs. */
  readonly ticksPerSecond: number;
  /** Whether the servers of a listing are newest first, as those of /proc/net/ip_vs always are. */
  readonly newestFirst: boolean;
}

const METHODS: Readonly<Record<string, string>> = {
  Route: '-g',
  Local: '-g',
  Tunnel: '-i',
  Masq: '-m',
};
const CHECKSUMS: Readonly<Record<string, string>> = {
  '-c': '--tun-nocsum',
  '+c': '--tun-csum',
  'r+c': '--tun-remcsum',
};
const SERVICE = 'a service: TCP, UDP, SCTP or FWM, its address or mark, and its scheduler';
const SERVER_NUMBER = 'a number of this column';

/** Reads the rows of services and servers. */
export class ServiceRows {
  /** All services so far. */
  readonly services: ListedServices = new ListedServices();
  private current: ListedService | undefined;

  /** Reads the row of a service. */
  service(words: readonly string[], section: ServiceSection, line: number): void {
    const [prot = '', name = ''] = words;
    const isMark = prot === 'FWM';
    const isIpv6 = isMark && words[2] === 'IPv6';
    const service = isMark
      ? { fwmark: markOf(name, section, line), family: isIpv6 ? (6 as const) : (4 as const) }
      : addressOf(prot, name, section, line);
    const rest = words.slice(isIpv6 ? 3 : 2);
    this.current = this.services.service(service, line, section);
    if (section.columns === 'stats') this.current.totals = readTraffic(rest, line);
    else if (section.columns === 'rate') this.current.rates = readTraffic(rest, line);
    else this.current.settings = settingsOf(rest, service, section, line);
  }

  /** Reads the row of a server. */
  server(words: readonly string[], section: ServiceSection, line: number): void {
    const { current } = this;
    if (current === undefined) {
      throw new TextError({
        line,
        found: words.join(' '),
        allowed: 'its service in a line before',
      });
    }
    const { service } = current;
    const protocol: Protocol = 'fwmark' in service ? 'tcp' : service.protocol;
    const address = readListedEndpoint(words[1] ?? '', protocol, section, line);
    this.columns(serverOf(current, address, line), words.slice(2), section, line);
  }

  private columns(
    server: ListedServer,
    words: readonly string[],
    { columns }: ServiceSection,
    line: number,
  ): void {
    if (columns === 'stats') server.totals = readTraffic(words, line);
    else if (columns === 'rate') server.rates = readTraffic(words, line);
    else if (columns === 'thresholds') {
      const [upper, lower, ...counts] = words;
      server.upperThreshold = readCount(upper, SERVER_NUMBER, line);
      server.lowerThreshold = readCount(lower, SERVER_NUMBER, line);
      readConnections(server, counts, line);
    } else if (columns === 'persistent-conn') {
      const [weight, persistent, ...counts] = words;
      server.weight = readCount(weight, SERVER_NUMBER, line);
      server.persistent = readCount(persistent, SERVER_NUMBER, line);
      readConnections(server, counts, line);
    } else forwarding(server, words, line);
  }
}

function forwarding(server: ListedServer, words: readonly string[], line: number): void {
  const [method = '', ...rest] = words;
  const option = Object.hasOwn(METHODS, method) ? METHODS[method] : undefined;
  if (option === undefined) {
    throw new TextError({
      line,
      found: method || 'nothing',
      allowed: 'Route, Tunnel, Masq or Local',
    });
  }
  server.method = option;
  if (rest.length === 4) server.tunnel = tunnelOf(rest.shift() ?? '', line);
  server.weight = readCount(rest.shift(), 'a weight', line);
  readConnections(server, rest, line);
}

function readConnections(server: ListedServer, words: readonly string[], line: number): void {
  const [active, inactive, ...more] = words;
  server.active = readCount(active, 'a number of active connections', line);
  server.inactive = readCount(inactive, 'a number of inactive connections', line);
  if (more.length > 0) {
    throw new TextError({ line, found: more.join(' '), allowed: 'the end of the line' });
  }
}

function tunnelOf(text: string, line: number): string {
  if (text === 'n/a' || text === 'ipip') return '';
  const [, type, port, checksum = ''] = /^(gue|gre)(?::(\d+))?:(\S+)$/.exec(text) ?? [];
  const option = Object.hasOwn(CHECKSUMS, checksum) ? CHECKSUMS[checksum] : undefined;
  if (type === undefined || option === undefined) {
    throw new TextError({
      line,
      found: text,
      allowed: 'a tunnel such as ipip, gue:6080:-c or gre:+c',
    });
  }
  const portOption = port === undefined ? '' : ` --tun-port ${port}`;
  return ` --tun-type ${type}${portOption} ${option}`;
}

function markOf(text: string, { hexadecimal }: ServiceSection, line: number): number {
  const isMark = hexadecimal ? /^[\dA-Fa-f]+$/.test(text) : /^-?\d+$/.test(text);
  // Listings show marks as signed numbers.
  const mark = Number.parseInt(text, hexadecimal ? 16 : 10) >>> 0;
  if (isMark && mark > 0) return mark;
  throw new TextError({ line, found: text || 'nothing', allowed: 'a firewall mark' });
}

function addressOf(
  prot: string,
  name: string,
  section: ServiceSection,
  line: number,
): CommandService {
  const protocol = prot.toLowerCase() as Protocol;
  return { protocol, ...readListedEndpoint(name, protocol, section, line) };
}

/** The options of a rule for what stands behind the name of a service. */
function settingsOf(
  words: readonly string[],
  service: CommandService,
  section: ServiceSection,
  line: number,
): string {
  const [scheduler, ...rest] = words;
  if (scheduler === undefined || !/^[a-z]\w*$/.test(scheduler)) {
    throw new TextError({ line, found: words.join(' ') || 'nothing', allowed: SERVICE });
  }
  let options = ` -s ${scheduler}`;
  let flags = '';
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    if (word === 'persistent') options += persistenceOf(rest, service, section, line);
    else if (word === 'ops') options += ' -o';
    else if (word === 'pe') options += ` --pe ${rest.shift() ?? ''}`;
    // Of sh and mh the third flag has no name in listings.
    else if (word === '()') flags = 'flag-3';
    else if (word.startsWith('(')) flags = word.slice(1, -1);
    else throw new TextError({ line, found: word, allowed: 'flags, persistent, mask or ops' });
  }
  return flags === '' ? options : `${options} -b ${flags}`;
}

function persistenceOf(
  rest: string[],
  service: CommandService,
  { hexadecimal, ticksPerSecond }: ServiceSection,
  line: number,
): string {
  const time = readCount(rest.shift(), 'the seconds of the persistence', line);
  if (!hexadecimal) {
    const hasMask = rest[0] === 'mask';
    return ` -p ${time}${hasMask ? ` -M ${rest.splice(0, 2)[1] ?? ''}` : ''}`;
  }
  const mask = rest.shift() ?? '';
  if (!/^[\dA-Fa-f]{8}$/.test(mask)) {
    throw new TextError({
      line,
      found: mask || 'nothing',
      allowed: 'a mask of eight hexadecimal digits',
    });
  }
  return ` -p ${Math.max(1, Math.round(time / ticksPerSecond))}${maskOption(mask, service)}`;
}

function maskOption(mask: string, service: CommandService): string {
  const bits = Number.parseInt(mask, 16) >>> 0;
  const length = bits >>> 24;
  // An IPv6 mask is a number of bits, of which the first byte has all.
  const isIpv6 = 'fwmark' in service ? service.family === 6 : service.address.family === 6;
  if (isIpv6) return length === 128 ? '' : ` -M ${length}`;
  return bits === 0xffffffff ? '' : ` -M ${IpAddress.fromIpv4(bits).toString()}`;
}
