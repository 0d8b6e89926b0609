/** Random and mutated frames from a seed, fast enough for millions. */
import { randomBelow, type RandomSource, seededRandom } from '../../../src/random.js';
import { Packet, writeUint16 } from '../../../src/wire/index.js';
import { writeIpv4Checksum } from '../../../src/wire/checksum.js';

/** Makes frames out of good ones. */
export class FrameMutator {
  private readonly random: RandomSource;
  private readonly seeds: readonly Uint8Array[];
  private readonly packet = new Packet();

  /**
   * @param seed - Decides the whole sequence.
   * @param seeds - Good frames to start from.
   */
  constructor(seed: number, seeds: readonly Uint8Array[]) {
    this.random = seededRandom(seed);
    this.seeds = seeds;
  }

  /**
   * The next frame.
   *
   * @returns Noise, or a good frame with a few bytes changed, cut off, or repeated; half of the IPv4 ones
   *   with a right header checksum, so that they get past parsing.
   */
  next(): Uint8Array {
    const kind = this.below(16);
    if (kind === 0) return this.noise();
    const frame = this.seeds[this.below(this.seeds.length)].slice();
    const changes = this.below(5);
    for (let index = 0; index < changes; index++) this.change(frame);
    const cut = kind < 4 ? frame.subarray(0, this.below(frame.length + 1)) : frame;
    if (kind % 2 === 0) this.repair(cut);
    return cut;
  }

  /** A number for choices that go with a frame. */
  choice(): number {
    return this.below(1024);
  }

  private noise(): Uint8Array {
    return Uint8Array.from({ length: this.below(120) }, () => this.below(256));
  }

  private change(frame: Uint8Array): void {
    // Headers are more interesting than payload.
    const at = this.below(this.below(2) === 0 ? Math.min(80, frame.length) : frame.length);
    const interesting = [0, 1, 4, 5, 17, 44, 58, 64, 127, 128, 255];
    frame[at] = this.below(2) === 0 ? this.below(256) : interesting[this.below(interesting.length)];
  }

  /** Makes the lengths and the header checksum of an IPv4 frame fit what is there. */
  private repair(frame: Uint8Array): void {
    if (frame.length < 34 || frame[12] !== 8 || frame[13] !== 0) return;
    const header = (frame[14] & 15) * 4;
    if (header < 20 || header > frame.length - 14) return;
    if (this.below(2) === 0) writeUint16(frame, 16, frame.length - 14);
    writeIpv4Checksum(frame, 14);
    if (this.packet.parseFrame(frame) !== 'ok' || this.packet.protocol !== 1) return;
    this.repairIcmp(frame);
  }

  private repairIcmp(frame: Uint8Array): void {
    const { transportOffset: at, end } = this.packet;
    if (end - at < 8) return;
    writeUint16(frame, at + 2, 0);
    let sum = 0;
    for (let index = at; index < end; index++)
      sum += frame[index] << ((index - at) % 2 === 0 ? 8 : 0);
    while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
    writeUint16(frame, at + 2, ~sum & 0xffff);
  }

  private below(bound: number): number {
    return randomBelow(this.random, bound);
  }
}
