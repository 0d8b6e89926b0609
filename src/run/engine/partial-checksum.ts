/**
 * The checksum of a packet that the network card, or the kernel on its behalf, is to finish: its field holds the sum
 * of the pseudo header, and the header in front of the frame names the place.
 *
 * The director updates finished checksums. So the field is shown to it as the complement, and afterwards the change
 * of the ports is taken out again, since the kernel is going to add the whole transport header itself. Source: the
 * virtio specification, section 5.1.6; RFC 1624.
 */

/** Bytes of the header in front of a frame. */
export const VNET_HEADER_LENGTH = 10;
const NEEDS_CHECKSUM = 1;
/** Bytes of the ports. */
const PORTS = 4;

/** Finishes and reopens the checksum of one packet after the other; made once, reused. */
export class PartialChecksum {
  private readonly isLittleEndian: boolean;
  /** Index of the field, −1 while no checksum is open. */
  private field = -1;
  private ports = 0;
  private portsBefore = 0;

  /** @param isLittleEndian - The byte order of the machine. */
  constructor(isLittleEndian: boolean) {
    this.isLittleEndian = isLittleEndian;
  }

  /**
   * Begins with a packet: shows an open checksum as a finished one.
   *
   * @param bytes - The bytes that hold the packet.
   * @param at - Index of the header in front of the frame.
   * @param end - Index behind the frame.
   */
  begin(bytes: Uint8Array, at: number, end: number): void {
    this.field = -1;
    if ((bytes[at] & NEEDS_CHECKSUM) === 0) return;
    const start = at + VNET_HEADER_LENGTH + this.numberAt(bytes, at + 6);
    const field = start + this.numberAt(bytes, at + 8);
    if (field + 2 > end || start + PORTS > end) return;
    this.field = field;
    this.ports = start;
    this.portsBefore = sumOfPorts(bytes, start);
    // UDP takes 0 for a missing checksum; the other zero means the same sum.
    write(bytes, field, ~read(bytes, field) & 0xffff || 0xffff);
  }

  /**
   * Opens the checksum again, after the packet was rewritten in place.
   *
   * @param bytes - The bytes that hold the packet.
   */
  reopen(bytes: Uint8Array): void {
    const { field, ports, portsBefore } = this;
    if (field < 0) return;
    const change = add(sumOfPorts(bytes, ports), ~portsBefore & 0xffff);
    write(bytes, field, add(~read(bytes, field) & 0xffff, ~change & 0xffff));
  }

  private numberAt(bytes: Uint8Array, at: number): number {
    return this.isLittleEndian ? bytes[at] | (bytes[at + 1] << 8) : read(bytes, at);
  }
}

function sumOfPorts(bytes: Uint8Array, at: number): number {
  return add(read(bytes, at), read(bytes, at + 2));
}

/** Adds in ones' complement. */
function add(a: number, b: number): number {
  const sum = a + b;
  return (sum & 0xffff) + (sum >>> 16);
}

function read(bytes: Uint8Array, at: number): number {
  return (bytes[at] << 8) | bytes[at + 1];
}

function write(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >>> 8;
  bytes[at + 1] = value & 0xff;
}
