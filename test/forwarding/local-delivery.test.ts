/** Packets between the director and its own host: what each rewrites, and which checksums and addresses refuse one. */
import { describe, expect, it } from 'vitest';
import {
  type Action,
  type ForwardingEnvironment,
  ForwardingOutput,
  type ForwardingTarget,
  masquerading,
  type Origin,
  readIcmpError,
} from '../../src/forwarding/index.js';
import {
  translateErrorFromServer,
  deliverErrorToServer,
  translateFromServer,
  deliverToServer,
} from '../../src/forwarding/local-delivery.js';
import { IpAddress } from '../../src/ip-address.js';
import { encodePacket, Packet, type PacketDescription } from '../../src/wire/index.js';
import { checksum } from '../../src/wire/checksum.js';
import { host, targetOf } from './support/host.js';

const FAMILIES = [4, 6] as const;
const CLIENT = { 4: '198.51.100.7', 6: '2001:db8:f::7' } as const;
const VIRTUAL = { 4: '192.0.2.1', 6: '2001:db8::1' } as const;
const SERVER = { 4: '192.0.2.77', 6: '2001:db8::77' } as const;
const LOOPBACK = { 4: '127.0.0.1', 6: '::1' } as const;
const ORIGINS: readonly Origin[] = ['client', 'server', 'host'];

function packetOf(plan: PacketDescription): Packet {
  const packet = new Packet();
  expect(packet.parse(encodePacket(plan))).toBe('ok');
  return packet;
}

const targetAt = (family: 4 | 6, server: string): ForwardingTarget =>
  targetOf(IpAddress.parse(server), 8080, IpAddress.parse(VIRTUAL[family]), 80);

/** What a step says of a packet, and what became of the bytes. */
function seen(packet: Packet, step: (output: ForwardingOutput) => Action): unknown[] {
  const output = new ForwardingOutput();
  return [`${step(output)} ${output.reason}`, packet.bytes];
}

describe.each(FAMILIES)('over IPv%i', (family) => {
  const segment = (
    from: string,
    fromPort: number,
    to: string,
    toPort: number,
  ): PacketDescription => ({
    source: from,
    destination: to,
    timeToLive: 1,
    transport: { type: 'tcp', sourcePort: fromPort, destinationPort: toPort },
  });
  const request = segment(CLIENT[family], 4711, VIRTUAL[family], 80);
  const answer = segment(SERVER[family], 8080, CLIENT[family], 4711);

  it('a client’s packet gets the server’s end, wherever it came from', () => {
    for (const origin of ORIGINS) {
      const packet = packetOf(request);
      const target = targetAt(family, SERVER[family]);
      const expected = encodePacket(segment(CLIENT[family], 4711, SERVER[family], 8080));
      expect(
        seen(packet, (output) => deliverToServer('masquerading', packet, target, origin, output)),
      ).toEqual(['accept translated', expected]);
    }
  });

  it('a server’s packet gets the virtual end', () => {
    const packet = packetOf(answer);
    const target = targetAt(family, SERVER[family]);
    const expected = encodePacket(segment(VIRTUAL[family], 80, CLIENT[family], 4711));

    expect(seen(packet, (output) => translateFromServer(packet, target, output))).toEqual([
      'accept translated',
      expected,
    ]);
  });

  it('a server with a loopback address gets packets of the host only', () => {
    const told = ORIGINS.map((origin) => {
      const packet = packetOf(request);
      const target = targetAt(family, LOOPBACK[family]);
      const before = packet.bytes.slice();
      const [what, bytes] = seen(packet, (output) =>
        deliverToServer('masquerading', packet, target, origin, output),
      );
      if (what !== 'accept translated') expect(bytes).toEqual(before);
      return what;
    });

    expect(told).toEqual([
      'drop server-is-loopback',
      'drop server-is-loopback',
      'accept translated',
    ]);
  });

  it('a packet whose header is cut short is refused in both directions', () => {
    const cut = {
      source: CLIENT[family],
      destination: VIRTUAL[family],
      transport: { type: 'raw', protocol: 6 },
      payload: new Uint8Array(19),
    } as const;
    const target = targetAt(family, SERVER[family]);
    for (const step of [
      (packet: Packet, output: ForwardingOutput) =>
        deliverToServer('masquerading', packet, target, 'client', output),
      (packet: Packet, output: ForwardingOutput) => translateFromServer(packet, target, output),
    ]) {
      const packet = packetOf(cut);
      expect(seen(packet, (output) => step(packet, output))).toEqual([
        'drop transport-truncated',
        encodePacket(cut),
      ]);
    }
  });
});

it('an IPv4 fragment is refused in both directions', () => {
  const plan = {
    source: CLIENT[4],
    destination: VIRTUAL[4],
    transport: { type: 'raw', protocol: 17 },
    payload: new Uint8Array(24),
    moreFragments: true,
  } as const;
  const target = targetAt(4, SERVER[4]);
  const [there, back] = [packetOf(plan), packetOf(plan)];

  expect(
    seen(there, (output) => deliverToServer('masquerading', there, target, 'client', output))[0],
  ).toBe('drop fragment-not-assembled');
  expect(seen(back, (output) => translateFromServer(back, target, output))[0]).toBe(
    'drop fragment-not-assembled',
  );
});

/** An error about a segment, and the segment as it is after translation. */
function errorAbout(family: 4 | 6, isAboutAnswer: boolean): { packet: Packet; quote: Packet } {
  const transport = isAboutAnswer
    ? { type: 'tcp' as const, sourcePort: 80, destinationPort: 4711 }
    : { type: 'tcp' as const, sourcePort: 4711, destinationPort: 8080 };
  const [from, to] = isAboutAnswer
    ? [VIRTUAL[family], CLIENT[family]]
    : [CLIENT[family], SERVER[family]];
  const packet = packetOf({
    source: isAboutAnswer ? CLIENT[family] : SERVER[family],
    destination: isAboutAnswer ? VIRTUAL[family] : CLIENT[family],
    timeToLive: 1,
    transport: { type: 'icmp', icmpType: family === 4 ? 3 : 1, code: 3 },
    payload: encodePacket({ source: from, destination: to, transport }),
  });
  const quote = new Packet();
  expect(readIcmpError(packet, quote)).toBe('error');
  return { packet, quote };
}

/** The same error as its receiver is to get it. */
function translated(family: 4 | 6, isAboutAnswer: boolean): Uint8Array {
  const [sourcePort, destinationPort] = isAboutAnswer ? [8080, 4711] : [4711, 80];
  const quoted = encodePacket({
    source: isAboutAnswer ? SERVER[family] : CLIENT[family],
    destination: isAboutAnswer ? CLIENT[family] : VIRTUAL[family],
    transport: { type: 'tcp', sourcePort, destinationPort },
  });
  // The checksum of the quoted segment is left alone.
  const original = errorAbout(family, isAboutAnswer).quote;
  const at = original.transportOffset - original.offset + 16;
  quoted.set(original.bytes.subarray(original.offset + at, original.offset + at + 2), at);
  return encodePacket({
    source: isAboutAnswer ? CLIENT[family] : VIRTUAL[family],
    destination: isAboutAnswer ? SERVER[family] : CLIENT[family],
    timeToLive: 1,
    transport: { type: 'icmp', icmpType: family === 4 ? 3 : 1, code: 3 },
    payload: quoted,
  });
}

describe.each(FAMILIES)('an error over IPv%i', (family) => {
  it('about an answer is rewritten for the server, wherever it came from', () => {
    for (const origin of ORIGINS) {
      const { packet, quote } = errorAbout(family, true);
      const target = targetAt(family, SERVER[family]);
      expect(
        seen(packet, (output) =>
          deliverErrorToServer('masquerading', host(), packet, quote, target, origin, output),
        ),
      ).toEqual(['accept error-translated', translated(family, true)]);
    }
  });

  it('about a request is rewritten for the client', () => {
    const { packet, quote } = errorAbout(family, false);
    const target = targetAt(family, SERVER[family]);

    expect(
      seen(packet, (output) => translateErrorFromServer(host(), packet, quote, target, output)),
    ).toEqual(['accept error-translated', translated(family, false)]);
  });

  it('reaches a server with a loopback address from the host only', () => {
    const told = ORIGINS.map((origin) => {
      const { packet, quote } = errorAbout(family, true);
      const target = targetAt(family, LOOPBACK[family]);
      return seen(packet, (output) =>
        deliverErrorToServer('masquerading', host(), packet, quote, target, origin, output),
      )[0];
    });

    expect(told).toEqual([
      'drop server-is-loopback',
      'drop server-is-loopback',
      'accept error-translated',
    ]);
  });
});

/** Errors whose checksum is right, wrong, or right without the pseudo-header. */
const SUMS = ['right', 'wrong', 'without pseudo-header'] as const;

function withSum(
  { packet, quote }: { packet: Packet; quote: Packet },
  sum: (typeof SUMS)[number],
): Packet {
  const { bytes, view, transportOffset: at, transportLength } = packet;
  if (sum === 'wrong') bytes[at + 3] ^= 1;
  if (sum === 'without pseudo-header') {
    view.setUint16(at + 2, 0);
    view.setUint16(at + 2, checksum(bytes, at, transportLength, 0));
  }
  return quote;
}

describe('the checksum of an error', () => {
  /** Which are translated: to the server on the host and elsewhere, and to the client from either. */
  const taken = (family: 4 | 6, kernel: ForwardingEnvironment['kernel']): unknown => {
    const environment: ForwardingEnvironment = { ...host(), ...(kernel && { kernel }) };
    const nat = masquerading(environment);
    const steps: Record<
      string,
      (packet: Packet, quote: Packet, output: ForwardingOutput) => Action
    > = {
      toLocal: (packet, quote, output) =>
        deliverErrorToServer(
          'masquerading',
          environment,
          packet,
          quote,
          targetAt(family, SERVER[family]),
          'client',
          output,
        ),
      toServer: (packet, quote, output) =>
        nat.forwardError(packet, quote, targetAt(family, SERVER[family]), output),
      fromLocal: (packet, quote, output) =>
        translateErrorFromServer(
          environment,
          packet,
          quote,
          targetAt(family, SERVER[family]),
          output,
        ),
      fromServer: (packet, quote, output) =>
        nat.respondError(packet, quote, targetAt(family, SERVER[family]), output),
    };
    return Object.fromEntries(
      Object.entries(steps).map(([name, step]) => [
        name,
        SUMS.filter((sum) => {
          const each = errorAbout(family, name.startsWith('to'));
          each.packet.bytes[each.packet.offset + (family === 4 ? 8 : 7)] = 9;
          if (family === 4) each.packet.view.setUint16(10, each.packet.view.getUint16(10) - 0x800);
          const output = new ForwardingOutput();
          const action = step(each.packet, withSum(each, sum), output);
          if (action === 'drop') expect(output.reason).toBe('icmp-checksum-wrong');
          return action !== 'drop';
        }),
      ]),
    );
  };
  const rules = (checksIcmpOfConnection: boolean): ForwardingEnvironment['kernel'] =>
    ({ checksIcmpOfConnection }) as ForwardingEnvironment['kernel'];
  const all = (sums: readonly string[]): Record<string, readonly string[]> => ({
    toLocal: sums,
    toServer: sums,
    fromLocal: sums,
    fromServer: sums,
  });

  it('has to be right over IPv4, where there is no pseudo-header', () => {
    for (const kernel of [undefined, rules(true), rules(false)])
      expect(taken(4, kernel)).toEqual(all(['right', 'without pseudo-header']));
  });

  it('has to be right over IPv6, by newer kernels', () => {
    for (const kernel of [undefined, rules(true)]) expect(taken(6, kernel)).toEqual(all(['right']));
  });

  it('is not looked at on the way to the server over IPv6, by older ones, and taken for that of ICMPv4 back', () => {
    expect(taken(6, rules(false))).toEqual({
      toLocal: [...SUMS],
      toServer: [...SUMS],
      fromLocal: ['without pseudo-header'],
      fromServer: ['without pseudo-header'],
    });
  });
});
