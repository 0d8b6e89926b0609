/** Packets of the director's own host: its programs as clients, and what a director without connections leaves alone. */
import { describe, expect, it } from 'vitest';
import type { Verdict } from '../../src/director/index.js';
import { endsOf, icmpError, parsed, tcp, udp } from './support/packets.js';
import { listing, run, type Scene, sceneOf } from './support/scene.js';

const VIP = '192.0.2.1:80';
/** A socket of the host, which has the virtual address when it connects to it. */
const SOCKET = '192.0.2.1:40000';
const HOST = {
  client: { ipv4: '192.0.2.254' },
  server: { ipv4: '10.0.0.254' },
  addresses: ['192.0.2.77'],
};

function sceneWith(server: string): Scene {
  const each = (kind: string): string => `-A ${kind} ${VIP} -s rr\n-a ${kind} ${VIP} -r ${server}`;
  return sceneOf(`${each('-t')}\n${each('-u')}`, { host: HOST });
}

function told({ action, reason, delivers, leaves }: Verdict): string {
  return `${action}: ${reason}${delivers ? ', delivered' : ''}${leaves ? ', leaves' : ''}`;
}

describe('a client on the host', () => {
  it('reaches a masqueraded server, and gets its answers from the virtual end', () => {
    const scene = sceneWith('10.0.0.1:8080 -m');
    const { director } = scene;
    const request = director.observe(tcp(SOCKET, VIP, 'S', { timeToLive: 64 }));

    expect(told(request)).toBe('forward: translated, leaves');
    expect(request.departures()).toEqual([
      { side: 'server', bytes: tcp(SOCKET, '10.0.0.1:8080', 'S', { timeToLive: 63 }) },
    ]);

    const answer = director.respond(tcp('10.0.0.1:8080', SOCKET, 'SA', { timeToLive: 9 }));

    expect(told(answer)).toBe('accept: translated, delivered');
    expect(answer.delivery()).toEqual(tcp(VIP, SOCKET, 'SA', { timeToLive: 9 }));

    director.observe(tcp(SOCKET, VIP, 'A'));

    expect(director.statistics.total.counted()).toMatchObject({ packetsIn: 2, packetsOut: 1 });
    expect(listing(scene)).toEqual([`tcp ${SOCKET} ${VIP} 10.0.0.1:8080 ESTABLISHED`]);
  });

  it('gets answers that come in on the side of the clients, past the fast path', () => {
    const { director } = sceneWith('10.0.0.1:8080 -m');
    director.observe(tcp(SOCKET, VIP));

    expect(endsOf(director.receive(tcp('10.0.0.1:8080', SOCKET, 'A')).delivery())).toBe(
      `${VIP} > ${SOCKET}`,
    );
  });

  it('reaches a masqueraded server on a loopback address', () => {
    const { director } = sceneWith('127.0.0.1:8080 -m');
    const request = director.observe(tcp(SOCKET, VIP));

    expect(told(request)).toBe('accept: translated, delivered');
    expect(request.delivery()).toEqual(tcp(SOCKET, '127.0.0.1:8080'));

    const answer = director.observe(tcp('127.0.0.1:8080', SOCKET, 'SA'));

    expect(told(answer)).toBe('accept: translated, delivered');
    expect(answer.delivery()).toEqual(tcp(VIP, SOCKET, 'SA'));
  });

  it('reaches a server on the host as it is by direct routing', () => {
    const { director } = sceneWith('127.0.0.1:80 -g');

    expect(director.observe(tcp(SOCKET, VIP)).delivery()).toEqual(tcp(SOCKET, VIP));
    expect(told(director.observe(tcp(VIP, SOCKET, 'SA')))).toBe('accept: unchanged, delivered');
  });

  it('sends to a remote server by direct routing', () => {
    const { director } = sceneWith('10.0.0.1:80 -g');
    const verdict = director.observe(tcp(SOCKET, VIP, 'S', { timeToLive: 64 }));

    expect(told(verdict)).toBe('forward: routed, leaves');
    expect(verdict.departures()[0]?.bytes).toEqual(tcp(SOCKET, VIP, 'S', { timeToLive: 63 }));
  });

  it('is refused by an error to the host when there is no server', () => {
    const { director } = sceneWith('10.0.0.1:80 -g');
    run(director, `-d -t ${VIP} -r 10.0.0.1:80`);
    const verdict = director.observe(tcp(SOCKET, VIP));
    const error = parsed(verdict.delivery());

    expect(told(verdict)).toBe('reply: no-destination, delivered');
    expect(verdict.departures()).toEqual([]);
    expect([...error.bytes.subarray(12, 22)]).toEqual([192, 0, 2, 1, 192, 0, 2, 1, 3, 3]);
  });

  it('gets errors about its packets translated', () => {
    const { director } = sceneWith('10.0.0.1:8080 -m');
    const [sent] = director.observe(udp(SOCKET, VIP)).departures();
    const error = icmpError('10.0.0.1', '192.0.2.1', [3, 3], sent.bytes);
    const verdict = director.respond(error);
    const delivery = verdict.delivery() as Uint8Array;

    expect(told(verdict)).toBe('accept: error-translated, delivered');
    expect([...delivery.subarray(12, 16)]).toEqual([192, 0, 2, 1]);
    expect(endsOf(delivery.subarray(28))).toBe(`${SOCKET} > ${VIP}`);
  });
});

describe('a packet of the host', () => {
  it.each([
    ['to another address', tcp('192.0.2.254:4000', '203.0.113.9:80'), 'accept: no-service'],
    [
      'to an address of its own',
      tcp('192.0.2.254:4000', '192.0.2.77:80'),
      'accept: no-service, delivered',
    ],
    [
      'that is an echo request',
      icmpError('192.0.2.1', '203.0.113.9', [8, 0], new Uint8Array(8)),
      'accept: icmp-not-error',
    ],
  ])('%s leaves as it is', (_, packet, expected) => {
    const { director } = sceneWith('10.0.0.1:80 -m');
    const before = packet.slice();

    expect(told(director.observe(packet))).toBe(expected);
    expect(packet).toEqual(before);
  });

  it('that is malformed is dropped', () => {
    const { director } = sceneWith('10.0.0.1:80 -m');

    expect(director.observe(new Uint8Array(3)).action).toBe('drop');
  });

  it('leaves as it is without a service of its family', () => {
    const { director } = sceneWith('10.0.0.1:80 -m');

    expect(told(director.observe(tcp('[2001:db8::1]:4000', '[2001:db8::2]:80')))).toBe(
      'accept: no-service-of-family',
    );
  });
});

describe('nat_icmp_send', () => {
  const RULES = `-A -u ${VIP} -s rr\n-a -u ${VIP} -r 192.0.2.77:5353 -m\n-a -u ${VIP} -r 10.0.0.1:5353 -m`;
  const options = { host: HOST, tunables: { nat_icmp_send: 1 } };

  it('refuses what a masqueraded server on the host sends outside of connections', () => {
    const { director } = sceneOf(RULES, options);
    const verdict = director.observe(udp('192.0.2.77:5353', '198.51.100.7:4711'));
    const error = verdict.delivery() as Uint8Array;

    expect(told(verdict)).toBe('reply: port-unreachable, delivered');
    expect([...error.subarray(12, 22)]).toEqual([192, 0, 2, 77, 192, 0, 2, 77, 3, 3]);
  });

  it('refuses what a remote one sends to an address of the host', () => {
    const { director } = sceneOf(RULES, options);
    const verdict = director.respond(udp('10.0.0.1:5353', '192.0.2.254:4000'));

    expect(told(verdict)).toBe('reply: port-unreachable, leaves');
    expect([...(verdict.departures()[0]?.bytes.subarray(12, 20) ?? [])]).toEqual([
      192, 0, 2, 254, 10, 0, 0, 1,
    ]);
  });

  it.each([
    ['from another port', '192.0.2.77:5354'],
    ['from another address', '192.0.2.254:5353'],
  ])('lets pass what the host sends %s', (_, from) => {
    const { director } = sceneOf(RULES, options);

    expect(told(director.observe(udp(from, '198.51.100.7:4711')))).toBe('accept: no-service');
  });

  it.each([
    ['10.0.0.1:80', VIP],
    ['[2001:db8:2::1]:80', '[2001:db8::1]:80'],
  ])(
    'refuses what %s sends on a connection to its own service, from the next segment on',
    (server, vip) => {
      const { director } = sceneOf(`-A -t ${vip} -s rr\n-a -t ${vip} -r ${server} -m`);
      for (const flags of ['S', 'A']) director.receive(tcp(server, vip, flags));
      director.setTunable('nat_icmp_send', 1);

      expect(told(director.receive(tcp(server, vip, 'A')))).toBe('reply: port-unreachable, leaves');
    },
  );

  it('lets a reset of a masqueraded server pass', () => {
    const { director } = sceneOf(RULES.replaceAll('-u', '-t'), options);

    expect(told(director.observe(tcp('192.0.2.77:5353', '198.51.100.7:4711', 'R')))).toBe(
      'accept: no-connection',
    );
  });
});
