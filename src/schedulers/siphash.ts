/**
 * SipHash-1-3 of one 32-bit number under a key of two equal 64-bit words, of which 32 bits are kept.
 *
 * 64-bit words are pairs of 32-bit integers. Source: Aumasson and Bernstein, "SipHash: a fast
 * short-input PRF" (2012); one compression round and three final ones.
 */

/**
 * Hashes a number, taken as four bytes, least significant first, to one of so many values.
 *
 * @param value - The number; only its lowest 32 bits count.
 * @param key - Both words of the key, an integer 0–4294967295.
 * @param bound - How many values there are, at most 2^31, so that no result needs a number object.
 * @returns The low half of the 64-bit hash modulo `bound`.
 */
export function sipHashBelow(value: number, key: number, bound: number): number {
  // The initial state is the text "somepseudorandomlygeneratedbytes" XOR the key.
  let v0h = 0x736f6d65;
  let v0l = 0x70736575 ^ key;
  let v1h = 0x646f7261;
  let v1l = 0x6e646f6d ^ key;
  let v2h = 0x6c796765;
  let v2l = 0x6e657261 ^ key;
  // The only block: the four bytes, and their number in the highest byte.
  let v3h = 0x74656462 ^ 0x04000000;
  let v3l = 0x79746573 ^ key ^ value;
  for (let round = 0; round < 4; round++) {
    if (round === 1) {
      v0h ^= 0x04000000;
      v0l ^= value;
      v2l ^= 0xff;
    }
    let low = (v0l + v1l) | 0;
    v0h = (v0h + v1h + carryOf(v0l, v1l, low)) | 0;
    v0l = low;
    let high = (v1h << 13) | (v1l >>> 19);
    v1l = ((v1l << 13) | (v1h >>> 19)) ^ v0l;
    v1h = high ^ v0h;
    high = v0h;
    v0h = v0l;
    v0l = high;

    low = (v2l + v3l) | 0;
    v2h = (v2h + v3h + carryOf(v2l, v3l, low)) | 0;
    v2l = low;
    high = (v3h << 16) | (v3l >>> 16);
    v3l = ((v3l << 16) | (v3h >>> 16)) ^ v2l;
    v3h = high ^ v2h;

    low = (v0l + v3l) | 0;
    v0h = (v0h + v3h + carryOf(v0l, v3l, low)) | 0;
    v0l = low;
    high = (v3h << 21) | (v3l >>> 11);
    v3l = ((v3l << 21) | (v3h >>> 11)) ^ v0l;
    v3h = high ^ v0h;

    low = (v2l + v1l) | 0;
    v2h = (v2h + v1h + carryOf(v2l, v1l, low)) | 0;
    v2l = low;
    high = (v1h << 17) | (v1l >>> 15);
    v1l = ((v1l << 17) | (v1h >>> 15)) ^ v2l;
    v1h = high ^ v2h;
    high = v2h;
    v2h = v2l;
    v2l = high;
  }
  return ((v0l ^ v1l ^ v2l ^ v3l) >>> 0) % bound;
}

/** The carry of a sum of two 32-bit words: 0 or 1, without a branch, which would be taken at random. */
function carryOf(a: number, b: number, sum: number): number {
  return ((a & b) | ((a | b) & ~sum)) >>> 31;
}
