/**
 * The addresses of a packet as {@link AddressWords}: views that read the packet's own bytes.
 *
 * A packet has two, made together with it, so that an address can be passed on without copying it.
 */
import type { AddressWords } from '../address-words.js';

/** What the addresses read of their packet. */
export interface PacketWords {
  readonly family: 4 | 6;
  readonly sourceWord0: number;
  readonly sourceWord1: number;
  readonly sourceWord2: number;
  readonly sourceWord3: number;
  readonly destinationWord0: number;
  readonly destinationWord1: number;
  readonly destinationWord2: number;
  readonly destinationWord3: number;
}

/** The source address of whatever packet its owner points at. */
export class SourceAddress implements AddressWords {
  private readonly packet: PacketWords;

  /** @param packet - The owner. */
  constructor(packet: PacketWords) {
    this.packet = packet;
  }

  get family(): 4 | 6 {
    return this.packet.family;
  }

  get word0(): number {
    return this.packet.sourceWord0;
  }

  get word1(): number {
    return this.packet.sourceWord1;
  }

  get word2(): number {
    return this.packet.sourceWord2;
  }

  get word3(): number {
    return this.packet.sourceWord3;
  }
}

/** The destination address of whatever packet its owner points at. */
export class DestinationAddress implements AddressWords {
  private readonly packet: PacketWords;

  /** @param packet - The owner. */
  constructor(packet: PacketWords) {
    this.packet = packet;
  }

  get family(): 4 | 6 {
    return this.packet.family;
  }

  get word0(): number {
    return this.packet.destinationWord0;
  }

  get word1(): number {
    return this.packet.destinationWord1;
  }

  get word2(): number {
    return this.packet.destinationWord2;
  }

  get word3(): number {
    return this.packet.destinationWord3;
  }
}
