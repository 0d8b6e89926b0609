/** Which ICMP messages are errors, what they quote, and the fields that name what is inside a tunnel. */
import { describe, expect, it } from 'vitest';
import {
  ForwardingOutput,
  makeIcmpError,
  masquerading,
  tunneling,
} from '../../src/forwarding/index.js';
import { hashFlow } from '../../src/forwarding/flow-hash.js';
import { quotesConnection, readIcmpError } from '../../src/forwarding/received-icmp-errors.js';
import { readTunnelQuote } from '../../src/forwarding/tunnel-errors.js';
import { IpAddress } from '../../src/ip-address.js';
import type { Tunnel } from '../../src/model/forwarding-method.js';
import {
  encodePacket,
  Packet,
  type PacketDescription,
  readUint16,
  type TransportDescription,
} from '../../src/wire/index.js';
import { host, targetOf } from './support/host.js';

const ENDS = {
  4: { source: '198.51.100.7', destination: '10.0.0.7' },
  6: { source: '2001:db8:f::7', destination: 'fd00:10::7' },
} as const;
const TCP = { type: 'tcp', sourcePort: 4711, destinationPort: 80 } as const;

function packetOf(
  family: 4 | 6,
  transport: TransportDescription,
  rest: Partial<PacketDescription> = {},
): Packet {
  const packet = new Packet();
  expect(packet.parse(encodePacket({ ...ENDS[family], transport, ...rest }))).toBe('ok');
  return packet;
}

const bytesOf = ({ bytes, offset, end }: Packet): Uint8Array => bytes.slice(offset, end);

describe('an ICMP message', () => {
  const isError = (family: 4 | 6, icmpType: number): boolean => {
    const transport = { type: 'icmp', icmpType, code: 0, secondWord: 0 } as const;
    const message = packetOf(family, transport, { payload: bytesOf(packetOf(family, TCP)) });
    const reading = readIcmpError(message, new Packet());
    expect(['error', 'not-error']).toContain(reading);
    return reading === 'error';
  };
  const types = Array.from({ length: 256 }, (_, type) => type);

  it('is an error by types 3, 4 and 11 over IPv4', () => {
    expect(types.filter((type) => isError(4, type))).toEqual([3, 4, 11]);
  });

  it('is an error by every type below 128 over IPv6', () => {
    expect(types.filter((type) => isError(6, type))).toEqual(types.slice(0, 128));
  });

  it('quotes a connection when what it quotes is TCP, UDP, SCTP, AH or ESP', () => {
    const quoted = types.filter((protocol) => {
      const payload = new Uint8Array(16);
      return quotesConnection(packetOf(4, { type: 'raw', protocol }, { payload }));
    });
    expect(quoted).toEqual([6, 17, 50, 51, 132]);
  });

  it('says by type and code what was wrong', () => {
    const kindOf = (
      family: 4 | 6,
      kind: 'ttl-exceeded' | 'too-long' | 'port-unreachable',
    ): string => {
      const output = new ForwardingOutput();
      const mtu = kind === 'too-long' ? 1400 : 0;
      const packet = packetOf(family, TCP, { timeToLive: 9 });
      expect(makeIcmpError(host(), packet, kind, mtu, 'client', false, output)).toBe('reply');
      const error = new Packet();
      error.parse(output.bytes, output.offset, output.length);
      const at = error.transportOffset;
      return `${error.bytes[at]}/${error.bytes[at + 1]} ${readUint16(error.bytes, at + 6)}`;
    };
    expect(
      ['ttl-exceeded', 'too-long', 'port-unreachable'].map((kind) => kindOf(4, kind as never)),
    ).toEqual(['11/0 0', '3/4 1400', '3/3 0']);
    expect(
      ['ttl-exceeded', 'too-long', 'port-unreachable'].map((kind) => kindOf(6, kind as never)),
    ).toEqual(['3/0 0', '2/0 1400', '1/4 0']);
  });
});

describe('the hash of a flow', () => {
  it('has the ports of TCP, UDP and SCTP in it, and what other protocols carry not', () => {
    const hash = (transport: TransportDescription, payload = new Uint8Array(4)): number =>
      hashFlow(packetOf(4, transport, { payload }));
    for (const type of ['tcp', 'udp', 'sctp'] as const) {
      const ports = { type, sourcePort: 1, destinationPort: 2 } as const;
      expect(hash(ports)).not.toBe(hash({ ...ports, sourcePort: 3 }));
      expect(hash(ports)).not.toBe(hash({ ...ports, destinationPort: 3 }));
      expect(hash(ports)).toBe(hash(ports, new Uint8Array(9).fill(7)));
    }
    const raw = { type: 'raw', protocol: 50 } as const;
    expect(hash(raw)).toBe(hash(raw, new Uint8Array(4).fill(7)));
    expect(hash(raw)).not.toBe(hash({ type: 'raw', protocol: 51 }));
  });

  it('depends on every byte of both addresses', () => {
    const seen = new Set<number>();
    for (const family of [4, 6] as const) {
      const packet = packetOf(family, TCP);
      const last = packet.destinationOffset + (family === 4 ? 4 : 16);
      for (let at = packet.sourceOffset; at < last; at++) {
        packet.bytes[at] ^= 1;
        seen.add(hashFlow(packet));
        packet.bytes[at] ^= 1;
      }
      seen.add(hashFlow(packet));
    }
    expect(seen.size).toBe(8 + 1 + 32 + 1);
  });
});

describe('a tunnel packet', () => {
  const servers = { 4: IpAddress.parse('10.0.0.7'), 6: IpAddress.parse('fd00:10::7') } as const;

  function sent(inner: 4 | 6, outer: 4 | 6, tunnel: Partial<Tunnel>): Packet {
    const output = new ForwardingOutput();
    const target = targetOf(servers[outer], 0, IpAddress.parse('192.0.2.1'), 80, tunnel);
    expect(tunneling(host()).forward(packetOf(inner, TCP, { timeToLive: 9 }), target, output)).toBe(
      'forward',
    );
    const packet = new Packet();
    expect(packet.parse(output.bytes, output.offset, output.length)).toBe('ok');
    return packet;
  }

  it('of GRE names the family of what is inside by its Ethernet type', () => {
    for (const outer of [4, 6] as const) {
      const types = ([4, 6] as const).map((inner) => {
        const { bytes, transportOffset } = sent(inner, outer, { type: 'gre' });
        return readUint16(bytes, transportOffset + 2);
      });
      expect(types).toEqual([0x0800, 0x86dd]);
    }
  });

  it('names the family of what is inside by the protocol, in IP in IP and GUE', () => {
    const gue = { type: 'gue', port: 6080 } as const;
    for (const outer of [4, 6] as const) {
      expect(([4, 6] as const).map((inner) => sent(inner, outer, {}).protocol)).toEqual([4, 41]);
      const protocols = ([4, 6] as const).map((inner) => {
        const { bytes, transportOffset, destinationPort } = sent(inner, outer, gue);
        expect(destinationPort).toBe(6080);
        return bytes[transportOffset + 9];
      });
      expect(protocols).toEqual([4, 41]);
    }
  });

  const read = (
    tunnel: Partial<Tunnel>,
    change: (bytes: Uint8Array, at: number) => void = () => undefined,
    known: Partial<Tunnel> = tunnel,
  ): string => {
    const { bytes, offset, end, transportOffset } = sent(4, 4, tunnel);
    change(bytes, transportOffset);
    const [quote, inner] = [new Packet(), new Packet()];
    expect(quote.parseQuote(bytes, offset, end - offset, 4)).toBe('ok');
    const { type = 'ipip', port = 0 } = known;
    const kind = readTunnelQuote(
      quote,
      (address, askedType, askedPort) =>
        address === servers[4].word3 && askedType === type && askedPort === port,
      inner,
    );
    return kind === 'tunnel' ? `${kind} ${inner.sourcePort} ${inner.destinationPort}` : kind;
  };

  it('is found again in a quote, with the packet inside', () => {
    const kinds: Partial<Tunnel>[] = [
      {},
      { type: 'gre' },
      { type: 'gre', checksum: 'csum' },
      { type: 'gue', port: 6080 },
      { type: 'gue', port: 6080, checksum: 'csum' },
      { type: 'gue', port: 6080, checksum: 'remcsum' },
    ];
    for (const tunnel of kinds) expect([tunnel, read(tunnel)]).toEqual([tunnel, 'tunnel 4711 80']);
  });

  it('is none when the server has another kind of tunnel, or another port', () => {
    expect(read({}, undefined, { type: 'gre' })).toBe('accept');
    expect(read({ type: 'gre' }, undefined, {})).toBe('other');
    expect(read({ type: 'gue', port: 6080 }, undefined, { type: 'gue', port: 6081 })).toBe('other');
  });

  it('is none when what is inside is no IPv4 data', () => {
    const gue = { type: 'gue', port: 6080 } as const;
    const change = (by: number, value: number) => (bytes: Uint8Array, at: number) => {
      bytes[at + by] = value;
    };
    expect(read(gue, change(9, 41))).toBe('other');
    expect(read(gue, change(8, 0x20))).toBe('other');
    expect(read({ type: 'gre' }, change(3, 0x01))).toBe('other');
    expect(read({ type: 'gre' }, change(0, 0x20))).toBe('other');
    expect(read(gue, change(8, 0x1f))).toBe('accept');
  });
});

describe('a masqueraded server’s packet', () => {
  it('whose TTL is used up is dropped as such', () => {
    const target = targetOf(IpAddress.parse('10.0.0.7'), 80, IpAddress.parse('192.0.2.1'), 80);
    const results = [0, 1, 2].map((timeToLive) => {
      const output = new ForwardingOutput();
      const packet = packetOf(4, TCP, { timeToLive });
      return `${masquerading(host()).respond(packet, target, output)} ${output.reason}`;
    });
    expect(results).toEqual(['drop ttl-exceeded', 'drop ttl-exceeded', 'forward translated']);
  });
});
