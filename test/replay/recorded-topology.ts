/**
 * The surroundings of a recorded director: its host, its neighbours, and the marks a firewall set.
 */
import type { HostOptions } from '../../src/director/host.js';
import type { Network } from '../../src/director/allowed-server-addresses.js';
import { IpAddress } from '../../src/ip-address.js';
import { MacAddress } from '../../src/wire/mac-address.js';
import type { Packet } from '../../src/wire/packet.js';
import { protocolNumber } from '../../src/protocols.js';
import type { RecordedTopology } from './director-recording.js';

/** Which packets get a firewall mark. */
export interface MarkRule {
  /** The network they go to. */
  readonly network: IpAddress;
  /** How many leading bits of it count. */
  readonly length: number;
  /** The mark. */
  readonly mark: number;
  /** The number of their protocol; `undefined` = any. */
  readonly protocol: number | undefined;
  /** The port they go to; `undefined` = any. */
  readonly port: number | undefined;
}

/** The first two bytes of the link address of a real server, by family. */
const SERVER_MAC = { 4: 0x0201, 6: 0x0206 } as const;

/** The servers' own network: whoever has an address in it, but is no server, is not reachable. */
const SERVER_NETWORK = IpAddress.fromIpv4(0x0a000000);
const SERVER_NETWORK_LENGTH = 8;

/** The network devices of the recorded director. */
export const RECORDED_DEVICES: readonly string[] = ['lo', 'eth0', 'eth1'];

/**
 * The networks of the recorded director.
 *
 * @returns That of the clients' router, and that of the servers.
 */
export function recordedNetworks(): Network[] {
  return [
    { address: IpAddress.parse('192.168.100.0'), prefixLength: 24 },
    { address: SERVER_NETWORK, prefixLength: SERVER_NETWORK_LENGTH },
  ];
}

/**
 * The host of a recording.
 *
 * @param topology - What the recording says of it.
 * @param marks - The prefixes that are delivered to the host.
 * @returns The host for a director.
 */
export function hostOf(
  topology: RecordedTopology,
  marks: readonly MarkRule[],
  local: readonly string[] = [],
): HostOptions {
  const { director_client_side: near, director_server_side: far } = topology;
  const router = MacAddress.parse(topology.client_gateway.mac);
  return {
    client: { ipv4: near.ip, ipv6: near.ip6, mtu: topology.mtu_client_side },
    server: { ipv4: far.ip, ipv6: far.ip6, mtu: topology.mtu_server_side },
    addresses: [...topology.vips, ...local],
    localPrefixes: marks.map(({ network, length }) => ({ address: network, length })),
    link: {
      client: MacAddress.parse(near.mac),
      server: MacAddress.parse(far.mac),
      resolveNeighbor: (side, { family, word3 }) => {
        if (side === 'server') return new MacAddress(SERVER_MAC[family], word3);
        return family === 4 && isOfServerNetwork(IpAddress.fromIpv4(word3)) ? undefined : router;
      },
    },
  };
}

/**
 * The marks that a recording's firewall sets.
 *
 * @param topology - What the recording says of it.
 * @returns Which packets get which mark.
 */
export function markRulesOf(topology: RecordedTopology): MarkRule[] {
  return (topology.fwmark_rules ?? []).map(({ daddr, mark, proto, dport }) => {
    const [address, length] = daddr.split('/');
    const network = IpAddress.parse(address);
    return {
      network,
      length: Number(length ?? network.bitLength),
      mark,
      protocol: proto ? protocolNumber(proto) : undefined,
      port: dport ?? undefined,
    };
  });
}

/**
 * Reads a mark from a remark in the recording, such as
 * "destination prefix 172.20.0.0/16 gets firewall mark 7 and is local".
 *
 * @param note - The remark.
 * @returns The rule, or `undefined` when the remark says something else.
 */
export function markRuleOfNote(note: string): MarkRule | undefined {
  const found = /prefix (\S+)\/(\d+) gets firewall mark (\d+)/.exec(note);
  if (found === null) return undefined;
  const [, address, length, mark] = found;
  return {
    network: IpAddress.parse(address),
    length: Number(length),
    mark: Number(mark),
    protocol: undefined,
    port: undefined,
  };
}

/**
 * Derives a mark rule from the rules of a firewall.
 *
 * @param input - The rules.
 * @returns The mark rule, or `undefined` when they have none.
 */
export function markRuleOfFirewall(input: string): MarkRule | undefined {
  const found = /daddr (\S+) (\w+) dport (\d+) meta mark set (\d+)/.exec(input);
  if (found === null) return undefined;
  const [, address, protocol, port, mark] = found;
  const network = IpAddress.parse(address);
  return {
    network,
    length: network.bitLength,
    mark: Number(mark),
    protocol: protocolNumber(protocol as 'tcp'),
    port: Number(port),
  };
}

/**
 * The mark of a packet.
 *
 * @param rules - The firewall's rules.
 * @param packet - The packet.
 * @returns The mark; 0 = none.
 */
export function markOf(rules: readonly MarkRule[], packet: Packet): number {
  if (rules.length === 0) return 0;
  const { family, bytes } = packet;
  const destination = IpAddress.fromBytes(family, bytes, packet.destinationOffset);
  const rule = rules.find(
    ({ network, length, protocol, port }) =>
      network.family === family &&
      destination.prefix(length).equals(network) &&
      (protocol === undefined || protocol === packet.protocol) &&
      (port === undefined || (packet.hasPorts && port === packet.destinationPort)),
  );
  return rule?.mark ?? 0;
}

/**
 * The text of the address of a real server, by its link address.
 *
 * @param frame - A frame to the server.
 * @param servers - The servers' addresses.
 * @returns The address, or `undefined` when the frame goes elsewhere.
 */
export function serverOfFrame(
  frame: Uint8Array,
  servers: readonly IpAddress[],
): string | undefined {
  const high = (frame[0] << 8) | frame[1];
  const low = new DataView(frame.buffer, frame.byteOffset).getInt32(2);
  return servers
    .find((server) => SERVER_MAC[server.family] === high && server.word3 === low)
    ?.toString();
}

/**
 * Whether a client has an address of the servers' own network, where the host finds no neighbour for it.
 *
 * @param address - The client's address.
 * @returns `true` when nothing can be sent to it.
 */
export function isOfServerNetwork(address: IpAddress): boolean {
  return address.family === 4 && address.prefix(SERVER_NETWORK_LENGTH).equals(SERVER_NETWORK);
}
