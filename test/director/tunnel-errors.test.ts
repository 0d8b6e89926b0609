/** Errors about tunnel packets of the director, and what leaves as frames. */
import { describe, expect, it } from 'vitest';
import type { Director } from '../../src/director/index.js';
import { encodePacket, MacAddress, writeEthernetHeader } from '../../src/wire/index.js';
import { endsOf, icmpError, parsed, tcp } from './support/packets.js';
import { sceneOf } from './support/scene.js';
import { TRAFFIC_HOST } from './support/traffic.js';

const VIP = '192.0.2.1:80';
const CLIENT = '198.51.100.7:4711';
const ROUTER = '10.0.0.99';
const OWN = '10.0.0.254';
const TOO_LONG = [3, 4] as const;

function directorWith(server: string): Director {
  return sceneOf(`-A -t ${VIP} -s rr\n-a -t ${VIP} -r ${server}`, { host: TRAFFIC_HOST }).director;
}

/** What becomes of an error about the tunnel packet that a client's packet left in. */
function told(director: Director, error: (tunnel: Uint8Array) => Uint8Array): string {
  const verdict = director.receive(tcp(CLIENT, VIP, 'S', { dontFragment: true }));
  const [{ bytes }] = verdict.departures();
  const { action, reason } = director.receive(error(bytes));
  return `${action}: ${reason}`;
}

describe('an error about a tunnel packet', () => {
  const tooLong = (tunnel: Uint8Array): Uint8Array =>
    icmpError(ROUTER, OWN, TOO_LONG, tunnel, 1400);

  it.each([
    '10.0.0.1:80 -i',
    '10.0.0.1:80 -i --tun-type gre',
    '10.0.0.1:80 -i --tun-type gue --tun-port 6080',
  ])('is relayed to the client: %s', (server) => {
    const director = directorWith(server);
    expect(told(director, tooLong)).toBe('reply: error-relayed');
  });

  it('goes to the client whose packet was inside', () => {
    const director = directorWith('10.0.0.1:80 -i');
    const [{ bytes }] = director
      .receive(tcp(CLIENT, VIP, 'S', { dontFragment: true }))
      .departures();
    const [{ side, bytes: relayed }] = director.receive(tooLong(bytes)).departures();
    const at = parsed(relayed).transportOffset;
    expect([side, relayed[at], relayed[at + 1]]).toEqual(['client', 3, 4]);
    expect(endsOf(relayed.slice(at + 8))).toBe(`${CLIENT} > ${VIP}`);
  });

  it('is counted when it is relayed, not when only the director learns from it', () => {
    for (const [dontFragment, expected] of [
      [true, 1],
      [false, 0],
    ] as const) {
      const director = directorWith('10.0.0.1:80 -i');
      const packet = tcp(CLIENT, VIP, 'S', { dontFragment });
      const [{ bytes }] = director.receive(packet).departures();
      const { action } = director.receive(tooLong(bytes));

      expect(action).toBe(dontFragment ? 'reply' : 'drop');
      expect(director.statistics.total.counted().packetsOut).toBe(expected);
    }
  });

  it('is left to the host when the connection of the client is none of the director’s', () => {
    const [known, unknown] = [0, 1].map(() => directorWith('10.0.0.1:80 -i'));
    const [{ bytes }] = known.receive(tcp(CLIENT, VIP, 'S')).departures();
    const { action, reason, server } = unknown.receive(tooLong(bytes));
    expect([action, reason, server]).toEqual(['accept', 'no-connection', undefined]);
  });

  it('is none of the director’s when its server has no such tunnel', () => {
    const [gre, ipip] = ['10.0.0.1:80 -i --tun-type gre', '10.0.0.1:80 -i'].map(directorWith);
    const [{ bytes }] = ipip.receive(tcp(CLIENT, VIP, 'S')).departures();
    gre.receive(tcp(CLIENT, VIP, 'S'));
    const { action, reason } = gre.receive(tooLong(bytes));
    expect(`${action}: ${reason}`).toBe('accept: quote-unusable');
  });

  it.each([
    [
      'has another port',
      '10.0.0.1:80 -i --tun-type gue --tun-port 6080',
      '10.0.0.1:80 -i --tun-type gue --tun-port 6081',
      'no-connection',
    ],
    ['has another address', '10.0.0.1:80 -i', '10.0.0.2:80 -i', 'quote-unusable'],
    ['is masqueraded', '10.0.0.1:80 -i', '10.0.0.1:80 -m', 'quote-unusable'],
    [
      'has an IPv6 address with the same end',
      '10.0.0.1:80 -i',
      '[2001:db8::a00:1]:80 -i',
      'quote-unusable',
    ],
  ])('is none of the director’s when its server %s', (_, server, other, expected) => {
    const [bytes] = directorWith(server)
      .receive(tcp(CLIENT, VIP, 'S'))
      .departures()
      .map((each) => each.bytes);
    const director = directorWith(other);
    director.receive(tcp(CLIENT, VIP, 'S'));
    const { action, reason } = director.receive(tooLong(bytes));
    expect(`${action}: ${reason}`).toBe(`accept: ${expected}`);
    expect(director.statistics.total.counted().packetsOut).toBe(0);
  });

  it('is none when nothing inside can be read', () => {
    const director = directorWith('10.0.0.1:80 -i');
    const cut = encodePacket({
      source: OWN,
      destination: '10.0.0.1',
      transport: { type: 'raw', protocol: 4 },
      payload: new Uint8Array(8),
    });
    const { action, reason } = director.receive(icmpError(ROUTER, OWN, TOO_LONG, cut, 1400));
    expect(`${action}: ${reason}`).toBe('accept: quote-unusable');
  });
});

describe('what leaves a host with a link layer', () => {
  it('leaves as a frame with the link addresses of the interface and the neighbor', () => {
    const [own, neighbor] = [new MacAddress(0x0200, 1), new MacAddress(0x0200, 2)];
    const link = { client: own, server: own, resolveNeighbor: () => neighbor };
    const { director } = sceneOf(`-A -t ${VIP} -s rr\n-a -t ${VIP} -r 10.0.0.1:80 -m`, {
      host: { link },
    });
    const packet = tcp(CLIENT, VIP);
    const frame = new Uint8Array(14 + packet.length);
    frame.set(packet, 14);
    writeEthernetHeader(new DataView(frame.buffer), 0, own, neighbor, 0x0800);
    const departures = director.receive(frame).departures();

    expect(departures.map(({ side }) => side)).toEqual(['server']);
    const [{ bytes }] = departures;
    expect([...bytes.subarray(0, 14)]).toEqual([2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 8, 0]);
    expect(endsOf(bytes.slice(14))).toBe(`${CLIENT} > 10.0.0.1:80`);
  });
});
