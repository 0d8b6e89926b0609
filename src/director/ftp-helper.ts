/**
 * The helper of FTP's control connections behind NAT: reads what client and server agree about their data connections,
 * makes entries for these, and writes the virtual address into the server's replies.
 *
 * | segment                       | what happens                                                                     |
 * | ----------------------------- | -------------------------------------------------------------------------------- |
 * | client: PASV, EPSV            | the connection waits for 227 or 229                                              |
 * | client: PORT, EPRT            | an entry for the server's connection to that address                             |
 * | server: the reply waited for  | an entry for the client's connection, whose port is not known yet; the reply is rewritten |
 * | any                           | sequence numbers and acknowledgements are shifted by what replies have grown     |
 *
 * Which connections it has: `connections/doors/helped-entries.ts`, of the ports of `ftp-options.ts`.
 * A connection is read while it is ESTABLISHED. As long as its client has said nothing here (the director may have been
 * started, or have taken over, after the command) it waits for either reply. Source: recorded frames; the texts are read in
 * `helpers/ftp`.
 */
import { ConnectionKey } from '../connections/entries/connection-key.js';
import type { HelpedEntries } from '../connections/doors/helped-entries.js';
import { TCP_ESTABLISHED } from '../connections/states/tcp.js';
import type { FtpAddress } from '../helpers/ftp/ftp-address.js';
import { type PassiveReply, readFtpRequest } from '../helpers/ftp/ftp-command.js';
import { readFtpReply, virtualAddressText } from '../helpers/ftp/ftp-reply.js';
import { noteGrowth } from '../helpers/sequence-offsets.js';
import {
  hasRightChecksum,
  hasWholeHeader,
  sequenceOf,
  shiftSequence,
  textOffset,
  unshiftAcknowledgements,
  withText,
  writeChecksum,
} from '../helpers/tcp-segment.js';
import { IpAddress } from '../ip-address.js';
import { Packet } from '../wire/packet.js';
import { FtpData, type HelperParts } from './ftp-data.js';
import { type FtpOptions, type FtpSettings, ftpSettings } from './ftp-options.js';

const NONE = -1;
const CONTROL_PORT = 21;
const REFUSED = 'reply-not-rewritten';
const REPLIES: readonly PassiveReply[] = [227, 229];

/** What becomes of a server's segment: it leaves, perhaps rewritten; or it is dropped, for a reason. */
export type HelpedSegment = Packet | 'tcp-checksum-wrong' | 'reply-not-rewritten';

/** Reads the control connections of one director. */
export class FtpHelper {
  private readonly parts: HelperParts;
  private readonly helped: HelpedEntries;
  private readonly settings: FtpSettings;
  private readonly data: FtpData;
  private readonly rewritten = new Packet();
  /** The key of the connection at hand. */
  private readonly key = new ConnectionKey();

  /**
   * @param parts - The connections, their states, the services and the traffic counters.
   * @param settings - Its settings.
   */
  constructor(parts: HelperParts, settings: FtpSettings) {
    const { helped } = parts.table;
    this.parts = parts;
    this.helped = helped;
    this.settings = settings;
    this.data = new FtpData(parts);
    helped.ports = new Set(settings.ports);
  }

  /**
   * Gives a connection that was opened a helper, if it is a control connection.
   *
   * @param slot - Its entry; −1 for a one-packet connection.
   */
  connectionOpened(slot: number): void {
    if (slot !== NONE) this.helped.adopt(slot);
  }

  /**
   * Handles a client's segment of a control connection, whose state has been moved.
   *
   * @param packet - The segment, whole; its acknowledgements are shifted.
   * @param slot - The connection.
   * @param now - The present time in milliseconds.
   * @returns `false` when the segment is dropped, since its checksum is wrong.
   */
  fromClient(packet: Packet, slot: number, now: number): boolean {
    if (!hasWholeHeader(packet)) return true;
    if (!hasRightChecksum(packet)) return false;
    if (this.isRead(slot)) this.readRequest(packet, slot, now);
    const session = this.helped.find(slot);
    if (session !== undefined) unshiftAcknowledgements(packet, session);
    return true;
  }

  /**
   * Handles a server's segment of a control connection, whose state has not been moved yet.
   *
   * @param packet - The segment, whole, not translated yet; its sequence number is shifted.
   * @param slot - The connection.
   * @param now - The present time in milliseconds.
   * @returns What leaves, or why nothing does.
   */
  fromServer(packet: Packet, slot: number, now: number): HelpedSegment {
    if (!hasWholeHeader(packet)) return packet;
    if (!hasRightChecksum(packet)) return 'tcp-checksum-wrong';
    const sequence = sequenceOf(packet);
    const session = this.helped.find(slot);
    if (session !== undefined) shiftSequence(packet, session);
    if (!this.isRead(slot) || textOffset(packet) === packet.end) return packet;
    for (const reply of REPLIES) {
      const isRepeated = this.isRepeated(slot, reply, sequence);
      if (!isRepeated && !this.waitsFor(slot, reply)) continue;
      const { family, bytes, end } = packet;
      const address = readFtpReply(bytes, textOffset(packet), end, reply, family);
      if (address === undefined) continue;
      if (!isRepeated) this.answer(slot, reply, address, sequence, now);
      return this.canRewrite() ? this.rewrite(packet, slot, reply, address, sequence) : REFUSED;
    }
    return packet;
  }

  /**
   * Takes the shift out of an ICMP error over IPv4 that reaches the server: the host takes the message for a segment of the
   * client, whose acknowledgement is where the quote begins. Both checksums stay right.
   *
   * @param error - The error, as it leaves.
   * @param slot - The connection.
   */
  fromHost(error: Packet, slot: number): void {
    const session = this.helped.find(slot);
    if (session !== undefined && error.family === 4) unshiftAcknowledgements(error, session);
  }

  private isRead(slot: number): boolean {
    return this.parts.table.state(slot) === TCP_ESTABLISHED;
  }

  private readRequest(packet: Packet, slot: number, now: number): void {
    const start = textOffset(packet);
    if (start === packet.end) return;
    const session = this.helped.session(slot);
    const request = readFtpRequest(packet.bytes, start, packet.end, packet.family);
    if (request === undefined) return;
    if (typeof request === 'number') {
      session.waitsFor = request;
      return;
    }
    session.waitsFor = 0;
    if (request.address !== undefined)
      this.data.openActive(slot, request.address, request.port, now);
  }

  /** Whether a connection waits for a reply; as long as its client has said nothing, for either. */
  private waitsFor(slot: number, reply: PassiveReply): boolean {
    const session = this.helped.find(slot);
    return session === undefined || session.waitsFor === reply;
  }

  /** Whether a reply is sent again, and is to be rewritten again. */
  private isRepeated(slot: number, reply: PassiveReply, sequence: number): boolean {
    if (!this.settings.rewritesRepeats) return false;
    const session = this.helped.find(slot);
    return session?.answered === reply && session.answeredAt === sequence;
  }

  /** The reply was understood: the client may open its data connection, and nothing is waited for any more. */
  private answer(
    slot: number,
    reply: PassiveReply,
    { address, port }: FtpAddress,
    sequence: number,
    now: number,
  ): void {
    const session = this.helped.session(slot);
    session.waitsFor = 0;
    session.answered = reply;
    session.answeredAt = sequence;
    this.data.openPassive(slot, address, port, now);
  }

  /** Writes the virtual address into a reply; a packet that would be too long for its header stays as it is. */
  private rewrite(
    packet: Packet,
    slot: number,
    reply: PassiveReply,
    { start, end, port }: FtpAddress,
    sequence: number,
  ): Packet {
    const { key, helped, rewritten } = this;
    helped.readKey(slot, key);
    const text = virtualAddressText(reply, IpAddress.fromIpv4(key.virtual3), port);
    const bytes = withText(packet, start, end, text);
    if (bytes === undefined) return packet;
    const growth = text.length - (end - start);
    if (growth !== 0) {
      noteGrowth(helped.session(slot), sequence, growth);
      helped.noteShift(slot);
    }
    if (packet.offset === packet.frameOffset) rewritten.parse(bytes);
    else rewritten.parseFrame(bytes);
    if (packet.family === 4) rewritten.trace = packet.trace;
    writeChecksum(rewritten);
    return rewritten;
  }

  /**
   * Whether replies can be rewritten: without tracking in use for another reason, a service on port 21 has to have a
   * masqueraded server.
   */
  private canRewrite(): boolean {
    if (this.settings.hostTracks) return true;
    for (const { port, protocol, servers } of this.parts.services) {
      if (port !== CONTROL_PORT || protocol !== 'tcp') continue;
      for (const { forwardingMethod } of servers) {
        if (forwardingMethod === 'masquerading') return true;
      }
    }
    return false;
  }
}

/**
 * Makes the helper of a director.
 *
 * @param parts - The connections, their states, the services and the traffic counters.
 * @param options - How FTP is helped; default: control connections on port 21 are.
 * @returns The helper; `undefined` when FTP is not to be helped.
 * @throws {TypeError} When an option has another name, or a value the wrong type.
 * @throws {RangeError} When a value is out of range.
 */
export function ftpHelper(
  parts: HelperParts,
  options: FtpOptions | false = {},
): FtpHelper | undefined {
  const settings = ftpSettings(options);
  return settings && new FtpHelper(parts, settings);
}
