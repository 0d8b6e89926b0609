/**
 * What is worth saying about a capture as a whole: what was unusual, and what may have been meant.
 */
import type { CapturedPacket } from './captured-packet.js';
import type { Place } from './sides.js';

/** Gathers what was seen. */
export class Advice {
  private cut = 0;
  private tooShort = 0;
  private completed = 0;
  private kept = 0;
  private noLength = 0;
  private toVirtual = 0;
  private fromServer = 0;
  private packets = 0;

  /** A packet was cut so much that it could not be decided. */
  sawTooShort(): void {
    this.tooShort += 1;
  }

  /**
   * A packet was not as it is on a wire.
   *
   * @param captured - The packet.
   */
  sawUnusual({ missing, hadNoLength, hadNoHeaderChecksum, partial }: CapturedPacket): void {
    if (missing > 0) this.cut += 1;
    if (hadNoLength) this.noLength += 1;
    if (partial === 'kept') this.kept += 1;
    else if (partial === 'completed' || hadNoHeaderChecksum) this.completed += 1;
  }

  /**
   * A packet of IP was seen.
   *
   * @param place - What its addresses say.
   */
  sawPlace(place: Place): void {
    this.packets += 1;
    if (place === 'to-virtual') this.toVirtual += 1;
    else if (place === 'from-server') this.fromServer += 1;
  }

  /**
   * What is worth saying.
   *
   * @param answersSkipped - Answers from a virtual address that were not taken.
   * @returns Sentences.
   */
  sentences(answersSkipped: number): string[] {
    const all: [number, string][] = [
      [this.cut, 'were cut by the snap length: rewritten as far as they go'],
      [this.tooShort, 'were cut too short to be decided: capture 96 bytes of each or more'],
      [this.noLength, 'had length 0 (segmentation offload): the length on the wire was taken'],
      [this.completed, 'had a checksum that was left to the network card: completed'],
      [this.kept, 'had a checksum that was left to the network card: kept so'],
    ];
    const sentences = all
      .filter(([packets]) => packets > 0)
      .map(([packets, text]) => `${packets} packets ${text}.`);
    if (answersSkipped > 0 && this.fromServer === 0) {
      sentences.push(
        `${answersSkipped} answers came from a virtual address itself; if the capture was taken at a plain server, without LVS, use --before-lvs.`,
      );
    }
    if (this.packets > 0 && this.toVirtual === 0) {
      sentences.push('No packet is addressed to a virtual address of the rules.');
    }
    return sentences;
  }
}
