import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  noteGrowth,
  shiftOfAcknowledgement,
  shiftOfSequence,
} from '../../src/helpers/sequence-offsets.js';
import {
  hasRightChecksum,
  hasWholeHeader,
  shiftSequence,
  textOffset,
  unshiftAcknowledgements,
  withText,
  writeChecksum,
} from '../../src/helpers/tcp-segment.js';
import { encodePacket, Packet, verifyChecksums } from '../../src/wire/index.js';

const NONE = { position: 0, before: 0, behind: 0 };

interface Numbers {
  readonly sequence?: number;
  readonly acknowledgement?: number;
  readonly options?: Uint8Array;
}

function segment(
  { sequence = 0, acknowledgement = 0, options = new Uint8Array(0) }: Numbers,
  text = '',
  family: 4 | 6 = 4,
): Packet {
  const [source, destination] =
    family === 4 ? ['10.6.8.3', '198.51.100.7'] : ['fd00::3', '2001:db8::7'];
  const ports = { sourcePort: 21, destinationPort: 4711 };
  const numbers = { sequenceNumber: sequence, acknowledgmentNumber: acknowledgement };
  const bytes = encodePacket({
    source,
    destination,
    transport: { type: 'tcp', ...ports, ...numbers, flags: 0x10, options },
    payload: new TextEncoder().encode(text),
  });
  const packet = new Packet();
  packet.parse(bytes);
  return packet;
}

function sack(edges: readonly number[], nops: number): Uint8Array {
  const bytes = new Uint8Array(Math.ceil((nops + 2 + 4 * edges.length) / 4) * 4);
  bytes.fill(1, 0, nops);
  bytes.set([5, 2 + 4 * edges.length], nops);
  const view = new DataView(bytes.buffer);
  for (const [index, edge] of edges.entries()) view.setUint32(nops + 2 + 4 * index, edge);
  return bytes;
}

describe('sequence numbers behind a longer reply', () => {
  // The numbers of a recorded connection: 10.6.8.3 becomes 192.168.207.227 twice.
  const offsets = { ...NONE };
  noteGrowth(offsets, 0xc9a8e93c, 7);

  it('are shifted behind it only', () => {
    expect(shiftOfSequence(offsets, 0xc9a8e92d)).toBe(0);
    expect(shiftOfSequence(offsets, 0xc9a8e93c)).toBe(0);
    expect(shiftOfSequence(offsets, 0xc9a8e96a)).toBe(7);
    expect(shiftOfAcknowledgement(offsets, 0xc9a8e971)).toBe(7);
    expect(shiftOfAcknowledgement(offsets, 0xc9a8e93c)).toBe(0);
  });

  it('stay as they are when the reply is sent again', () => {
    const again = { ...offsets };
    noteGrowth(again, 0xc9a8e93c, 7);
    expect(again).toEqual(offsets);
  });

  it('are shifted by both behind a second one, and by the first in between', () => {
    const second = { ...offsets };
    noteGrowth(second, 0xc9a8e990, 7);
    expect(shiftOfSequence(second, 0xc9a8e990)).toBe(7);
    expect(shiftOfSequence(second, 0xc9a8e9b5)).toBe(14);
    expect(shiftOfAcknowledgement(second, 0xc9a8e990 + 7)).toBe(7);
    expect(shiftOfAcknowledgement(second, 0xc9a8e990 + 8)).toBe(14);
  });

  it('wrap around', () => {
    const wrapped = { ...NONE };
    noteGrowth(wrapped, 0xfffffff0, -9);
    expect(shiftOfSequence(wrapped, 5)).toBe(-9);
    expect(shiftOfAcknowledgement(wrapped, 5 - 9)).toBe(-9);
  });
});

describe('a segment', () => {
  const words = fc.integer({ min: 0, max: 0xffffffff });
  const shifts = fc.record({
    position: words.map((word) => word | 0),
    before: fc.integer({ min: -100, max: 100 }),
    behind: fc.integer({ min: -100, max: 100 }),
  });

  it('has a right checksum after its numbers were shifted, wherever SACK blocks begin', () => {
    const runs = fc.tuple(shifts, words, words, fc.array(words, { maxLength: 6 }), fc.nat(3));
    fc.assert(
      fc.property(runs, fc.constantFrom(4, 6), ([offsets, sequence, ack, edges, nops], family) => {
        const options = sack(edges.slice(0, edges.length & ~1), nops);
        const packet = segment({ sequence, acknowledgement: ack, options }, 'x', family);
        shiftSequence(packet, offsets);
        unshiftAcknowledgements(packet, offsets);
        expect(hasRightChecksum(packet) && verifyChecksums(packet)).toBe(true);
        const at = packet.transportOffset;
        expect(packet.view.getUint32(at + 4)).toBe(
          (sequence + shiftOfSequence(offsets, sequence | 0)) >>> 0,
        );
        expect(packet.view.getUint32(at + 8)).toBe(
          (ack - shiftOfAcknowledgement(offsets, ack | 0)) >>> 0,
        );
        for (const [index, edge] of edges.slice(0, edges.length & ~1).entries()) {
          expect(packet.view.getUint32(at + 20 + nops + 2 + 4 * index)).toBe(
            (edge - shiftOfAcknowledgement(offsets, edge | 0)) >>> 0,
          );
        }
      }),
    );
  });

  it('has right lengths and checksums after some of its text was replaced', () => {
    const texts = fc.string({ unit: 'grapheme-ascii', maxLength: 40 });
    fc.assert(
      fc.property(texts, texts, texts, fc.constantFrom(4, 6), (front, back, text, family) => {
        const packet = segment(
          { options: new Uint8Array([1, 1, 1, 1]) },
          `${front}old${back}`,
          family,
        );
        const start = textOffset(packet) + front.length;
        const bytes = withText(packet, start, start + 3, text);
        const changed = new Packet();
        expect(changed.parse(bytes as Uint8Array)).toBe('ok');
        writeChecksum(changed);
        expect(verifyChecksums(changed)).toBe(true);
        const got = changed.bytes.subarray(textOffset(changed), changed.end);
        expect(new TextDecoder().decode(got)).toBe(front + text + back);
      }),
    );
  });

  it('is never longer than its header can say', () => {
    const packet = segment({}, 'x'.repeat(65_490));
    const start = textOffset(packet);
    expect(withText(packet, start, start + 1, 'y'.repeat(7))).toBe(undefined);
    expect(withText(packet, start, start + 1, 'y'.repeat(6))).toHaveLength(65_535);
  });

  it('with any options at all is read without an exception', () => {
    const options = fc.uint8Array({ maxLength: 40 }).filter(({ length }) => length % 4 === 0);
    fc.assert(
      fc.property(options, shifts, (bytes, offsets) => {
        const packet = segment({ options: bytes });
        unshiftAcknowledgements(packet, offsets);
        expect(hasRightChecksum(packet)).toBe(true);
      }),
    );
  });

  it('whose header does not fit is not whole', () => {
    const packet = segment({});
    packet.bytes[packet.transportOffset + 12] = 0x60;
    expect(hasWholeHeader(packet)).toBe(false);
    packet.bytes[packet.transportOffset + 12] = 0x40;
    expect(hasWholeHeader(packet)).toBe(false);
  });
});
