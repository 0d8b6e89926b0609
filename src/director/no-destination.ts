/**
 * What becomes of a client's packet when no server of its service may take it.
 *
 * In this order:
 *
 * 1. A service with a mark lets the packet bypass all servers when `cache_bypass` is set and its destination is an
 *    address of another host.
 * 2. An FTP service leaves packets for its other ports to the host.
 * 3. A packet that an ICMP error quotes is dropped; about any other one the client gets a port unreachable.
 *
 * Source: recorded decisions.
 */
import type { ConnectionKey } from '../connections/entries/connection-key.js';
import { FLAG_INACTIVE } from '../connections/entries/flags.js';
import { makeIcmpError } from '../forwarding/own-icmp-errors.js';
import { IpAddress } from '../ip-address.js';
import { NONE } from '../none.js';
import { isUnschedulableFtpPort } from '../services/ftp-rules.js';
import type { Service } from '../services/service.js';
import type { Packet } from '../wire/packet.js';
import type { Admitted } from './admitted.js';
import { METHOD_BYPASS } from './next-hop.js';
import type { PacketState } from './packet-state.js';
import type { DirectorParts } from './parts.js';

const NO_ADDRESS = { 4: IpAddress.fromIpv4(0), 6: IpAddress.fromIpv6(0, 0, 0, 0) } as const;

/** Decides about packets that no server takes. */
export class NoDestination {
  private readonly parts: DirectorParts;
  private readonly state: PacketState;

  /**
   * @param parts - The director.
   * @param state - The state of the packet at hand.
   */
  constructor(parts: DirectorParts, state: PacketState) {
    this.parts = parts;
    this.state = state;
  }

  /**
   * Decides about a packet.
   *
   * @param service - Its service.
   * @param key - The key of its connection.
   * @param packet - The packet; `undefined` for one that an ICMP error quotes, about which no error is sent.
   * @returns The connection when it bypasses all servers, or the decision.
   */
  decide(service: Service, key: ConnectionKey, packet: Packet | undefined): Admitted {
    const { state } = this;
    if (packet !== undefined && this.mayBypass(service, packet)) return this.bypass(service, key);
    if (isUnschedulableFtpPort(service, key.virtualPort)) {
      return state.decide('accept', 'no-destination', service);
    }
    if (packet === undefined) return state.decide('drop', 'no-destination', service);
    const { host, output } = this.parts;
    const { side } = state;
    const action = makeIcmpError(host, packet, 'port-unreachable', 0, side, false, output);
    return state.decide(action, 'no-destination', service);
  }

  /** Whether the packet of a service with a mark may go on to its own destination, past all servers. */
  private mayBypass(service: Service, packet: Packet): boolean {
    const { tunables, host } = this.parts;
    if (service.fwmark === 0 || tunables.cache_bypass === 0) return false;
    const first = packet.bytes[packet.destinationOffset];
    if (packet.family === 6) return first !== 0xff;
    return first < 224 && host.localityOf(packet.destination) === 'foreign';
  }

  private bypass(service: Service, key: ConnectionKey): Admitted {
    const { state, parts } = this;
    const address = NO_ADDRESS[key.family];
    const flags = METHOD_BYPASS | FLAG_INACTIVE;
    const slot = parts.table.insertUnbound(key, state.now, address, 0, flags, service.fwmark);
    if (slot === NONE) return state.decide('drop', 'table-full', service);
    parts.ownClients.connectionOpened(key);
    return { service, slot, server: undefined, serverPort: 0, template: NONE };
  }
}
