/** What leaves as Ethernet frames: by which interface, to which neighbor, with which header, whole or in fragments. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  bypass,
  type ForwardingEnvironment,
  type Forwarder,
  ForwardingOutput,
  type ForwardingTarget,
  FrameWriter,
  gatewaying,
  type LinkLayer,
  masquerading,
  type Side,
  tunneling,
} from '../../src/forwarding/index.js';
import type { AddressWords } from '../../src/address-words.js';
import { IpAddress } from '../../src/ip-address.js';
import { encodePacket, MacAddress, Packet } from '../../src/wire/index.js';
import { host, targetOf, tunnels } from './support/host.js';

const ENDS = {
  4: { source: '198.51.100.7', destination: '192.0.2.1' },
  6: { source: '2001:db8:f:0:1:2:3:7', destination: '2001:db8:0:4:5:6:7:1' },
} as const;
const UDP = { type: 'udp', sourcePort: 1, destinationPort: 2 } as const;
const OWN = {
  client: MacAddress.parse('02:00:00:00:0d:01'),
  server: MacAddress.parse('02:00:00:00:0d:02'),
};
const NEIGHBOR = MacAddress.parse('02:00:00:00:0a:09');
const MAC_BYTES = {
  client: [2, 0, 0, 0, 0x0d, 1],
  server: [2, 0, 0, 0, 0x0d, 2],
  neighbor: [2, 0, 0, 0, 0x0a, 9],
};

/** A link layer that notes what it is asked. */
class NotedLink implements LinkLayer {
  readonly client = OWN.client;
  readonly server = OWN.server;
  readonly asked: string[] = [];
  private readonly answer: MacAddress | undefined;

  constructor(answer: MacAddress | undefined = NEIGHBOR) {
    this.answer = answer;
  }

  resolveNeighbor(side: Side, address: AddressWords, source: AddressWords): MacAddress | undefined {
    this.asked.push(`${side} ${text(address)} ${text(source)}`);
    return this.answer;
  }
}

function text({ family, word0, word1, word2, word3 }: AddressWords): string {
  const address =
    family === 4 ? IpAddress.fromIpv4(word3) : IpAddress.fromIpv6(word0, word1, word2, word3);
  return String(address);
}

/** A packet behind a number of bytes that belong to its frame. */
function outputOf(
  family: 4 | 6,
  payloadLength: number,
  front: number,
  side: Side,
): ForwardingOutput {
  const bytes = encodePacket(
    { ...ENDS[family], transport: UDP, payload: new Uint8Array(payloadLength) },
    front,
  );
  const packet = new Packet();
  expect(packet.parse(bytes, front)).toBe('ok');
  packet.frameOffset = 0;
  const output = new ForwardingOutput();
  output.emit(packet, side, 'routed');
  return output;
}

function framesOf(output: ForwardingOutput, link: LinkLayer): { side: Side; bytes: number[] }[] {
  const writer = new FrameWriter(host(), link);
  expect(writer.next()).toBe(false);
  if (!writer.begin(output)) return [];
  const frames: { side: Side; bytes: number[] }[] = [];
  while (writer.next()) {
    const { side, bytes, offset, length } = writer;
    frames.push({ side, bytes: [...bytes.subarray(offset, offset + length)] });
  }
  expect(writer.next()).toBe(false);
  return frames;
}

describe.each([4, 6] as const)('an IPv%i packet', (family) => {
  const type = family === 4 ? [8, 0] : [0x86, 0xdd];

  it.each(['client', 'server'] as const)('leaves by the interface to the %s', (side) => {
    for (const front of [0, 1, 13, 14, 15, 40]) {
      const output = outputOf(family, 9, front, side);
      const packet = [...output.bytes.subarray(front)];
      const link = new NotedLink();
      expect(framesOf(output, link)).toEqual([
        { side, bytes: [...MAC_BYTES.neighbor, ...MAC_BYTES[side], ...type, ...packet] },
      ]);
      expect(link.asked).toEqual([`${side} ${ENDS[family].destination} ${ENDS[family].source}`]);
    }
  });

  it('leaves in fragments that have the same header', () => {
    const output = outputOf(family, 1000, 14, 'server');
    output.fragmentLimit = 600;
    const frames = framesOf(output, new NotedLink());

    expect(frames).toHaveLength(2);
    for (const { side, bytes } of frames) {
      expect(side).toBe('server');
      expect(bytes.slice(0, 14)).toEqual([...MAC_BYTES.neighbor, ...MAC_BYTES.server, ...type]);
      expect(new Packet().parseFrame(Uint8Array.from(bytes))).toBe('ok');
    }
    output.fragmentLimit = output.length;
    expect(framesOf(output, new NotedLink())).toHaveLength(1);
    output.fragmentLimit = output.length - 1;
    expect(framesOf(output, new NotedLink())).toHaveLength(2);
  });

  it('leaves to its gateway, and is routed by the source that the output names', () => {
    const output = outputOf(family, 9, 14, 'server');
    const link = new NotedLink();
    const server = IpAddress.parse(family === 4 ? '10.0.0.7' : 'fd00:10::7');
    output.gateway = targetOf(server, 1, IpAddress.parse(ENDS[family].destination), 1);
    framesOf(output, link);
    output.routedFrom = server;
    framesOf(output, link);
    output.gateway = undefined;
    framesOf(output, link);

    expect(link.asked).toEqual([
      `server ${server} ${ENDS[family].source}`,
      `server ${server} ${server}`,
      `server ${ENDS[family].destination} ${server}`,
    ]);
  });

  it('stays when its next hop has no link address', () => {
    const link = new NotedLink();
    const nowhere: LinkLayer = { ...OWN, resolveNeighbor: () => undefined };
    const writer = new FrameWriter(host(), nowhere);
    expect(writer.begin(outputOf(family, 9, 14, 'server'))).toBe(false);
    expect(writer.next()).toBe(false);
    expect(framesOf(outputOf(family, 9, 14, 'server'), link)).toHaveLength(1);
  });
});

describe('a forwarder', () => {
  const forwarders: Record<string, (environment: ForwardingEnvironment) => Forwarder> = {
    masquerading,
    gatewaying,
    tunneling,
    bypass,
  };

  it.each(Object.keys(forwarders))('%s has its name', (name) => {
    expect(forwarders[name](host()).method).toBe(name);
  });

  it('names the server as gateway only for direct routing', () => {
    const gateways = Object.entries(forwarders).map(([name, make]) => {
      const packet = new Packet();
      packet.parse(encodePacket({ ...ENDS[4], transport: UDP }));
      const target = targetOf(IpAddress.parse('10.0.0.7'), 2, IpAddress.parse('192.0.2.1'), 2);
      const output = new ForwardingOutput();
      output.gateway = target;
      expect(make(host()).forward(packet, target, output)).toBe('forward');
      return [name, output.gateway];
    });

    expect(gateways.map(([name, gateway]) => [name, gateway !== undefined])).toEqual([
      ['masquerading', false],
      ['gatewaying', true],
      ['tunneling', false],
      ['bypass', false],
    ]);
  });
});

describe('a tunnel', () => {
  const OVERHEADS = { 4: 20, 6: 40 } as const;
  const between = ({
    type = 'ipip',
    checksum = 'nocsum',
  }: Partial<ForwardingTarget['tunnel']>): number => {
    if (type === 'ipip') return 0;
    if (type === 'gue') return 12;
    return checksum === 'csum' ? 8 : 4;
  };

  it('writes its headers where the packet is, just when they fit there with a link header', () => {
    fc.assert(
      fc.property(
        tunnels(),
        fc.constantFrom(4 as const, 6 as const),
        fc.constantFrom(4 as const, 6 as const),
        fc.integer({ min: -1, max: 1 }),
        fc.nat(60),
        (tunnel, inner, outer, beside, front) => {
          const needed = OVERHEADS[outer] + between(tunnel) + 14;
          const headroom = needed + beside - front;
          const bytes = encodePacket({ ...ENDS[inner], transport: UDP }, 100);
          const packet = new Packet();
          packet.parse(bytes, 100);
          packet.frameOffset = 100 - front;
          const server = IpAddress.parse(outer === 4 ? '10.0.0.7' : 'fd00:10::7');
          const target = targetOf(server, 1, IpAddress.parse(ENDS[inner].destination), 2, tunnel);
          const output = new ForwardingOutput({ headroom });
          expect(tunneling(host()).forward(packet, target, output)).toBe('forward');
          expect(output.bytes === bytes).toBe(beside >= 0);
          expect(output.room).toBe(beside >= 0 ? 14 + beside : 32);
          expect(output.reason).toBe('encapsulated');
        },
      ),
    );
  });

  it('needs room in the output’s buffer for a packet that is written there, and no more', () => {
    for (const tunnel of [
      {},
      { type: 'gre' },
      { type: 'gre', checksum: 'csum' },
      { type: 'gue', port: 1 },
    ] as const) {
      for (const outer of [4, 6] as const) {
        const packet = new Packet();
        packet.parse(encodePacket({ ...ENDS[4], transport: UDP, payload: new Uint8Array(300) }));
        const needed = 32 + OVERHEADS[outer] + between(tunnel) + packet.length;
        const server = IpAddress.parse(outer === 4 ? '10.0.0.7' : 'fd00:10::7');
        const target = targetOf(server, 1, IpAddress.parse('192.0.2.1'), 2, tunnel);
        const results = [needed - 1, needed].map((length) => {
          const output = new ForwardingOutput({ buffer: new Uint8Array(length) });
          return `${tunneling(host()).forward(packet, target, output)} ${output.reason}`;
        });
        expect(results).toEqual(['drop no-room', 'forward encapsulated']);
      }
    }
  });

  it('needs an address of the host of the server’s family', () => {
    for (const [server, leg] of [
      ['10.0.0.7', { ipv6: IpAddress.parse('fd00:10::1') }],
      ['fd00:10::7', { ipv4: IpAddress.parse('10.0.0.1') }],
    ] as const) {
      const packet = new Packet();
      const bytes = encodePacket({ ...ENDS[4], transport: UDP });
      packet.parse(bytes.slice());
      const target = targetOf(IpAddress.parse(server), 1, IpAddress.parse('192.0.2.1'), 2);
      const output = new ForwardingOutput();
      const environment = { ...host(), server: { ...leg, mtu: 1500 } };
      expect(tunneling(environment).forward(packet, target, output)).toBe('drop');
      expect(output.reason).toBe('no-own-address');
      expect(packet.bytes).toEqual(bytes);
    }
  });
});

describe('an output', () => {
  it('copies packets of any length into its buffer, and nothing else', () => {
    const lengths = [0, 1, 2, 3, 4, 5, 7, 8, 9, 255, 256, 257, 258, 259, 300];
    for (const length of lengths) {
      const bytes = Uint8Array.from({ length: length + 20 }, (_, index) => index + 1);
      const output = new ForwardingOutput({ buffer: new Uint8Array(400) });
      output.bytes = bytes;
      output.view = new DataView(bytes.buffer);
      output.copyToBuffer(33, 7, 7 + length);
      const expected = new Uint8Array(400);
      expected.set(bytes.subarray(7, 7 + length), 33);
      expect(output.buffer).toEqual(expected);
    }
  });

  it('has a buffer that holds any packet with what a tunnel adds', () => {
    const { buffer, headroom, reason, side, repeatedLength } = new ForwardingOutput();

    expect(buffer.length).toBeGreaterThanOrEqual(65_575 + 32);
    expect({ headroom, reason, side, repeatedLength }).toEqual({
      headroom: 0,
      reason: 'no-room',
      side: 'server',
      repeatedLength: 40,
    });
  });
});
