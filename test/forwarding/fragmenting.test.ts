/** Fragments of a packet that leaves, against the plain rule: where it is cut, and every byte of each fragment. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ForwardingOutput, Fragmenter } from '../../src/forwarding/index.js';
import { encodePacket, type ExtensionDescription, Packet } from '../../src/wire/index.js';
import { host } from './support/host.js';

const ENDS_4 = { source: '198.51.100.7', destination: '192.0.2.1' } as const;
const ENDS_6 = { source: '2001:db8:f::7', destination: '2001:db8::1' } as const;
const RAW = { type: 'raw', protocol: 47 } as const;

/** The output that a packet leaves in. */
function outputOf(bytes: Uint8Array, fragmentLimit: number): ForwardingOutput {
  const packet = new Packet();
  expect(packet.parse(bytes)).toBe('ok');
  const output = new ForwardingOutput();
  output.emit(packet, 'server', 'routed');
  output.fragmentLimit = fragmentLimit;
  return output;
}

/** The fragments, and that there are no more. */
function fragmentsOf(output: ForwardingOutput): Uint8Array[] {
  const fragmenter = new Fragmenter(host());
  fragmenter.begin(output);
  const fragments: Uint8Array[] = [];
  while (fragmenter.next()) {
    const { bytes, view, offset, length, room } = fragmenter;
    expect([view.buffer === bytes.buffer, room >= 32 || fragments.length === 0]).toEqual([
      true,
      true,
    ]);
    fragments.push(bytes.slice(offset, offset + length));
  }
  expect(fragmenter.next()).toBe(false);
  return fragments;
}

/** Where data of a length are cut that may be cut after any eight bytes. */
function cutsBySize(total: number, most: number): number[] {
  const step = most - (most % 8);
  const starts = [0];
  while (total - starts[starts.length - 1] > most) starts.push(starts[starts.length - 1] + step);
  return starts;
}

/** The options of later fragments: without the bit for copying, an option becomes no-operations. */
function laterOptions(options: readonly number[]): number[] {
  const later = [...options];
  let at = 0;
  while (at < later.length && options[at] !== 0) {
    const length = options[at] === 1 ? 1 : (options[at + 1] ?? 0);
    if (length === 0 || at + length > later.length) break;
    if (options[at] < 128) later.fill(1, at, at + length);
    at += length;
  }
  return later;
}

const optionLists = fc
  .array(
    fc.oneof(
      fc.constantFrom([1], [1], [0], [7, 3, 4], [148, 4, 0, 0], [130, 3, 9], [68, 4, 5, 0]),
      fc.constantFrom([7, 0], [7, 1], [7, 30], [129, 60], [7]),
    ),
    { maxLength: 6 },
  )
  .map((lists) => lists.flat())
  .map((bytes) => [...bytes, 0, 0, 0].slice(0, Math.min(40, Math.ceil(bytes.length / 4) * 4)));

describe('an IPv4 packet that is too long', () => {
  it('is cut by size, and each fragment has the header of the packet', () => {
    fc.assert(
      fc.property(
        optionLists,
        fc.integer({ min: 0, max: 400 }),
        fc.integer({ min: 68, max: 300 }),
        fc.record({
          fragmentOffset: fc.constantFrom(0, 8, 4096),
          moreFragments: fc.boolean(),
          dontFragment: fc.boolean(),
        }),
        (options, length, limit, place) => {
          const payload = Uint8Array.from({ length }, (_, index) => index * 7);
          const plan = { ...ENDS_4, transport: RAW, identification: 0xbeef, ...place };
          const whole = encodePacket({ ...plan, options: Uint8Array.from(options), payload });
          const fragments = fragmentsOf(outputOf(whole, limit));
          if (whole.length <= limit) {
            expect(fragments).toEqual([whole]);
            return;
          }
          const header = 20 + options.length;
          const starts = cutsBySize(length, limit - header);
          const expected = starts.map((start, index) => {
            const end = starts[index + 1] ?? length;
            const isLast = end === length;
            const bytes = encodePacket({
              ...plan,
              options: Uint8Array.from(index === 0 ? options : laterOptions(options)),
              payload: payload.slice(start, end),
              fragmentOffset: place.fragmentOffset + start,
              moreFragments: !isLast || place.moreFragments,
            });
            return bytes;
          });
          expect(fragments).toEqual(expected);
        },
      ),
      { numRuns: 400 },
    );
  });

  it('gives nothing when its limit leaves no room for eight bytes', () => {
    const whole = encodePacket({ ...ENDS_4, transport: RAW, payload: new Uint8Array(100) });

    expect(fragmentsOf(outputOf(whole, 27))).toEqual([]);
    expect(fragmentsOf(outputOf(whole, 28))).toHaveLength(13);
  });
});

const HOP = { protocol: 0, bytes: Uint8Array.of(0, 1, 1, 12, ...new Uint8Array(12)) };
const ROUTING = { protocol: 43, bytes: Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0) };
const DESTINATION = { protocol: 60, bytes: Uint8Array.of(0, 0, 1, 4, 0, 0, 0, 0) };

/** A fragment as the rule has it. */
function fragment6(
  repeated: readonly ExtensionDescription[],
  behind: { readonly protocol: number; readonly data: Uint8Array },
  [start, end]: readonly [number, number],
): Uint8Array {
  const more = end < behind.data.length ? 1 : 0;
  const place = start | more;
  const header = Uint8Array.of(0, 0, place >>> 8, place & 0xff, 0, 0, 0, 1);
  return encodePacket({
    ...ENDS_6,
    extensions: [...repeated, { protocol: 44, bytes: header }],
    transport: { type: 'raw', protocol: behind.protocol },
    payload: behind.data.slice(start, end),
  });
}

describe('an IPv6 packet that is too long', () => {
  const extensionLists = fc.constantFrom<ExtensionDescription[]>(
    [],
    [HOP],
    [ROUTING],
    [HOP, ROUTING],
    [DESTINATION, HOP, ROUTING],
  );

  it('is cut by size, or where it was cut before when each fragment fits', () => {
    fc.assert(
      fc.property(
        extensionLists,
        fc.integer({ min: 0, max: 500 }),
        fc.integer({ min: 150, max: 300 }),
        fc.option(
          fc.record({
            steps: fc.array(fc.integer({ min: 1, max: 20 }), { maxLength: 8 }),
            shift: fc.constantFrom(0, 0, 8, 40, 48, 4, 52, 20),
          }),
        ),
        (repeated, length, limit, cut) => {
          const data = Uint8Array.from({ length }, (_, index) => index * 5);
          const whole = encodePacket({
            ...ENDS_6,
            extensions: repeated,
            transport: RAW,
            payload: data,
          });
          const repeatedLength = whole.length - length;
          const output = outputOf(whole, limit);
          output.repeatedLength = repeatedLength;
          const starts = [0];
          if (cut !== null) {
            for (const step of cut.steps) {
              const next = starts[starts.length - 1] + step * 8;
              if (next + cut.shift < length) starts.push(next);
            }
            output.traceOffset = repeatedLength + cut.shift;
            output.trace = {
              largest: limit,
              count: starts.length,
              headersLength: repeatedLength,
              // What is behind the count does not count.
              starts: Int32Array.from([...starts, 8, 0]),
            };
          }
          if (whole.length <= limit) {
            expect(fragmentsOf(output)).toEqual([whole]);
            return;
          }
          const most = limit - repeatedLength - 8;
          const old = starts.map((start) => (start === 0 ? 0 : start + (cut?.shift ?? 0)));
          const fits = old.every((start, index) => (old[index + 1] ?? length) - start <= most);
          const isOld = cut !== null && cut.shift % 8 === 0 && fits;
          const places = isOld ? old : cutsBySize(length, most);
          const expected = places.map((start, index) =>
            fragment6(repeated, { protocol: 47, data }, [start, places[index + 1] ?? length]),
          );
          expect(fragmentsOf(output)).toEqual(expected);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('is cut where it was before up to the last byte that fits', () => {
    const lengths = (limit: number, starts: readonly number[]): number[] => {
      const bytes = encodePacket({ ...ENDS_6, transport: RAW, payload: new Uint8Array(200) });
      const output = outputOf(bytes, limit);
      const count = starts.length;
      output.traceOffset = 40;
      output.trace = { largest: limit, count, headersLength: 40, starts: Int32Array.from(starts) };
      return fragmentsOf(output).map((each) => each.length - 48);
    };

    expect(lengths(48 + 120, [0, 120])).toEqual([120, 80]);
    expect(lengths(48 + 119, [0, 120])).toEqual([112, 88]);
    expect(lengths(48 + 120, [0, 80])).toEqual([80, 120]);
    expect(lengths(48 + 119, [0, 80])).toEqual([112, 88]);
    expect(lengths(48 + 120, [0])).toEqual([120, 80]);
    expect(lengths(48 + 120, [0, 8, 16, 96])).toEqual([8, 8, 80, 104]);
  });
});
