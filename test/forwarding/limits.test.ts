/** TTL and MTU against the table of the rules: every combination of what counts, at and beside each limit. */
import { describe, expect, it } from 'vitest';
import { checkServerSide, ForwardingOutput, routeOn } from '../../src/forwarding/index.js';
import { passOn } from '../../src/forwarding/routing.js';
import { isMerged, limitFragments, longestFragment } from '../../src/forwarding/fragment-size.js';
import { isTranslatable } from '../../src/forwarding/masquerading.js';
import { checkClientSide, needsLimitCheck } from '../../src/forwarding/ttl-and-mtu.js';
import { errorAboutGrown, isGrownTooLong } from '../../src/forwarding/grown-packet.js';
import {
  encodePacket,
  Packet,
  readUint16,
  type TransportDescription,
} from '../../src/wire/index.js';
import { host } from './support/host.js';

const MTU = 1400;
const ENDS = {
  4: { source: '198.51.100.7', destination: '192.0.2.1' },
  6: { source: '2001:db8:f::7', destination: '2001:db8::1' },
} as const;

/** What of a packet, and of its host, counts. */
interface Case {
  readonly family: 4 | 6;
  readonly what: 'tcp' | 'udp' | 'sctp' | 'gre' | 'icmp-error';
  readonly length: number;
  readonly timeToLive: number;
  readonly dontFragment: boolean;
  /** The longest fragment that it came in, if it was reassembled. */
  readonly longest: number | undefined;
  readonly merges: boolean;
}

const TRANSPORTS: Readonly<Record<Case['what'], (family: 4 | 6) => TransportDescription>> = {
  tcp: () => ({ type: 'tcp', sourcePort: 1, destinationPort: 2 }),
  udp: () => ({ type: 'udp', sourcePort: 1, destinationPort: 2 }),
  sctp: () => ({ type: 'sctp', sourcePort: 1, destinationPort: 2 }),
  gre: () => ({ type: 'raw', protocol: 47 }),
  'icmp-error': (family) => ({ type: 'icmp', icmpType: family === 4 ? 3 : 1 }),
};

function packetOf({ family, what, length, timeToLive, dontFragment, longest }: Case): Packet {
  const plan = {
    ...ENDS[family],
    transport: TRANSPORTS[what](family),
    timeToLive,
    ...(family === 4 && { dontFragment }),
  };
  const empty = encodePacket(plan).length;
  const packet = new Packet();
  expect(packet.parse(encodePacket({ ...plan, payload: new Uint8Array(length - empty) }))).toBe(
    'ok',
  );
  if (longest !== undefined) {
    const starts = Int32Array.of(0, 8);
    packet.trace = { largest: longest, count: 2, headersLength: family === 4 ? 20 : 40, starts };
  }
  return packet;
}

const CASES: readonly Case[] = ([4, 6] as const).flatMap((family) =>
  (['tcp', 'udp', 'sctp', 'gre', 'icmp-error'] as const).flatMap((what) =>
    [MTU - 1, MTU, MTU + 1].flatMap((length) =>
      [0, 1, 2].flatMap((timeToLive) =>
        [true, false].flatMap((dontFragment) =>
          [undefined, MTU - 1, MTU, MTU + 1].flatMap((longest) =>
            [true, false].map((merges) => {
              return { family, what, length, timeToLive, dontFragment, longest, merges };
            }),
          ),
        ),
      ),
    ),
  ),
);

const mergedOf = ({ what, longest, merges }: Case): boolean =>
  merges && longest === undefined && ['tcp', 'udp', 'sctp'].includes(what);
const exceeds = ({ length, longest }: Case): boolean => (longest ?? length) > MTU;
const mayNotBeCut = ({ family, dontFragment }: Case): boolean => family === 6 || dontFragment;

/** What the rules say of a client's packet. */
function clientSide(each: Case, obeysDf: boolean): string {
  const isError = each.what === 'icmp-error';
  if (each.timeToLive <= 1) return isError ? 'drop ttl-exceeded' : 'reply ttl-exceeded';
  if (!exceeds(each) || !mayNotBeCut(each) || mergedOf(each)) return 'forward';
  if (each.family === 4) {
    if (!obeysDf || isError) return 'forward';
    return 'reply too-long';
  }
  return isError ? 'drop too-long' : 'reply too-long';
}

/** What they say of a server's packet. */
function serverSide(each: Case): string {
  const answer = each.what === 'icmp-error' ? 'drop' : 'reply';
  if (each.timeToLive <= 1) return `${answer} ttl-exceeded`;
  return exceeds(each) && mayNotBeCut(each) && !mergedOf(each) ? `${answer} too-long` : 'forward';
}

/** The greatest length of a fragment of a packet that leaves, or that it leaves whole. */
function limitOf(each: Case): number | 'whole' {
  if (each.longest !== undefined) return Math.min(each.longest, MTU);
  return each.length > MTU && !mayNotBeCut(each) && !mergedOf(each) ? MTU : 'whole';
}

const told = (action: string, { reason }: ForwardingOutput): string =>
  action === 'forward' ? action : `${action} ${reason}`;
const environmentOf = ({
  merges,
}: Case): ReturnType<typeof host> & { mergesSegments: boolean } => ({
  ...host({ clientMtu: MTU, serverMtu: MTU }),
  mergesSegments: merges,
});

/** A limit as {@link limitOf} says it. */
const seenLimit = ({ fragmentLimit }: ForwardingOutput): number | 'whole' =>
  fragmentLimit > 65_535 ? 'whole' : fragmentLimit;

/** The cases in which what is seen is not what the rules say. */
function wrong(
  compare: (each: Case, output: ForwardingOutput) => [seen: unknown, rule: unknown],
): Case[] {
  const output = new ForwardingOutput();
  return CASES.filter((each) => {
    const [seen, rule] = compare(each, output);
    return JSON.stringify(seen) !== JSON.stringify(rule);
  });
}

describe('TTL and MTU', () => {
  it.each([true, false])('of a client’s packet, when DF is obeyed or not: %s', (obeysDf) => {
    const cases = wrong((each, output) => {
      const packet = packetOf(each);
      const action = checkClientSide(environmentOf(each), packet, MTU, obeysDf, output);
      return [told(action, output), clientSide(each, obeysDf)];
    });

    expect(cases).toEqual([]);
  });

  it('of a server’s packet', () => {
    const cases = wrong((each, output) => {
      const action = checkServerSide(environmentOf(each), packetOf(each), output);
      return [told(action, output), serverSide(each)];
    });

    expect(cases).toEqual([]);
  });

  it('need a second look just when one of them may fail, or the packet was reassembled', () => {
    const cases = wrong((each) => {
      const { length, timeToLive, longest } = each;
      const packet = packetOf(each);
      const seen = [needsLimitCheck(packet, MTU), longestFragment(packet)];
      const isSpecial = length > MTU || timeToLive < 2 || longest !== undefined;
      return [
        [...seen, isMerged(environmentOf(each), packet)],
        [isSpecial, longest ?? length, mergedOf(each)],
      ];
    });

    expect(cases).toEqual([]);
  });

  it('limit the fragments of what leaves', () => {
    const cases = wrong((each, output) => {
      const packet = packetOf(each);
      output.emit(packet, 'server', 'routed');
      [output.traceOffset, output.repeatedLength] = [1, 1];
      limitFragments(environmentOf(each), packet, MTU, output);
      const keepsPlaces = each.family === 6 && each.longest !== undefined;
      const places = keepsPlaces ? [packet.trace, 40, 40] : [undefined, 1, 1];
      const { trace, traceOffset, repeatedLength } = output;
      return [
        [seenLimit(output), trace, traceOffset, repeatedLength],
        [limitOf(each), ...places],
      ];
    });

    expect(cases).toEqual([]);
  });

  it('are looked at on the way to a server', () => {
    const cases = wrong((each, output) => {
      const action = passOn(environmentOf(each), packetOf(each), 0, output);
      const rule = clientSide(each, true);
      if (action !== 'forward') return [told(action, output), rule];
      const { side, reason } = output;
      return [
        [action, side, reason, seenLimit(output)],
        [rule, 'server', 'routed', limitOf(each)],
      ];
    });

    expect(cases).toEqual([]);
  });

  it('only the TTL is looked at on the way back', () => {
    const cases = wrong((each, output) => {
      const action = routeOn(environmentOf(each), packetOf(each), 'client', output);
      if (each.timeToLive <= 1) return [told(action, output), 'drop ttl-exceeded'];
      const { side, reason } = output;
      return [
        [action, side, reason, seenLimit(output)],
        ['forward', 'client', 'routed', limitOf(each)],
      ];
    });

    expect(cases).toEqual([]);
  });

  it('of the interface that a packet leaves by count', () => {
    const each = {
      ...CASES[0],
      what: 'gre',
      length: 1300,
      timeToLive: 9,
      dontFragment: false,
    } as const;
    const environment = host({ clientMtu: 1200, serverMtu: 1290 });
    for (const [side, mtu] of [
      ['client', 1200],
      ['server', 1290],
    ] as const) {
      const output = new ForwardingOutput();
      routeOn(environment, packetOf(each), side, output);
      expect([output.side, output.fragmentLimit]).toEqual([side, mtu]);
    }
  });

  it('are none of a fragment’s on a host that merges segments', () => {
    const packet = new Packet();
    const transport = { type: 'raw', protocol: 6 } as const;
    const payload = new Uint8Array(MTU);
    packet.parse(encodePacket({ ...ENDS[4], transport, payload, moreFragments: true }));

    expect(isMerged({ ...host(), mergesSegments: true }, packet)).toBe(false);
  });
});

describe('a transport header', () => {
  it.each([
    ['tcp', 6, 20],
    ['udp', 17, 8],
    ['sctp', 132, 12],
    ['of any other protocol', 50, 0],
  ] as const)('%s is whole from its length on', (_, protocol, least) => {
    const whole = Array.from({ length: 24 }, (_each, length) => {
      const packet = new Packet();
      const payload = new Uint8Array(length);
      packet.parse(encodePacket({ ...ENDS[4], transport: { type: 'raw', protocol }, payload }));
      return isTranslatable(packet);
    });

    expect(whole.indexOf(true)).toBe(least);
    expect(whole.slice(least)).not.toContain(false);
  });
});

describe('a reply that has grown', () => {
  it('is too long beyond the MTU of the client’s interface, when it may not be cut', () => {
    const cases = wrong((each) => {
      const environment = { ...environmentOf(each), server: { mtu: 68 } };
      const rule = each.length > MTU && mayNotBeCut(each) && !mergedOf(each);
      return [isGrownTooLong(environment, packetOf(each)), rule];
    });

    expect(cases).toEqual([]);
  });

  it.each([4, 6] as const)('gets an error from itself to itself over IPv%i', (family) => {
    const each = { ...CASES[0], family, what: 'tcp', length: MTU + 40, timeToLive: 9 } as const;
    const output = new ForwardingOutput();
    const packet = packetOf(each);
    output.emit(packet, 'client', 'translated');
    const error = errorAboutGrown(host({ clientMtu: MTU }), output);
    const at = error.transportOffset;
    const quoted = packet.bytes.slice(0, error.end - at - 8);
    const { bytes } = error;

    expect([error.family, error.frameOffset, error.offset > 14]).toEqual([family, 0, true]);
    expect([error.source, error.destination].map(({ word3 }) => word3)).toEqual([
      packet.source.word3,
      packet.source.word3,
    ]);
    expect([readUint16(bytes, at), error.view.getUint32(at + 4)]).toEqual([
      family === 4 ? 0x0304 : 0x0200,
      MTU,
    ]);
    // Of the segment that it quotes, the checksum covers the pseudo-header alone.
    const half = packet.transportOffset + 16;
    quoted.set(pseudoSum(packet), half);
    expect(bytes.slice(at + 8, error.end)).toEqual(quoted);
  });
});

/** The two bytes of the sum of a pseudo-header. */
function pseudoSum(packet: Packet): [number, number] {
  const { bytes, sourceOffset, family, transportLength } = packet;
  let sum = 6 + transportLength;
  for (let at = sourceOffset; at < sourceOffset + (family === 4 ? 8 : 32); at += 2)
    sum += readUint16(bytes, at);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return [sum >>> 8, sum & 0xff];
}
