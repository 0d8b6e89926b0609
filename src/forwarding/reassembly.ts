/**
 * Putting fragments together, in a buffer that is bounded in bytes and time.
 *
 * Fragments of one datagram share addresses and identification (IPv4: protocol too). Nothing leaves until
 * the last fragment is there, in whichever order they came. Fragments that overlap without being equal, or
 * contradict each other about the length, spoil the whole datagram; a fragment that comes twice counts
 * once. When the buffer is full the datagram begun first is given up. Time is handed in. Sources: RFC
 * 791, RFC 8200 section 4.5, RFC 5722.
 */
import { type OptionNames, requireInteger, requireKnownOptions } from '../errors.js';
import { readInt32, writeUint16 } from '../wire/bytes.js';
import { writeIpv4Checksum } from '../wire/checksum.js';
import { Packet } from '../wire/packet.js';
import { Datagram } from './datagram.js';
import { needsAssembly } from './fragment-parts.js';
import { LINK_ROOM } from './own-icmp-errors.js';

/**
 * What came of handing in a packet: it is no fragment (`whole`), it completed its datagram
 * (`assembled`: go on with `Reassembler.packet`), more fragments are awaited (`waiting`), or it was refused:
 * it contradicts itself or the fragments before (`fragment-invalid`).
 */
export type ReassemblyResult = 'whole' | 'assembled' | 'waiting' | 'fragment-invalid';

/** The bounds of a {@link Reassembler}. */
export interface ReassemblyOptions {
  /** Bytes of fragments that are kept at most, 65536–1073741824; default 4194304. */
  readonly maximumBytes?: number;
  /** How long IPv4 fragments wait for the rest, in ms, 1–3600000; default 30000. */
  readonly timeoutMs4?: number;
  /** How long IPv6 fragments wait for the rest, in ms, 1–3600000; default 60000. */
  readonly timeoutMs6?: number;
}

const REASSEMBLY_OPTIONS: OptionNames<ReassemblyOptions> = {
  maximumBytes: true,
  timeoutMs4: true,
  timeoutMs6: true,
};

/** Room in front of a packet that was reassembled, enough for every tunnel and a link header. */
const HEADROOM = LINK_ROOM + 64;

/** Puts fragments together. */
export class Reassembler {
  /** The packet that was reassembled last; valid until the next call. */
  readonly packet: Packet = new Packet();
  private readonly buffer = new Uint8Array(HEADROOM + 65_575);
  private readonly waiting4 = new Map<string, Datagram>();
  private readonly waiting6 = new Map<string, Datagram>();
  private readonly maximumBytes: number;
  private readonly timeoutMs4: number;
  private readonly timeoutMs6: number;
  private keptBytes = 0;

  /**
   * @param options - The bounds that are not default.
   * @throws {TypeError} When a bound is not a number.
   * @throws {RangeError} When a bound is out of range.
   */
  constructor(options: ReassemblyOptions = {}) {
    requireKnownOptions('create a reassembler', options, REASSEMBLY_OPTIONS);
    const { maximumBytes = 4_194_304, timeoutMs4 = 30_000, timeoutMs6 = 60_000 } = options;
    this.maximumBytes = requireInteger('maximum bytes', maximumBytes, 65_536, 1_073_741_824);
    this.timeoutMs4 = requireInteger('IPv4 timeout', timeoutMs4, 1, 3_600_000);
    this.timeoutMs6 = requireInteger('IPv6 timeout', timeoutMs6, 1, 3_600_000);
  }

  /** Bytes of fragments that wait for the rest. */
  get bytesWaiting(): number {
    return this.keptBytes;
  }

  /** Datagrams that wait for the rest. */
  get datagramsWaiting(): number {
    return this.waiting4.size + this.waiting6.size;
  }

  /**
   * Takes in a packet.
   *
   * @param packet - Any packet; its bytes are copied when they are kept.
   * @param nowMs - The present moment in ms, not before that of the last call.
   * @returns What came of it.
   */
  add(packet: Packet, nowMs: number): ReassemblyResult {
    if (!needsAssembly(packet)) return 'whole';
    this.expire(nowMs);
    const waiting = packet.family === 4 ? this.waiting4 : this.waiting6;
    const key = keyOf(packet);
    const known = waiting.get(key);
    const datagram =
      known ?? new Datagram(nowMs + (packet.family === 4 ? this.timeoutMs4 : this.timeoutMs6));
    if (known === undefined) waiting.set(key, datagram);
    const before = datagram.keptBytes;
    const fits = datagram.add(packet);
    this.keptBytes += datagram.keptBytes - before;
    if (fits && !datagram.isComplete) {
      this.makeRoom();
      return 'waiting';
    }
    this.forget(waiting, key, datagram);
    return fits && this.assemble(datagram, packet.family) ? 'assembled' : 'fragment-invalid';
  }

  /**
   * Gives up datagrams whose time is over.
   *
   * @param nowMs - The present moment in ms.
   */
  expire(nowMs: number): void {
    for (const waiting of [this.waiting4, this.waiting6]) {
      for (const [key, datagram] of waiting) {
        if (datagram.dueMs > nowMs) break;
        this.forget(waiting, key, datagram);
      }
    }
  }

  private makeRoom(): void {
    while (this.keptBytes > this.maximumBytes) {
      const waiting = this.fullerMap();
      const [first] = waiting;
      if (first === undefined) return;
      this.forget(waiting, first[0], first[1]);
    }
  }

  /** Room is made in the family that holds more datagrams, oldest first. */
  private fullerMap(): Map<string, Datagram> {
    return this.waiting4.size >= this.waiting6.size ? this.waiting4 : this.waiting6;
  }

  private forget(waiting: Map<string, Datagram>, key: string, datagram: Datagram): void {
    waiting.delete(key);
    this.keptBytes -= datagram.keptBytes;
  }

  /** Writes the whole packet into the buffer and points at it. */
  private assemble(datagram: Datagram, family: 4 | 6): boolean {
    const { headersLength } = datagram;
    const length = headersLength + datagram.dataLength;
    if (length > (family === 4 ? 65_535 : 65_575)) return false;
    const bytes = this.buffer;
    bytes.set(datagram.headers, HEADROOM);
    datagram.writeData(bytes, HEADROOM + headersLength);
    if (family === 4) {
      writeUint16(bytes, HEADROOM + 2, length);
      bytes[HEADROOM + 6] &= 0x40;
      bytes[HEADROOM + 7] = 0;
      writeIpv4Checksum(bytes, HEADROOM);
    } else {
      writeUint16(bytes, HEADROOM + 4, length - 40);
    }
    if (this.packet.parse(bytes, HEADROOM, length) !== 'ok') return false;
    // The room in front is this buffer's own.
    this.packet.frameOffset = 0;
    this.packet.trace = datagram.trace();
    return true;
  }
}

function keyOf(packet: Packet): string {
  const { bytes } = packet;
  const end = packet.destinationOffset + (packet.family === 4 ? 4 : 16);
  let key = packet.family === 4 ? `${packet.protocol}` : '';
  for (let at = packet.sourceOffset; at < end; at += 4) key += `.${readInt32(bytes, at)}`;
  return `${key}.${packet.identification}`;
}
