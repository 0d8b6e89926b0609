/**
 * Blocks of pcapng files, written from their definition, as other programs write them: draft-ietf-opsawg-pcapng.
 */

/** Numbers of one width in a byte order. */
function numbers(littleEndian: boolean, width: 2 | 4, values: readonly number[]): Buffer {
  const view = new DataView(new ArrayBuffer(values.length * width));
  for (const [index, value] of values.entries()) {
    if (width === 2) view.setUint16(index * 2, value, littleEndian);
    else view.setUint32(index * 4, value, littleEndian);
  }
  return Buffer.from(view.buffer);
}

const padded = (bytes: Uint8Array): Buffer =>
  Buffer.concat([bytes, Buffer.alloc(-bytes.length & 3)]);

/** Writes blocks in one byte order. */
export class Blocks {
  private readonly littleEndian: boolean;

  constructor(littleEndian = true) {
    this.littleEndian = littleEndian;
  }

  /** Any block. */
  block(type: number, ...parts: readonly Uint8Array[]): Buffer {
    const body = padded(Buffer.concat(parts));
    const length = body.length + 12;
    return Buffer.concat([this.words(type, length), body, this.words(length)]);
  }

  section(minorVersion = 0): Buffer {
    const version = numbers(this.littleEndian, 2, [1, minorVersion]);
    return this.block(0x0a0d0d0a, this.words(0x1a2b3c4d), version, Buffer.alloc(8, 0xff));
  }

  interface(linkType: number, snapLength = 0, ...options: readonly Uint8Array[]): Buffer {
    return this.block(1, this.halves(linkType, 0), this.words(snapLength), ...options);
  }

  /** An option; the one that ends them may be left out, and is. */
  option(code: number, value: Uint8Array): Buffer {
    return Buffer.concat([this.halves(code, value.length), padded(value)]);
  }

  packet(at: number, time: bigint, bytes: Uint8Array): Buffer {
    const [high, low] = [Number(time >> 32n), Number(time & 0xffff_ffffn)];
    return this.block(6, this.words(at, high, low, bytes.length, bytes.length), bytes);
  }

  /** A packet without a time, of the first interface. */
  simplePacket(originalLength: number, bytes: Uint8Array): Buffer {
    return this.block(3, this.words(originalLength), bytes);
  }

  /** A packet as files before 2009 have it. */
  obsoletePacket(at: number, time: bigint, bytes: Uint8Array): Buffer {
    const [high, low] = [Number(time >> 32n), Number(time & 0xffff_ffffn)];
    const lengths = this.words(high, low, bytes.length, bytes.length);
    return this.block(2, this.halves(at, 0xffff), lengths, bytes);
  }

  words(...values: readonly number[]): Buffer {
    return numbers(this.littleEndian, 4, values);
  }

  halves(...values: readonly number[]): Buffer {
    return numbers(this.littleEndian, 2, values);
  }
}
