/**
 * Addresses for the reference, independent of the library: text in, four unsigned 32-bit words out.
 */

/** The four big-endian words of an address; IPv4 has only the last one. */
export function wordsOf(text: string): readonly number[] {
  if (!text.includes(':')) {
    return [0, 0, 0, text.split('.').reduce((sum, part) => sum * 256 + Number(part), 0)];
  }
  const [head, tail = ''] = text.split('::') as [string, string?];
  const before = groupsOf(head);
  const after = groupsOf(tail);
  const zeros = Array<number>(8 - before.length - after.length).fill(0);
  const groups = [...before, ...zeros, ...after];
  return [0, 2, 4, 6].map((at) => groups[at] * 65536 + groups[at + 1]);
}

function groupsOf(text: string): number[] {
  if (text === '') return [];
  return text.split(':').flatMap((part) => {
    if (!part.includes('.')) return [Number.parseInt(part, 16)];
    const value = wordsOf(part)[3];
    return [Math.floor(value / 65536), value % 65536];
  });
}

/** The XOR of the four words, unsigned. */
export function fold(text: string): number {
  return wordsOf(text).reduce((folded, word) => (folded ^ word) >>> 0, 0);
}

/** The multiplicative hash: the highest bits of a product with the golden ratio. */
export function hash32(value: number, bits: number): number {
  const product = (BigInt(value) * 0x61c88647n) & 0xffffffffn;
  return Number(product >> BigInt(32 - bits));
}

/** Adds as unsigned 32-bit numbers do. */
export function addU32(left: number, right: number): number {
  return (left + right) % 2 ** 32;
}
