/** Errors about the director's own tunnel packets: which quotes are such packets, and what the client gets. */
import { describe, expect, it } from 'vitest';
import {
  type ForwardingEnvironment,
  ForwardingOutput,
  PathMtu,
  readIcmpError,
  readTunnelQuote,
  relayTunnelError,
} from '../../src/forwarding/index.js';
import { IpAddress } from '../../src/ip-address.js';
import { encodePacket, Packet, type PacketDescription } from '../../src/wire/index.js';
import { host, targetOf } from './support/host.js';

const SERVER = IpAddress.parse('10.0.0.7');
const CLIENTS = {
  source: '198.51.100.7',
  destination: '192.0.2.1',
  transport: { type: 'udp', sourcePort: 4711, destinationPort: 53 },
  payload: new Uint8Array(20),
} as const;

/** What a packet in a quote is, when the server has a tunnel of any kind. */
function kindOf(quoted: Uint8Array, family: 4 | 6 = 4): string {
  const [quote, inner] = [new Packet(), new Packet()];
  expect(quote.parseQuote(quoted, 0, quoted.length, family)).toBe('ok');
  const asked: string[] = [];
  const kind = readTunnelQuote(
    quote,
    (address, type, port) => {
      asked.push(`${type} ${port}`);
      return address === SERVER.word3;
    },
    inner,
  );
  const ports = kind === 'tunnel' ? ` ${inner.sourcePort} ${inner.destinationPort}` : '';
  return `${kind}${ports}${asked.length === 0 ? '' : ` (${asked.join()})`}`;
}

const outerOf = (
  protocol: number,
  payload: Uint8Array,
  more: Partial<PacketDescription> = {},
): Uint8Array =>
  encodePacket({
    source: '10.0.0.1',
    destination: '10.0.0.7',
    transport: { type: 'raw', protocol },
    payload,
    ...more,
  });
const inside = encodePacket(CLIENTS);
const behind = (...header: number[]): Uint8Array => Uint8Array.from([...header, ...inside]);
/** UDP to port 6080, with the four bytes of GUE. */
const gue = (...bytes: number[]): Uint8Array => behind(0x80, 0, 0x17, 0xc0, 0, 60, 0, 0, ...bytes);

describe('a quote', () => {
  it.each([
    ['IP in IP', outerOf(4, inside), 'tunnel 4711 53 (ipip 0)'],
    ['GRE', outerOf(47, behind(0, 0, 8, 0)), 'tunnel 4711 53 (gre 0)'],
    ['GRE with checksum', outerOf(47, behind(0x80, 0, 8, 0, 0, 0, 0, 0)), 'tunnel 4711 53 (gre 0)'],
    ['GRE with a key', outerOf(47, behind(0x20, 0, 8, 0, 0, 0, 0, 0)), 'other'],
    ['GRE of version 1', outerOf(47, behind(0, 1, 8, 0)), 'other'],
    ['GRE with something else', outerOf(47, behind(0, 0, 0x86, 0xdd)), 'other'],
    ['GUE', outerOf(17, gue(0, 4, 0, 0)), 'tunnel 4711 53 (gue 6080)'],
    [
      'GUE with a word of options',
      outerOf(17, gue(1, 4, 0, 0, 9, 9, 9, 9)),
      'tunnel 4711 53 (gue 6080)',
    ],
    ['GUE of another version', outerOf(17, gue(0x40, 4, 0, 0)), 'other (gue 6080)'],
    ['a control message of GUE', outerOf(17, gue(0x20, 4, 0, 0)), 'other (gue 6080)'],
    ['GUE with something else', outerOf(17, gue(0, 41, 0, 0)), 'other (gue 6080)'],
    ['GUE without its header', outerOf(17, gue(0, 4, 0, 0).slice(0, 11)), 'other'],
    ['GUE with nothing else', outerOf(17, gue(0, 4, 0, 0).slice(0, 12)), 'accept (gue 6080)'],
    [
      'GUE whose options leave the quote',
      outerOf(17, gue(31, 4, 0, 0).slice(0, 60)),
      'accept (gue 6080)',
    ],
    ['another protocol', outerOf(50, inside), 'other'],
    ['IP in IP without ports inside', outerOf(4, inside.slice(0, 23)), 'accept (ipip 0)'],
    ['IP in IP with ports and no more', outerOf(4, inside.slice(0, 24)), 'tunnel 4711 53 (ipip 0)'],
    [
      'IP in IP to another host',
      outerOf(4, inside, { destination: '10.0.0.8' }),
      'accept (ipip 0)',
    ],
    [
      'GRE to another host',
      outerOf(47, behind(0, 0, 8, 0), { destination: '10.0.0.8' }),
      'other (gre 0)',
    ],
    ['a later fragment', outerOf(4, inside, { fragmentOffset: 8 }), 'other'],
    ['a first fragment', outerOf(4, inside, { moreFragments: true }), 'tunnel 4711 53 (ipip 0)'],
    [
      'a later fragment inside',
      outerOf(
        4,
        encodePacket({ ...CLIENTS, transport: { type: 'raw', protocol: 17 }, fragmentOffset: 8 }),
      ),
      'accept (ipip 0)',
    ],
  ])('of %s', (_, quoted, expected) => {
    expect(kindOf(quoted)).toBe(expected);
  });

  it('over IPv6 is none', () => {
    const quoted = encodePacket({
      source: '2001:db8::1',
      destination: '2001:db8::2',
      transport: { type: 'raw', protocol: 4 },
      payload: inside,
    });

    expect(kindOf(quoted, 6)).toBe('other');
  });
});

/** What becomes of an error about a packet in a tunnel. */
function relayed(
  [icmpType, code, secondWord]: readonly [number, number, number],
  {
    environment = host({ serverMtu: 1500 }),
    path = undefined as PathMtu | undefined,
    dontFragment = true,
    header = [] as readonly number[],
    damage = 0,
  } = {},
): { told: string; bytes: Uint8Array; sent: Uint8Array } {
  const sent = encodePacket({ ...CLIENTS, dontFragment });
  const quoted = outerOf(header.length === 0 ? 4 : 47, Uint8Array.from([...header, ...sent]));
  const [packet, quote, inner] = [new Packet(), new Packet(), new Packet()];
  const message = encodePacket({
    source: '10.0.0.99',
    destination: '10.0.0.1',
    transport: { type: 'icmp', icmpType, code, secondWord },
    payload: quoted,
  });
  message[23] ^= damage;
  packet.parse(message);
  expect(readIcmpError(packet, quote)).toBe('error');
  expect(readTunnelQuote(quote, () => true, inner)).toBe('tunnel');
  const target = targetOf(SERVER, 53, IpAddress.parse('192.0.2.1'), 53);
  target.path = path;
  const output = new ForwardingOutput();
  const action = relayTunnelError(environment, packet, quote, inner, target, output);
  const bytes = output.bytes.slice(output.offset, output.offset + output.length);
  return { told: `${action} ${output.reason}`, bytes, sent };
}

/** The second word of the error that the client gets. */
function announced(...parameters: Parameters<typeof relayed>): number {
  const { told, bytes } = relayed(...parameters);
  expect(told).toBe('reply error-relayed');
  return new DataView(bytes.buffer).getUint32(24);
}

describe('an error about a tunnel packet', () => {
  it.each([
    [3, 1, 0],
    [3, 3, 7],
    [11, 0, 0],
    [4, 0, 0xdead_beef],
  ] as const)('of type %i and code %i is the same about the packet inside', (...kind) => {
    for (const dontFragment of [true, false]) {
      const { told, bytes, sent } = relayed(kind, { dontFragment });
      const [icmpType, code, secondWord] = kind;
      expect(told).toBe('reply error-relayed');
      expect(bytes).toEqual(
        encodePacket({
          source: '192.168.100.1',
          destination: CLIENTS.source,
          typeOfService: 0xc0,
          timeToLive: 64,
          identification: 1,
          transport: { type: 'icmp', icmpType, code, secondWord },
          payload: sent,
        }),
      );
    }
  });

  it('is dropped when its checksum is wrong, and teaches nothing', () => {
    const path = new PathMtu(1500);

    expect(relayed([3, 4, 1300], { path, damage: 1 }).told).toBe('drop icmp-checksum-wrong');
    expect(path.use()).toBe(1500);
  });

  it('is not sent from a host without an address', () => {
    const environment = { ...host(), client: { mtu: 1500 } };

    expect(relayed([3, 1, 0], { environment }).told).toBe('drop no-own-address');
  });

  it('“fragmentation needed” lowers the path’s MTU, and reaches the client whose packet had DF', () => {
    const path = new PathMtu(1500);
    expect(relayed([3, 4, 0xffff_0514], { path, dontFragment: false }).told).toBe(
      'drop path-mtu-learned',
    );
    expect(path.use()).toBe(1300);
    expect(announced([3, 4, 1200], { path })).toBe(1200 - 20);
  });

  it('announces what the tunnel leaves of the path, or of the interface', () => {
    const gre = [0, 0, 8, 0];
    expect(announced([3, 4, 1300])).toBe(1500 - 20);
    expect(announced([3, 4, 1300], { header: gre })).toBe(1500 - 24);
    const kernel = { subtractsTunnelHeader: false } as ForwardingEnvironment['kernel'] & object;
    const old = { ...host({ serverMtu: 1500 }), kernel };
    expect(announced([3, 4, 1300], { header: gre, environment: old })).toBe(1500 - 20);
    const newer = { ...old, kernel: { ...kernel, subtractsTunnelHeader: true } };
    expect(announced([3, 4, 1300], { header: gre, environment: newer })).toBe(1500 - 24);
  });

  it('announces the MTU itself where the tunnel would leave 68 bytes or less', () => {
    const mtus = [87, 88, 89, 90].map((serverMtu) =>
      announced([3, 4, 1300], { environment: host({ serverMtu }) }),
    );

    expect(mtus).toEqual([87, 88, 69, 70]);
  });
});
