/**
 * A view of a TCP header.
 *
 * The checksum covers a pseudo-header, the header and the payload, so changing a field here leaves it
 * wrong: `Packet` has the setters that keep it right. Source: RFC 9293, section 3.1.
 */
import { TCP_ACK, TCP_FIN, TCP_RST, TCP_SYN } from '../protocols.js';
import { readUint16, readUint32, writeUint16, writeUint32 } from './bytes.js';
import { HeaderView } from './header-view.js';

/** The control bits of TCP by name. */
export const TCP_FLAG = {
  /** No more data from the sender. */
  FIN: TCP_FIN as typeof TCP_FIN,
  /** Synchronise sequence numbers. */
  SYN: TCP_SYN as typeof TCP_SYN,
  /** Reset the connection. */
  RST: TCP_RST as typeof TCP_RST,
  /** Push function. */
  PSH: 0x08,
  /** The acknowledgment number counts. */
  ACK: TCP_ACK as typeof TCP_ACK,
  /** The urgent pointer counts. */
  URG: 0x20,
  /** Echo of an explicit congestion notification. */
  ECE: 0x40,
  /** Congestion window reduced. */
  CWR: 0x80,
} as const;

const DATA_OFFSET = 12;
const SOURCE_PORT = 0;
const DESTINATION_PORT = 2;
const SEQUENCE_NUMBER = 4;
const ACKNOWLEDGMENT_NUMBER = 8;
const FLAGS = 13;
const WINDOW = 14;
const CHECKSUM = 16;
const URGENT_POINTER = 18;

/** A reusable view of a TCP header. */
export class TcpView extends HeaderView {
  /**
   * Points the view at a header.
   *
   * @param bytes - The bytes that hold it.
   * @param offset - Index of its first byte.
   * @param end - Index behind the last byte that may be read; default: the end of the bytes.
   * @returns `false` when the header with its options does not fit, or claims less than 20 bytes.
   */
  at(bytes: Uint8Array, offset = 0, end: number = bytes.length): boolean {
    if (!(offset >= 0 && end - offset >= 20)) return false;
    const headerLength = (bytes[offset + DATA_OFFSET] >>> 4) * 4;
    return headerLength >= 20 && this.move(bytes, offset, end, headerLength);
  }

  /** The port it came from, 0–65535. */
  get sourcePort(): number {
    return readUint16(this.bytes, this.offset + SOURCE_PORT);
  }

  /**
   * Writes the field sourcePort. No checksum follows.
   *
   * @param value - 0–65535.
   */
  setSourcePort(value: number): void {
    writeUint16(this.bytes, this.offset + SOURCE_PORT, value);
  }

  /** The port it goes to, 0–65535. */
  get destinationPort(): number {
    return readUint16(this.bytes, this.offset + DESTINATION_PORT);
  }

  /**
   * Writes the field destinationPort. No checksum follows.
   *
   * @param value - 0–65535.
   */
  setDestinationPort(value: number): void {
    writeUint16(this.bytes, this.offset + DESTINATION_PORT, value);
  }

  /** Number of the first payload byte, 0–4294967295. */
  get sequenceNumber(): number {
    return readUint32(this.bytes, this.offset + SEQUENCE_NUMBER);
  }

  /**
   * Writes the field sequenceNumber. No checksum follows.
   *
   * @param value - 0–4294967295.
   */
  setSequenceNumber(value: number): void {
    writeUint32(this.bytes, this.offset + SEQUENCE_NUMBER, value);
  }

  /** Number of the next byte expected, 0–4294967295. */
  get acknowledgmentNumber(): number {
    return readUint32(this.bytes, this.offset + ACKNOWLEDGMENT_NUMBER);
  }

  /**
   * Writes the field acknowledgmentNumber. No checksum follows.
   *
   * @param value - 0–4294967295.
   */
  setAcknowledgmentNumber(value: number): void {
    writeUint32(this.bytes, this.offset + ACKNOWLEDGMENT_NUMBER, value);
  }

  /** The control bits: FIN 1, SYN 2, RST 4, PSH 8, ACK 16, URG 32, ECE 64, CWR 128, 0–255. */
  get flags(): number {
    return this.bytes[this.offset + FLAGS];
  }

  /**
   * Writes the field flags. No checksum follows.
   *
   * @param value - 0–255.
   */
  setFlags(value: number): void {
    this.bytes[this.offset + FLAGS] = value;
  }

  /** The receive window, unscaled, 0–65535. */
  get window(): number {
    return readUint16(this.bytes, this.offset + WINDOW);
  }

  /**
   * Writes the field window. No checksum follows.
   *
   * @param value - 0–65535.
   */
  setWindow(value: number): void {
    writeUint16(this.bytes, this.offset + WINDOW, value);
  }

  /** The checksum field, 0–65535. */
  get checksum(): number {
    return readUint16(this.bytes, this.offset + CHECKSUM);
  }

  /**
   * Writes the field checksum. No checksum follows.
   *
   * @param value - 0–65535.
   */
  setChecksum(value: number): void {
    writeUint16(this.bytes, this.offset + CHECKSUM, value);
  }

  /** Where urgent data ends, 0–65535. */
  get urgentPointer(): number {
    return readUint16(this.bytes, this.offset + URGENT_POINTER);
  }

  /**
   * Writes the field urgentPointer. No checksum follows.
   *
   * @param value - 0–65535.
   */
  setUrgentPointer(value: number): void {
    writeUint16(this.bytes, this.offset + URGENT_POINTER, value);
  }

  /** Bytes of header, options included, 20–60. */
  get headerLength(): number {
    return (this.bytes[this.offset + DATA_OFFSET] >>> 4) * 4;
  }

  /** Index of the first payload byte. */
  get payloadOffset(): number {
    return this.offset + this.headerLength;
  }
}
