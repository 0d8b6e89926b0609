/**
 * A tuple: protocol, source and destination of the packets of one direction of a tracked connection.
 */
import { AddressBuffer, type AddressWords, foldWords } from '../address-words.js';

/** One direction of a connection; protocols without ports have ports 0. */
export class Tuple {
  /** The protocol's number. */
  protocol = 0;
  /** The source address. */
  readonly source: AddressBuffer = new AddressBuffer();
  /** The source port. */
  sourcePort = 0;
  /** The destination address. */
  readonly destination: AddressBuffer = new AddressBuffer();
  /** The destination port. */
  destinationPort = 0;

  /**
   * Becomes a tuple.
   *
   * @param protocol - The protocol's number.
   * @param source - The source address.
   * @param sourcePort - The source port.
   * @param destination - The destination address.
   * @param destinationPort - The destination port.
   * @returns The tuple itself.
   */
  set(
    protocol: number,
    source: AddressWords,
    sourcePort: number,
    destination: AddressWords,
    destinationPort: number,
  ): this {
    this.protocol = protocol;
    this.source.copy(source);
    this.sourcePort = sourcePort;
    this.destination.copy(destination);
    this.destinationPort = destinationPort;
    return this;
  }

  /**
   * Becomes the same as another tuple, or its reverse.
   *
   * @param other - The other tuple.
   * @param isReversed - Whether source and destination change places; default `false`.
   * @returns The tuple itself.
   */
  copy(other: Tuple, isReversed = false): this {
    const { protocol, source, sourcePort, destination, destinationPort } = other;
    return isReversed
      ? this.set(protocol, destination, destinationPort, source, sourcePort)
      : this.set(protocol, source, sourcePort, destination, destinationPort);
  }

  /** A number for hash tables: the same for equal tuples. */
  get hash(): number {
    const ports = (this.sourcePort << 16) | this.destinationPort;
    const ends = Math.imul(foldWords(this.source), 0x9e37_79b1) ^ foldWords(this.destination);
    const mixed = Math.imul(ends ^ (ends >>> 15), 0x85eb_ca6b) ^ Math.imul(ports, 0xc2b2_ae35);
    return (mixed ^ (mixed >>> 13) ^ this.protocol) >>> 0;
  }

  /**
   * Whether another tuple is the same.
   *
   * @param other - The other tuple.
   * @returns `true` when all parts are equal.
   */
  equals(other: Tuple): boolean {
    return (
      this.protocol === other.protocol &&
      this.sourcePort === other.sourcePort &&
      this.destinationPort === other.destinationPort &&
      sameAddress(this.source, other.source) &&
      sameAddress(this.destination, other.destination)
    );
  }
}

function sameAddress(one: AddressWords, other: AddressWords): boolean {
  return (
    one.word3 === other.word3 &&
    one.family === other.family &&
    one.word0 === other.word0 &&
    one.word1 === other.word1 &&
    one.word2 === other.word2
  );
}
