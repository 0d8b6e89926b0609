/** How a packet in a tunnel is cut: against the rules, for every family inside and outside, fragmented before or not. */
import { describe, expect, it } from 'vitest';
import {
  ForwardingOutput,
  PathMtu,
  type PathMtuState,
  tunneling,
} from '../../src/forwarding/index.js';
import { IpAddress } from '../../src/ip-address.js';
import { encodePacket, Packet } from '../../src/wire/index.js';
import { host, targetOf } from './support/host.js';

const MTU = 1500;
const ENDS = {
  4: { source: '198.51.100.7', destination: '192.0.2.1' },
  6: { source: '2001:db8:f::7', destination: '2001:db8::1' },
} as const;
const SERVERS = { 4: IpAddress.parse('10.0.0.7'), 6: IpAddress.parse('fd00:10::7') } as const;

interface Case {
  readonly inner: 4 | 6;
  readonly outer: 4 | 6;
  readonly length: number;
  /** The longest fragment that it came in, if it was reassembled. */
  readonly longest: number | undefined;
  readonly dontFragment: boolean;
  readonly discovers: boolean;
  readonly merges: boolean;
}

function sent(each: Case): { action: string; output: ForwardingOutput; packet: Packet } {
  const { inner, outer, length, longest, dontFragment, discovers, merges } = each;
  const plan = {
    ...ENDS[inner],
    transport: { type: 'udp', sourcePort: 1, destinationPort: 2 } as const,
    ...(inner === 4 && { dontFragment }),
  };
  const payload = new Uint8Array(length - encodePacket(plan).length);
  const packet = new Packet();
  packet.parse(encodePacket({ ...plan, payload }));
  if (longest !== undefined) {
    const starts = Int32Array.of(0, 8);
    packet.trace = { largest: longest, count: 2, headersLength: inner === 4 ? 20 : 40, starts };
  }
  const environment = {
    ...host({ serverMtu: MTU, pathMtuDiscovery: discovers }),
    mergesSegments: merges,
  };
  const output = new ForwardingOutput();
  output.repeatedLength = 1;
  const target = targetOf(SERVERS[outer], 2, IpAddress.parse(ENDS[inner].destination), 2);
  return { action: tunneling(environment).forward(packet, target, output), output, packet };
}

const OVERHEADS = { 4: 20, 6: 40 } as const;
const whole = (limit: number): number | 'whole' => (limit > 65_535 ? 'whole' : limit);

const CASES: Case[] = ([4, 6] as const).flatMap((inner) =>
  ([4, 6] as const).flatMap((outer) =>
    [MTU - OVERHEADS[outer], MTU - OVERHEADS[outer] + 1, 3000].flatMap((length) =>
      [undefined, 600, MTU - 1, MTU, MTU + 1].flatMap((longest) =>
        [true, false].flatMap((dontFragment) =>
          [true, false].flatMap((discovers) =>
            [true, false].map((merges) => {
              return { inner, outer, length, longest, dontFragment, discovers, merges };
            }),
          ),
        ),
      ),
    ),
  ),
);

/** What the rules say: what becomes of the packet, its greatest fragment, and whether it is cut at its old places. */
function rule({ inner, outer, length, longest, dontFragment, discovers, merges }: Case): unknown[] {
  const measured = longest ?? length;
  const isMerged = merges && longest === undefined;
  const mayNotBeCut = inner === 6 || (dontFragment && discovers);
  if (measured > MTU - OVERHEADS[outer] && mayNotBeCut && !isMerged) return ['reply'];
  if (isMerged) return ['forward', 'whole', false];
  if (longest === undefined) {
    const hasDf = outer === 4 && inner === 4 && dontFragment && discovers;
    const isLong = length + OVERHEADS[outer] > MTU;
    return ['forward', isLong && !hasDf ? MTU : 'whole', false];
  }
  const limit = inner === 4 && outer === 4 ? Math.min(longest, MTU) : MTU;
  return ['forward', limit, inner === 6];
}

describe('a packet in a tunnel', () => {
  it('is cut as the rules have it', () => {
    const wrong = CASES.filter((each) => {
      const { action, output, packet } = sent(each);
      const seen =
        action === 'forward'
          ? [action, whole(output.fragmentLimit), output.trace !== undefined]
          : [action];
      if (action === 'forward' && output.trace !== undefined) {
        expect(output.trace).toBe(packet.trace);
        expect(output.traceOffset).toBe(OVERHEADS[each.outer] + 40);
      }
      if (action === 'forward' && whole(output.fragmentLimit) !== 'whole')
        expect(output.repeatedLength).toBe(40);
      return JSON.stringify(seen) !== JSON.stringify(rule(each));
    });

    expect(wrong).toEqual([]);
  });

  it('is refused when no outer header can announce its length', () => {
    const told = (outer: 4 | 6, length: number): string => {
      const packet = new Packet();
      const plan = { ...ENDS[4], transport: { type: 'raw', protocol: 47 } } as const;
      packet.parse(encodePacket({ ...plan, payload: new Uint8Array(length - 20) }));
      const output = new ForwardingOutput();
      const target = targetOf(SERVERS[outer], 2, IpAddress.parse('192.0.2.1'), 2);
      return `${tunneling(host()).forward(packet, target, output)} ${output.reason}`;
    };

    expect([told(4, 65_515), told(4, 65_516)]).toEqual(['forward encapsulated', 'drop too-long']);
    expect(told(6, 65_535)).toBe('forward encapsulated');
  });
});

describe('what was learned of a path', () => {
  it('is saved and restored', () => {
    const path = new PathMtu(1500);
    expect(path.toJSON()).toEqual({ format: 1, learned: 1500, inUse: false });
    path.learn(1300);
    expect(path.toJSON()).toEqual({ format: 1, learned: 1300, inUse: false });
    path.use();
    const state = JSON.parse(JSON.stringify(path)) as PathMtuState;
    expect(state).toEqual({ format: 1, learned: 1300, inUse: true });
    const copy = new PathMtu(1500);
    copy.restore(state);
    expect([copy.relayedMtu, copy.use()]).toEqual([1300, 1300]);
    copy.reset();
    expect([copy.relayedMtu, copy.use(), copy.relayedMtu]).toEqual([1500, 1500, 1500]);
    expect(() => copy.restore({ ...state, format: 99 })).toThrow(/a path MTU/);
  });
});
