/**
 * The short way of almost all packets: a client's TCP segment of a known connection by NAT or direct routing
 * whose server is there; IPv4 without options, whole, not too long, TTL above 1, without SYN.
 *
 * It does what the long way does, in the same order and by the same rules, with everything left out that such
 * a segment cannot need; what is in doubt takes the long way. On this way a call costs as much as the work,
 * and so does an object in between: hence one function that reads each word once, longer than functions are
 * elsewhere. Cost: no allocation. Sources: RFC 791, RFC 9293.
 */
import { PORT_AS_VIRTUAL } from '../connections/entries/destinations.js';
import { METHOD_BITS, METHOD_FLAGS, PROTOCOL_TCP } from '../connections/entries/flags.js';
import { BINDING, BINDING_BITS, META } from '../connections/entries/record.js';
import { TCP_SYN } from '../connections/states/tcp.js';
import { routePlainSegment, translatePlainSegment } from '../forwarding/fast-path.js';
import { sumOfWord } from '../wire/checksum.js';
import type { DirectorContext } from './context.js';
import type { DirectorHost } from './host.js';

/** Version 4, five words of header. */
const FIRST_BYTE = 0x45;
/** Bytes of both headers without options. */
const SHORTEST = 40;
/** More fragments, and the place of a fragment; all 0 in what came whole. */
const FRAGMENT_BITS = 0x3fff;

/** Handles plain packets of known connections. */
export class FastPath {
  private readonly context: DirectorContext;
  private readonly host: DirectorHost;

  /**
   * @param context - The director.
   * @param host - Its host.
   */
  constructor(context: DirectorContext, host: DirectorHost) {
    this.context = context;
    this.host = host;
  }

  /**
   * Handles a client's packet if it is a plain one of a known connection.
   *
   * @param bytes - The bytes it lies in.
   * @param view - A view over all of them.
   * @param frameOffset - Index of the first byte of its frame.
   * @param offset - Index of the first byte of its IP header.
   * @param end - Index behind its last byte.
   * @param guess - The entry it most likely belongs to, or −1.
   * @returns Whether it was forwarded; if not, it has to take the long way, and nothing was done.
   */
  forward(
    bytes: Uint8Array,
    view: DataView,
    frameOffset: number,
    offset: number,
    end: number,
    guess: number,
  ): boolean {
    if (end - offset < SHORTEST) return false;
    const first = view.getInt32(offset);
    const second = view.getInt32(offset + 4);
    const third = view.getInt32(offset + 8);
    const client = view.getInt32(offset + 12);
    const virtual = view.getInt32(offset + 16);
    const ports = view.getInt32(offset + 20);
    const flags = view.getUint8(offset + 33);
    const length = first & 0xffff;
    if (first >>> 24 !== FIRST_BYTE || (second & FRAGMENT_BITS) !== 0) return false;
    if (((third >>> 16) & 0xff) !== PROTOCOL_TCP || third >>> 25 === 0) return false;
    if (length < SHORTEST || length > end - offset || (flags & TCP_SYN) !== 0) return false;
    const addresses = sumOfWord(client) + sumOfWord(virtual);
    // The sum is above 0, so it folds to 0xFFFF just when it is a multiple of 0xFFFF.
    if ((sumOfWord(first) + sumOfWord(second) + sumOfWord(third) + addresses) % 0xffff !== 0) {
      return false;
    }
    const { context, host } = this;
    const { table, environment, output } = context;
    if (length > environment.server.mtu) return false;
    if (context.mark === 0 && !host.isLocal4(virtual)) return false;
    const isRight = guess >= 0 && table.isConnection4(guess, PROTOCOL_TCP, client, virtual, ports);
    const slot = isRight ? guess : table.findWords4(PROTOCOL_TCP, client, virtual, ports);
    if (slot < 0) return false;
    const { store, bindings } = table;
    const records = store.recordsOf(slot);
    const at = store.offsetOf(slot);
    const method = records[at + META] & METHOD_BITS;
    const row = records[at + BINDING] & BINDING_BITS;
    const server = bindings.servers[row];
    if (server?.available !== true || !isShort(method)) return false;
    context.slot = slot;
    context.server = server;
    context.counters.countInAt(row, length);
    context.states.clientSegment(slot, flags, context.now);
    if (method === METHOD_FLAGS.gatewaying) {
      routePlainSegment(view, offset);
      output.emitAt(bytes, view, frameOffset, offset, length, 'server', 'routed');
      output.gateway = context.nextHop.gateway(bindings.addresses[row]);
    } else {
      const port = bindings.ports[row];
      const serverPort = port === PORT_AS_VIRTUAL ? ports & 0xffff : port;
      translatePlainSegment(view, offset, bindings.addresses[row].word3, serverPort);
      output.emitAt(bytes, view, frameOffset, offset, length, 'server', 'translated');
    }
    context.reason = output.reason;
    return true;
  }
}

/** NAT and direct routing; a tunnel needs to know more. */
function isShort(method: number): boolean {
  return method === METHOD_FLAGS.masquerading || method === METHOD_FLAGS.gatewaying;
}
