/** nat_icmp_send: which packets outside of any connection a director refuses, wherever they come from. */
import { describe, expect, it } from 'vitest';
import type { Verdict } from '../../src/director/index.js';
import { encodePacket } from '../../src/wire/index.js';
import { parsed, sctp, tcp, udp } from './support/packets.js';
import { type Scene, sceneOf } from './support/scene.js';

const CLIENT = '198.51.100.7:4711';
const RULES = `
-A -t 192.0.2.1:80 -s rr
-a -t 192.0.2.1:80 -r 10.0.0.1:8080 -m
-a -t 192.0.2.1:80 -r 10.0.0.2:80 -g
-a -t 192.0.2.1:80 -r 10.0.0.3:80 -i
-a -t 192.0.2.1:80 -r 192.0.2.77:8080 -m
-A -u 192.0.2.1:53 -s rr
-a -u 192.0.2.1:53 -r 10.0.0.1:5300 -m
-A --sctp-service 192.0.2.1:90 -s rr
-a --sctp-service 192.0.2.1:90 -r 10.0.0.1:9000 -m
-A -f 7 -s rr
-a -f 7 -r 10.0.0.4:0 -m
-A -f 8 -6 -s rr
-a -f 8 -6 -r [2001:db8:2::4]:0 -m`;
const HOST = {
  client: { ipv4: '192.0.2.254' },
  server: { ipv4: '10.0.0.254', ipv6: '2001:db8:2::fe' },
  addresses: ['192.0.2.77', '198.51.100.200'],
};

const sceneWith = (nat_icmp_send: 0 | 1): Scene =>
  sceneOf(RULES, { host: HOST, tunables: { nat_icmp_send } });
const told = ({ action, reason }: Verdict): string => `${action}: ${reason}`;

function esp(source: string): Uint8Array {
  const transport = { type: 'raw', protocol: 50 } as const;
  const destination = CLIENT.replace(/:.*/, '');
  return encodePacket({ source, destination, transport, payload: new Uint8Array(32) });
}

const REFUSED: [string, Uint8Array][] = [
  ['a segment of a masqueraded server', tcp('10.0.0.1:8080', CLIENT, 'A')],
  ['its SYN', tcp('10.0.0.1:8080', CLIENT, 'S')],
  ['its FIN', tcp('10.0.0.1:8080', CLIENT, 'FA')],
  ['its datagram', udp('10.0.0.1:5300', CLIENT)],
  ['its chunk of SCTP', sctp('10.0.0.1:9000', CLIENT, 0)],
];
const ROUTED: [string, Uint8Array][] = [
  ['a segment that ends a connection', tcp('10.0.0.1:8080', CLIENT, 'R')],
  ['one with RST among others', tcp('10.0.0.1:8080', CLIENT, 'RA')],
  ['an ABORT of SCTP', sctp('10.0.0.1:9000', CLIENT, 6)],
  ['a segment of another port', tcp('10.0.0.1:8081', CLIENT, 'A')],
  ['a datagram from a port of TCP', udp('10.0.0.1:8080', CLIENT)],
  ['a segment from a port of UDP', tcp('10.0.0.1:5300', CLIENT, 'A')],
  ['a segment from a port of SCTP', tcp('10.0.0.1:9000', CLIENT, 'A')],
  ['a segment of a server by direct routing', tcp('10.0.0.2:80', CLIENT, 'A')],
  ['a segment of a server behind a tunnel', tcp('10.0.0.3:80', CLIENT, 'A')],
  ['a segment of no server', tcp('10.0.0.9:8080', CLIENT, 'A')],
  ['a packet of ESP from a server of a mark', esp('10.0.0.4')],
  ['a segment from the port of no server of a mark', tcp('10.0.0.4:80', CLIENT, 'A')],
];
/** A server of a mark has port 0, which no client names: every protocol of its family counts. */
const OF_MARK: [string, Uint8Array][] = [
  ['a segment', tcp('10.0.0.4:0', CLIENT, 'A')],
  ['a datagram', udp('10.0.0.4:0', CLIENT)],
  ['a segment of IPv6', tcp('[2001:db8:2::4]:0', '[2001:db8:f::7]:4711', 'A')],
];

describe('nat_icmp_send', () => {
  it.each([...REFUSED, ...OF_MARK])('refuses %s', (_, packet) => {
    const { director } = sceneWith(1);
    const verdict = director.respond(packet.slice());
    const [{ side, bytes }] = verdict.departures();
    const error = parsed(bytes);
    const is4 = error.family === 4;
    const quote = bytes.slice(error.transportOffset + 8);

    expect([told(verdict), side]).toEqual(['reply: port-unreachable', 'server']);
    expect([...bytes.slice(error.transportOffset, error.transportOffset + 2)]).toEqual(
      is4 ? [3, 3] : [1, 4],
    );
    // What passes through is quoted with the TTL that it would have left with.
    expect(parsed(quote).timeToLive).toBe(63);
    expect(told(sceneWith(0).director.respond(packet.slice()))).toBe('accept: no-connection');
  });

  it.each(ROUTED)('routes %s', (_, packet) => {
    const verdict = sceneWith(1).director.respond(packet.slice());

    expect(told(verdict)).toBe('accept: no-connection');
    expect(parsed(verdict.departures()[0]?.bytes).timeToLive).toBe(63);
  });

  it('refuses what is addressed to the host, and quotes it as it came', () => {
    const packet = tcp('10.0.0.1:8080', '198.51.100.200:4711', 'A');
    for (const side of ['client', 'server'] as const) {
      const verdict = sceneWith(1).director.take(packet.slice(), 0, packet.length, side);
      const [departure] = verdict.departures();
      expect(told(verdict)).toBe('reply: port-unreachable');
      expect(departure?.side).toBe(side);
      expect(departure?.bytes.slice(28)).toEqual(packet);
    }
    expect(told(sceneWith(0).director.receive(packet.slice()))).toBe('accept: no-connection');
  });

  it('refuses what a server on the host sends, by an error to the host', () => {
    const packet = tcp('192.0.2.77:8080', CLIENT, 'A');
    const verdict = sceneWith(1).director.observe(packet.slice());

    expect(told(verdict)).toBe('reply: port-unreachable');
    expect(verdict.delivery()?.slice(28)).toEqual(packet);
    expect(told(sceneWith(0).director.observe(packet.slice()))).toBe('accept: no-connection');
  });

  it('leaves what belongs to a connection alone', () => {
    const { director } = sceneWith(1);
    const { server } = director.receive(tcp(CLIENT, '192.0.2.1:80'));
    expect(server?.forwardingMethod).toBe('masquerading');
    const answer = tcp(String(server), CLIENT, 'SA');
    const verdict =
      server?.address.toString() === '192.0.2.77'
        ? director.observe(answer)
        : director.respond(answer);

    expect(told(verdict)).toBe('forward: translated');
  });
});
