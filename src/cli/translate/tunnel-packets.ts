/**
 * Tunnel packets of a director in a capture: IP in IP, GUE or GRE, any family in any family.
 *
 * A packet is one when it is addressed to a real server with that kind of tunnel. Sources: RFC 2003, RFC 2473,
 * RFC 2784, draft-ietf-intarea-gue.
 */
import type { Director } from '../../director/index.js';
import type { AddressFamily } from '../../ip-address.js';
import type { Tunnel } from '../../model/forwarding-method.js';
import type { RealServer } from '../../model/real-server.js';
import { readUint16 } from '../../wire/bytes.js';
import type { Packet } from '../../wire/packet.js';
import { ETHER_TYPE, IP_PROTOCOL } from '../../wire/protocol-numbers.js';
import { GRE_FLAG } from '../../wire/gre-flags.js';
import { AddressIndex } from './address-index.js';

const GRE_HEADER_LENGTH = 4;
const GUE_HEADER_LENGTH = 12;
/** Version and the control bit of a GUE header: clear in one that carries a packet. */
const GUE_NO_DATA = 0xe0;

/** Knows a director's tunnels, and unpacks what went through them. */
export class TunnelPackets {
  private readonly tunnels = new AddressIndex<Tunnel[]>();
  /** Whether there is any tunnel. */
  readonly areExpected: boolean;

  /** @param director - Whose servers are reached by tunnels. */
  constructor(director: Director) {
    const byAddress = new Map<string, Tunnel[]>();
    for (const { address, forwardingMethod, tunnel } of serversOf(director)) {
      if (forwardingMethod !== 'tunneling') continue;
      const tunnels = [...(byAddress.get(address.toString()) ?? []), tunnel];
      byAddress.set(address.toString(), tunnels);
      this.tunnels.set(address, tunnels);
    }
    this.areExpected = byAddress.size > 0;
  }

  /**
   * Finds the packet inside a tunnel packet.
   *
   * @param packet - A packet to a real server.
   * @param inner - Receives the packet inside, as far as it was captured.
   * @returns Whether it is a tunnel packet with a packet inside that has ports.
   */
  unpack(packet: Packet, inner: Packet): boolean {
    if (packet.fragmentOffset !== 0) return false;
    const family = this.innerFamily(packet);
    if (family === 0) return false;
    const at = packet.transportOffset + tunnelHeaderLength(packet);
    if (at > packet.end) return false;
    const parsed = inner.parseQuote(packet.bytes, at, packet.end - at, family);
    return parsed === 'ok' && inner.hasPorts;
  }

  /** The family of the packet inside; 0 for a packet that is no tunnel packet. */
  private innerFamily(packet: Packet): AddressFamily | 0 {
    const { bytes, protocol, transportOffset: at, transportLength } = packet;
    switch (protocol) {
      case IP_PROTOCOL.IPV4:
      case IP_PROTOCOL.IPV6:
        return this.isExpected(packet, 'ipip', 0) ? familyOfProtocol(protocol) : 0;
      case IP_PROTOCOL.UDP:
        if (transportLength < GUE_HEADER_LENGTH || (bytes[at + 8] & GUE_NO_DATA) !== 0) return 0;
        if (!this.isExpected(packet, 'gue', packet.destinationPort)) return 0;
        return familyOfProtocol(bytes[at + 9]);
      case IP_PROTOCOL.GRE:
        if (transportLength < GRE_HEADER_LENGTH) return 0;
        if ((readUint16(bytes, at) & ~GRE_FLAG.CHECKSUM) !== 0) return 0;
        return this.isExpected(packet, 'gre', 0) ? familyOfEtherType(readUint16(bytes, at + 2)) : 0;
      default:
        return 0;
    }
  }

  private isExpected(packet: Packet, type: Tunnel['type'], port: number): boolean {
    const tunnels = this.tunnels.get(packet, packet.destinationOffset);
    return tunnels?.some((tunnel) => tunnel.type === type && tunnel.port === port) ?? false;
  }
}

function serversOf(director: Director): RealServer[] {
  return [...director.services].flatMap(({ servers }) => [...servers]);
}

/** Bytes between the outer IP header and the packet inside. */
function tunnelHeaderLength({ bytes, protocol, transportOffset: at }: Packet): number {
  if (protocol === IP_PROTOCOL.UDP) return GUE_HEADER_LENGTH + (bytes[at + 8] & 0x1f) * 4;
  if (protocol !== IP_PROTOCOL.GRE) return 0;
  return readUint16(bytes, at) === 0 ? GRE_HEADER_LENGTH : GRE_HEADER_LENGTH + 4;
}

function familyOfProtocol(protocol: number): AddressFamily | 0 {
  if (protocol === IP_PROTOCOL.IPV4) return 4;
  return protocol === IP_PROTOCOL.IPV6 ? 6 : 0;
}

function familyOfEtherType(type: number): AddressFamily | 0 {
  if (type === ETHER_TYPE.IPV4) return 4;
  return type === ETHER_TYPE.IPV6 ? 6 : 0;
}
