/**
 * The short way of almost all packets: a client's TCP segment, IPv4, whole, without SYN, of a connection
 * whose server is there.
 *
 * It does what `local-input.ts` does, in the same order and by the same rules, with everything left out
 * that such a packet cannot need; what is in doubt takes the long way. It is written to be compiled in one
 * piece: on this way a call costs as much as the work. Cost: no allocation.
 */
import { PROTOCOL_TCP } from '../connections/flags.js';
import { TCP_SYN } from '../connections/tcp-state.js';
import type { Packet } from '../wire/packet.js';
import type { DirectorContext } from './context.js';
import type { Action } from './verdict.js';

const TCP_HEADER_LENGTH = 20;
const TCP_FLAGS_OFFSET = 13;

/** Handles plain packets of known connections. */
export class PlainPackets {
  private readonly context: DirectorContext;

  /** @param context - The director. */
  constructor(context: DirectorContext) {
    this.context = context;
  }

  /**
   * Handles a packet if it is a plain one of a known connection.
   *
   * @param packet - A packet that is addressed to the director.
   * @param guess - The entry it most likely belongs to, or −1.
   * @returns What becomes of it; `undefined` when it has to take the long way, and nothing was done.
   */
  receive(packet: Packet, guess: number): Action | undefined {
    const { context } = this;
    const { view, transportOffset, offset, end } = packet;
    if (packet.family !== 4 || packet.protocol !== PROTOCOL_TCP || packet.isFragment)
      return undefined;
    if (end - transportOffset < TCP_HEADER_LENGTH || !context.services.hasFamily(4))
      return undefined;
    const flags = view.getUint8(transportOffset + TCP_FLAGS_OFFSET);
    if ((flags & TCP_SYN) !== 0) return undefined;
    const { table } = context;
    // Both ports are read as one word: so they lie in the entry, too.
    const ports = view.getInt32(transportOffset);
    const client = view.getInt32(offset + 12);
    const virtual = view.getInt32(offset + 16);
    const isRight = guess >= 0 && table.isConnection4(guess, PROTOCOL_TCP, client, virtual, ports);
    const slot = isRight ? guess : table.findWords4(PROTOCOL_TCP, client, virtual, ports);
    if (slot < 0) return undefined;
    const server = table.server(slot);
    if (server?.available !== true) return undefined;
    context.slot = slot;
    context.server = server;
    context.accounts.countInOf(server, table.binding(slot), end - offset);
    context.states.tcp(slot, flags, false);
    table.use(slot, context.now);
    return this.forward(packet, slot);
  }

  private forward(packet: Packet, slot: number): Action {
    const { context } = this;
    const { targets, output } = context;
    const forwarder = targets.fill(slot);
    if (forwarder === undefined) return context.conclude('drop', 'unbound');
    return context.forwarded(forwarder.forward(packet, targets.target, output));
  }
}
