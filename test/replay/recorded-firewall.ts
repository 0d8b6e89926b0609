/**
 * The firewall and the policy routing of a recording's host: the commands that set them up, as rules of the library.
 */
import type { DroppingChain } from '../../src/conntrack/firewall.js';
import type { SourceNatRule } from '../../src/conntrack/source-nat-rules.js';
import { IpAddress } from '../../src/ip-address.js';
import { MacAddress } from '../../src/wire/mac-address.js';
import type { Packet } from '../../src/wire/packet.js';

/** A rule of the chain prerouting that sets marks. */
export interface RecordedMark {
  /** Where the packets go. */
  readonly destination: IpAddress;
  /** The TCP port they go to; `undefined` = any packet. */
  readonly port: number | undefined;
  /** The bits that are set. */
  readonly mark: number;
  /** The mark of their connection; 0 = none. */
  readonly connectionMark: number;
}

/** A route for packets with one source. */
export interface RecordedRoute {
  readonly source: IpAddress;
  readonly router: MacAddress;
}

/** What a command sets up. */
export interface RecordedSetup {
  readonly marks: readonly RecordedMark[];
  readonly sourceNat: readonly SourceNatRule[];
  readonly dropInvalid: readonly DroppingChain[];
  readonly routes: readonly RecordedRoute[];
}

/**
 * Reads a command of a recording.
 *
 * @param command - Commands of a shell, with semicolons between.
 * @param input - What the command reads, for nft.
 * @returns What it sets up, or `undefined` when it is not understood.
 */
export function readSetup(command: string, input: string): RecordedSetup | undefined {
  const parts = command.startsWith('nft') ? [input] : command.split(';').map((each) => each.trim());
  const setup = { marks: [], sourceNat: [], dropInvalid: [], routes: [] } as {
    marks: RecordedMark[];
    sourceNat: SourceNatRule[];
    dropInvalid: DroppingChain[];
    routes: RecordedRoute[];
  };
  if (command.startsWith('nft')) {
    setup.marks.push(...marksOf(input));
    if (/postrouting.*masquerade/s.test(input)) setup.sourceNat.push(masqueradeOf(input));
    const dropped = /hook (input|forward) priority filter; ct state invalid/.exec(input);
    if (dropped !== null) setup.dropInvalid.push(dropped[1] as DroppingChain);
    return setup;
  }
  if (command.startsWith('iptables')) {
    setup.sourceNat.push(...parts.map(iptablesRule));
    return setup;
  }
  const route = routeOf(command);
  if (route === undefined) return undefined;
  setup.routes.push(route);
  return setup;
}

/**
 * The mark that prerouting gives a packet.
 *
 * @param marks - Its rules.
 * @param packet - The packet.
 * @returns The mark; 0 = none.
 */
export function markOfPrerouting(marks: readonly RecordedMark[], packet: Packet): number {
  return matching(marks, packet).reduce((mark, rule) => mark | rule.mark, 0);
}

/**
 * The mark of the connection of a packet with a mark.
 *
 * @param marks - The rules of prerouting.
 * @param mark - The packet's mark.
 * @returns The connection's mark; 0 = none.
 */
export function connectionMarkOf(marks: readonly RecordedMark[], mark: number): number {
  return marks.find((rule) => rule.mark === mark)?.connectionMark ?? 0;
}

function matching(marks: readonly RecordedMark[], packet: Packet): readonly RecordedMark[] {
  return marks.filter(
    ({ destination, port }) =>
      destination.equals(packet.destination) &&
      (port === undefined || (packet.protocol === 6 && packet.destinationPort === port)),
  );
}

function marksOf(input: string): RecordedMark[] {
  const rules = input.matchAll(
    /ip6? daddr (\S+) (?:tcp dport (\d+) )?meta mark set (?:mark or )?(\w+)(?: ct mark set (\w+))?/g,
  );
  return [...rules].map(([, destination, port, mark, connectionMark]) => ({
    destination: IpAddress.parse(destination),
    port: port === undefined ? undefined : Number(port),
    mark: Number(mark),
    connectionMark: Number(connectionMark ?? 0),
  }));
}

function masqueradeOf(input: string): SourceNatRule {
  const marked = /meta mark and (\w+) == (\w+) masquerade/.exec(input);
  if (marked === null) return { to: 'masquerade' };
  return { to: 'masquerade', mask: Number(marked[1]), mark: Number(marked[2]) };
}

function iptablesRule(command: string): SourceNatRule {
  const option = (name: string): string | undefined =>
    new RegExp(`--${name} (\\S+)`).exec(command)?.[1];
  const address = option('vaddr');
  const port = option('vport');
  return {
    to: option('to-source') ?? 'masquerade',
    ...(address !== undefined && { virtualAddress: address }),
    ...(port !== undefined && { virtualPort: Number(port) }),
  };
}

function routeOf(command: string): RecordedRoute | undefined {
  const source = /ip rule add from (\S+)/.exec(command)?.[1];
  const router = /lladdr (\S+)/.exec(command)?.[1];
  if (source === undefined || router === undefined) return undefined;
  return { source: IpAddress.parse(source), router: MacAddress.parse(router) };
}
