/**
 * The last step of a client's packet: the forwarder of its connection takes it, or the host itself when the server is
 * local.
 */
import type { Action } from '../forwarding/action.js';
import type { Forwarder } from '../forwarding/forwarder.js';
import { deliverErrorToServer, deliverToServer } from '../forwarding/local-delivery.js';
import { checkClientSide, needsLimitCheck } from '../forwarding/ttl-and-mtu.js';
import type { Packet } from '../wire/packet.js';
import type { PacketState } from './packet-state.js';
import type { DirectorParts } from './parts.js';

/** Sends packets to servers, by the target of `parts.nextHop`. */
export class ToServer {
  private readonly parts: DirectorParts;
  private readonly state: PacketState;

  constructor(parts: DirectorParts, state: PacketState) {
    this.parts = parts;
    this.state = state;
  }

  /**
   * Sends a client's packet.
   *
   * @param packet - The packet.
   * @param slot - The entry of its connection; −1 for a one-packet connection.
   * @param forwarder - The forwarder of its connection.
   * @returns The action, `accept` when the host gets it; the reason is in the output.
   */
  send(packet: Packet, slot: number, forwarder: Forwarder): Action {
    const { nextHop, output } = this.parts;
    const { target } = nextHop;
    const helped = this.help(packet, slot, forwarder);
    if (helped !== 'forward') return helped;
    if (!this.isLocal(forwarder)) return forwarder.forward(packet, target, output);
    return deliverToServer(forwarder.method, packet, target, this.state.side, output);
  }

  /**
   * Sends an ICMP error about a packet to a client.
   *
   * @param packet - The message.
   * @param quote - The packet it quotes.
   * @param forwarder - The forwarder of its connection.
   * @returns As for {@link ToServer.send}.
   */
  sendError(packet: Packet, quote: Packet, forwarder: Forwarder): Action {
    const { nextHop, output, host } = this.parts;
    const { target } = nextHop;
    if (!this.isLocal(forwarder)) return forwarder.forwardError(packet, quote, target, output);
    const { side } = this.state;
    return deliverErrorToServer(forwarder.method, host, packet, quote, target, side, output);
  }

  /** Lets a helper read the packet; one that fails TTL or MTU is not read. */
  private help(packet: Packet, slot: number, forwarder: Forwarder): Action {
    const { ftp, host, output, table } = this.parts;
    if (ftp === undefined || slot < 0 || !table.helped.has(slot)) return 'forward';
    const { mtu } = host.server;
    if (needsLimitCheck(packet, mtu) && !this.isLocal(forwarder)) {
      const checked = checkClientSide(host, packet, mtu, true, output);
      if (checked !== 'forward') return checked;
    }
    return ftp.fromClient(packet, slot, this.state.now)
      ? 'forward'
      : output.finish('drop', 'tcp-checksum-wrong');
  }

  private isLocal({ method }: Forwarder): boolean {
    const { localServers, nextHop } = this.parts;
    if (!localServers.possible || method === 'bypass') return false;
    return localServers.has(nextHop.target.server);
  }
}
