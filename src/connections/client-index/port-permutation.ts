/**
 * A secret permutation of the ports, linear over bits: the image of a port is the XOR of the images of its bits.
 *
 * So it can be tabulated by bytes, and inverted. Without the tables the difference of two images is
 * unpredictable. Distinct ports have distinct images.
 * Source: Carter and Wegman, "Universal classes of hash functions", JCSS 18 (1979): random linear maps.
 */

const PORT_BITS = 16;
const BYTE_VALUES = 256;

/** A word of 16 bits and the port whose image it is. */
interface Pair {
  readonly image: number;
  readonly port: number;
}

/** A permutation of 0–65535 drawn at random. */
export class PortPermutation {
  private readonly images: Uint16Array;
  private readonly ports: Uint16Array;

  /** @param drawn - Random words, of which the lowest 16 bits count. */
  constructor(drawn: Iterable<number>) {
    const images = independentImages(drawn);
    this.images = byBytes(images);
    this.ports = byBytes(inverse(images));
  }

  /** The image of a port. */
  imageOf(port: number): number {
    return this.images[port & 0xff] ^ this.images[BYTE_VALUES | (port >>> 8)];
  }

  /** The port with an image. */
  portOf(image: number): number {
    return this.ports[image & 0xff] ^ this.ports[BYTE_VALUES | (image >>> 8)];
  }
}

/** The images of the 16 bits of a port: the first drawn words of which none is a XOR of others. */
function independentImages(drawn: Iterable<number>): number[] {
  const images: number[] = [];
  const reduced: number[] = [];
  // The single bits come last: they complete the images if the drawn words do not.
  const singleBits = Array.from({ length: PORT_BITS }, (_, bit) => 1 << bit);
  for (const word of [...drawn, ...singleBits]) {
    const image = word & 0xffff;
    // Each earlier word whose highest bit is set in this one is subtracted, which no later one brings back; a XOR of
    // earlier words leaves 0.
    const rest = reduced.reduce((left, other) => Math.min(left, left ^ other), image);
    if (rest === 0) continue;
    images.push(image);
    reduced.push(rest);
  }
  return images;
}

/** For each bit the port whose image it is, by elimination. */
function inverse(images: readonly number[]): number[] {
  const pairs: Pair[] = images.map((image, bit) => ({ image, port: 1 << bit }));
  for (let bit = 0; bit < PORT_BITS; bit++) {
    const has = (place: number): boolean => ((pairs[place].image >>> bit) & 1) !== 0;
    let pivot = bit;
    while (!has(pivot)) pivot++;
    [pairs[bit], pairs[pivot]] = [pairs[pivot], pairs[bit]];
    const { image, port } = pairs[bit];
    for (let place = 0; place < PORT_BITS; place++) {
      if (place === bit || !has(place)) continue;
      pairs[place] = { image: pairs[place].image ^ image, port: pairs[place].port ^ port };
    }
  }
  return pairs.map(({ port }) => port);
}

/** The XOR of the words of the bits that are set, for each low and each high byte of 16 bits. */
function byBytes(words: readonly number[]): Uint16Array {
  const table = new Uint16Array(2 * BYTE_VALUES);
  for (let bit = 0; bit < PORT_BITS; bit++) {
    const start = bit < 8 ? 0 : BYTE_VALUES;
    const value = 1 << (bit & 7);
    for (let byte = 0; byte < BYTE_VALUES; byte++) {
      if ((byte & value) !== 0) table[start + byte] ^= words[bit];
    }
  }
  return table;
}
