/**
 * What the connection tracking of a recorded host loses behind the director: a client's segment with an acknowledgement
 * before the server has answered its SYN. It has moved the state and was read by the helper, but does not leave. This
 * library does not need tracking for FTP, and forwards it.
 */
import { PROTOCOL_TCP } from '../../src/connections/entries/flags.js';
import { Packet } from '../../src/wire/packet.js';
import { TCP_FLAG } from '../../src/wire/tcp.js';

/** Follows the opening of connections. */
export class RecordedTracking {
  /** The clients whose SYN was not answered yet. */
  private readonly opening = new Set<string>();

  /**
   * Shows a frame that comes in.
   *
   * @param frame - The frame.
   * @param isFromClient - Whether it comes from the client side.
   * @returns Whether the host loses it behind the director.
   */
  loses(frame: Uint8Array, isFromClient: boolean): boolean {
    const packet = new Packet();
    if (packet.parseFrame(frame) !== 'ok' || packet.protocol !== PROTOCOL_TCP) return false;
    const flags = packet.bytes[packet.transportOffset + 13];
    const client = clientOf(packet, isFromClient);
    if (!isFromClient) {
      this.opening.delete(client);
      return false;
    }
    if ((flags & (TCP_FLAG.SYN | TCP_FLAG.ACK)) === TCP_FLAG.SYN) this.opening.add(client);
    const isAnswer = (flags & TCP_FLAG.ACK) !== 0 && (flags & TCP_FLAG.RST) === 0;
    return isAnswer && this.opening.has(client);
  }
}

function clientOf(packet: Packet, isSource: boolean): string {
  const { sourceOffset, destinationOffset, family, bytes } = packet;
  const at = isSource ? sourceOffset : destinationOffset;
  const port = isSource ? packet.sourcePort : packet.destinationPort;
  return `${bytes.subarray(at, at + (family === 4 ? 4 : 16)).join('.')} ${port}`;
}
