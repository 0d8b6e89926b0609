/** Reassembly against a plain model: bytes by their place, and a list of datagrams in the order in which they began. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Reassembler } from '../../src/forwarding/index.js';
import { encodePacket, Packet, type PacketDescription } from '../../src/wire/index.js';

const TIMEOUTS = { 4: 1000, 6: 1700 } as const;
const PIECE_COST = 128;

interface Fragment {
  readonly family: 4 | 6;
  readonly identification: number;
  readonly protocol: number;
  readonly start: number;
  readonly data: Uint8Array;
  readonly more: boolean;
}

/** A datagram as the model has it. */
interface Begun {
  readonly name: string;
  readonly dueMs: number;
  readonly bytes: Map<number, number>;
  /** Where each fragment begins and ends, in the order in which they came. */
  readonly pieces: { readonly start: number; readonly end: number; readonly length: number }[];
  total: number;
}

function encode({ family, identification, protocol, start, data, more }: Fragment): Uint8Array {
  const plan: PacketDescription =
    family === 4
      ? { source: '198.51.100.7', destination: '192.0.2.1', transport: { type: 'raw', protocol } }
      : { source: '2001:db8::7', destination: '2001:db8::1', transport: { type: 'raw', protocol } };
  if (family === 4) {
    return encodePacket({
      ...plan,
      identification,
      fragmentOffset: start,
      moreFragments: more,
      payload: data,
    });
  }
  const place = start | (more ? 1 : 0);
  const header = Uint8Array.of(0, 0, place >>> 8, place & 0xff, 0, 0, 0, identification);
  return encodePacket({ ...plan, extensions: [{ protocol: 44, bytes: header }], payload: data });
}

/** Reassembles as the rules have it, in no hurry. */
class Model {
  begun: Begun[] = [];
  private readonly maximumBytes: number;

  constructor(maximumBytes: number) {
    this.maximumBytes = maximumBytes;
  }

  add(fragment: Fragment, packetLength: number, nowMs: number): string | Begun {
    const { family, identification, protocol, start, data, more } = fragment;
    this.begun = this.begun.filter(({ dueMs }) => dueMs > nowMs);
    const name = family === 4 ? `4 ${identification} ${protocol}` : `6 ${identification}`;
    let datagram = this.begun.find((each) => each.name === name);
    if (datagram === undefined) {
      datagram = { name, dueMs: nowMs + TIMEOUTS[family], bytes: new Map(), pieces: [], total: -1 };
      this.begun.push(datagram);
    }
    const end = start + data.length;
    if (!this.fits(datagram, start, end, data, more)) {
      this.begun = this.begun.filter((each) => each !== datagram);
      return 'fragment-invalid';
    }
    if (!datagram.pieces.some((piece) => piece.start === start)) {
      if (!more) datagram.total = end;
      datagram.pieces.push({ start, end, length: packetLength });
      data.forEach((byte, index) => datagram.bytes.set(start + index, byte));
    }
    if (datagram.total >= 0 && datagram.bytes.size === datagram.total) {
      this.begun = this.begun.filter((each) => each !== datagram);
      return datagram;
    }
    while (this.bytes > this.maximumBytes) {
      const [four, six] = ['4', '6'].map((start4) =>
        this.begun.filter((each) => each.name[0] === start4),
      );
      const first = (four.length >= six.length ? four : six)[0];
      this.begun = this.begun.filter((each) => each !== first);
    }
    return 'waiting';
  }

  get bytes(): number {
    return this.begun
      .flatMap(({ pieces }) => pieces)
      .reduce((sum, { start, end }) => sum + end - start + PIECE_COST, 0);
  }

  private fits(
    { bytes, pieces, total }: Begun,
    start: number,
    end: number,
    data: Uint8Array,
    more: boolean,
  ): boolean {
    if (data.length === 0 || end > 65_535 || (more && data.length % 8 !== 0)) return false;
    if (total >= 0 && (more ? end > total : end !== total)) return false;
    const same = pieces.find((piece) => piece.start === start && piece.end === end);
    if (same !== undefined && data.every((byte, index) => bytes.get(start + index) === byte))
      return true;
    if (data.some((_, index) => bytes.has(start + index))) return false;
    return more || pieces.every((piece) => piece.end <= end);
  }
}

const fragments: fc.Arbitrary<Fragment> = fc
  .record({
    family: fc.constantFrom(4 as const, 6 as const),
    identification: fc.nat(1),
    protocol: fc.constantFrom(47, 47, 47, 50),
    unit: fc.nat(4),
    length: fc.constantFrom(8, 8, 8, 16, 24, 5, 0),
    more: fc.constantFrom(true, true, false),
    fill: fc.constantFrom(1, 1, 1, 1, 2),
  })
  .map(({ unit, length, fill, ...rest }) => ({
    ...rest,
    start: unit * 8,
    data: Uint8Array.from({ length }, (_, index) => (unit * 8 + index) * fill),
  }));

describe('a reassembler', () => {
  it('does what a plain model does, however fragments come', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fragments, fc.constantFrom(0, 0, 0, 1, 500, 1000)), {
          maxLength: 60,
          size: 'max',
        }),
        (steps) => {
          const reassembler = new Reassembler({ timeoutMs4: TIMEOUTS[4], timeoutMs6: TIMEOUTS[6] });
          const model = new Model(4_194_304);
          let now = 0;
          for (const [fragment, pause] of steps) {
            now += pause;
            const bytes = encode(fragment);
            const packet = new Packet();
            expect(packet.parse(bytes)).toBe('ok');
            // IPv4 with neither an offset nor more fragments is whole.
            if (fragment.family === 4 && fragment.start === 0 && !fragment.more) {
              expect(reassembler.add(packet, now)).toBe('whole');
              continue;
            }
            const expected = model.add(fragment, bytes.length, now);
            const result = reassembler.add(packet, now);
            if (typeof expected === 'string') expect(result).toBe(expected);
            else {
              expect(result).toBe('assembled');
              expectWhole(reassembler.packet, fragment, expected);
            }
            expect(reassembler.bytesWaiting).toBe(model.bytes);
            expect(reassembler.datagramsWaiting).toBe(model.begun.length);
          }
          reassembler.expire(now + 1700);
          expect([reassembler.bytesWaiting, reassembler.datagramsWaiting]).toEqual([0, 0]);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('gives up the datagrams that began first, of the family that has more, when they are too many', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(4 as const, 6 as const), {
          minLength: 120,
          maxLength: 200,
          size: 'max',
        }),
        (families) => {
          const reassembler = new Reassembler({
            maximumBytes: 65_536,
            timeoutMs4: 1000,
            timeoutMs6: 1700,
          });
          const model = new Model(65_536);
          families.forEach((family, identification) => {
            const data = new Uint8Array(512);
            const fragment = { family, identification, protocol: 47, start: 0, data, more: true };
            const bytes = encode(fragment);
            const packet = new Packet();
            packet.parse(bytes);
            expect(reassembler.add(packet, 0)).toBe(model.add(fragment, bytes.length, 0));
            expect(reassembler.bytesWaiting).toBe(model.bytes);
          });
          // Those that are left are the same: the second half completes them.
          families.forEach((family, identification) => {
            const data = new Uint8Array(8);
            const fragment = {
              family,
              identification,
              protocol: 47,
              start: 512,
              data,
              more: false,
            };
            const bytes = encode(fragment);
            const packet = new Packet();
            packet.parse(bytes);
            const expected = model.add(fragment, bytes.length, 0);
            expect(reassembler.add(packet, 0)).toBe(
              typeof expected === 'string' ? expected : 'assembled',
            );
          });
        },
      ),
      { numRuns: 6 },
    );
  });

  it('takes the bounds of its options, and no others', () => {
    for (const [name, least, most] of [
      ['maximumBytes', 65_536, 1_073_741_824],
      ['timeoutMs4', 1, 3_600_000],
      ['timeoutMs6', 1, 3_600_000],
    ] as const) {
      expect(() => new Reassembler({ [name]: least })).not.toThrow();
      expect(() => new Reassembler({ [name]: most })).not.toThrow();
      expect(() => new Reassembler({ [name]: least - 1 })).toThrow(RangeError);
      expect(() => new Reassembler({ [name]: most + 1 })).toThrow(RangeError);
    }
    expect(() => new Reassembler({ maximumByte: 1 } as never)).toThrow(/create a reassembler/);
    const errors = [{ maximumBytes: 1 }, { timeoutMs4: 0 }, { timeoutMs6: 0 }].map((options) => {
      try {
        return new Reassembler(options);
      } catch (error) {
        return String(error);
      }
    });
    expect(errors).toEqual([
      expect.stringContaining('maximum bytes'),
      expect.stringContaining('IPv4 timeout'),
      expect.stringContaining('IPv6 timeout'),
    ]);
  });

  it('waits 30 seconds for IPv4 and 60 for IPv6, and keeps 4 MiB', () => {
    for (const [family, timeoutMs] of [
      [4, 30_000],
      [6, 60_000],
    ] as const) {
      const reassembler = new Reassembler();
      const packet = new Packet();
      packet.parse(
        encode({
          family,
          identification: 1,
          protocol: 47,
          start: 0,
          data: new Uint8Array(8),
          more: true,
        }),
      );
      expect(reassembler.add(packet, 5)).toBe('waiting');
      reassembler.expire(4 + timeoutMs);
      expect(reassembler.datagramsWaiting).toBe(1);
      reassembler.expire(5 + timeoutMs);
      expect(reassembler.datagramsWaiting).toBe(0);
    }
  });

  it('refuses a datagram that no header can announce', () => {
    const result = (family: 4 | 6, total: number): string => {
      const reassembler = new Reassembler();
      const packet = new Packet();
      const last = total - 65_504;
      const parts = [0, 32_752].map((start) => ({
        start,
        data: new Uint8Array(32_752),
        more: true,
      }));
      const all = [...parts, { start: 65_504, data: new Uint8Array(last), more: false }];
      return all
        .map((each) => {
          expect(packet.parse(encode({ family, identification: 1, protocol: 47, ...each }))).toBe(
            'ok',
          );
          return reassembler.add(packet, 0);
        })
        .join();
    };

    expect(result(4, 65_515)).toBe('waiting,waiting,assembled');
    expect(result(4, 65_516)).toBe('waiting,waiting,fragment-invalid');
    expect(result(6, 65_535)).toBe('waiting,waiting,assembled');
  });
});

/** That a packet is the whole of its fragments, and has their history. */
function expectWhole(
  packet: Packet,
  { family, identification }: Fragment,
  { bytes, pieces }: Begun,
): void {
  const transport = { type: 'raw', protocol: packet.protocol } as const;
  const payload = Uint8Array.from({ length: bytes.size }, (_, at) => bytes.get(at) ?? 0);
  const plan: PacketDescription =
    family === 4
      ? { source: '198.51.100.7', destination: '192.0.2.1', identification, transport }
      : { source: '2001:db8::7', destination: '2001:db8::1', transport };
  const starts = pieces.map(({ start }) => start).toSorted((one, other) => one - other);

  expect(packet.bytes.slice(packet.offset, packet.end)).toEqual(encodePacket({ ...plan, payload }));
  expect(packet.frameOffset).toBe(0);
  expect(packet.offset).toBeGreaterThanOrEqual(96);
  expect(packet.trace).toEqual({
    largest: Math.max(...pieces.map(({ length }) => length)),
    count: pieces.length,
    headersLength: family === 4 ? 20 : 40,
    starts: Int32Array.from(starts),
  });
}
