/** What becomes of packets, and why. */
import { describe, expect, it } from 'vitest';
import type { Verdict } from '../../src/director/index.js';
import { endsOf, icmpError, parsed, sctp, tcp, udp } from './support/packets.js';
import { listing, run, sceneOf } from './support/scene.js';

const CLIENT = '198.51.100.7:4711';
const VIP = '192.0.2.1:80';
const RULES = `
-A -t ${VIP} -s rr
-a -t ${VIP} -r 10.0.0.1:8080 -m
-A -u ${VIP} -s rr
-a -u ${VIP} -r 10.0.0.1:8080 -m
-A --sctp-service ${VIP} -s rr
-a --sctp-service ${VIP} -r 10.0.0.1:8080 -m
-A -t 192.0.2.2:80 -s rr
-A -t 192.0.2.3:21 -s rr
-a -t 192.0.2.3:21 -r 10.0.0.3:21 -m
-A -t 192.0.2.4:0 -s rr -p 300
-a -t 192.0.2.4:0 -r 10.0.0.4:0 -g
`;

function told({ action, reason }: Verdict): string {
  return `${action}: ${reason}`;
}

describe('a packet without connection', () => {
  it.each<[string, Uint8Array, string]>([
    ['opens one with SYN', tcp(CLIENT, VIP), 'forward: translated'],
    ['opens one with SYN and ACK', tcp(CLIENT, VIP, 'SA'), 'forward: translated'],
    ['opens one with SYN and FIN', tcp(CLIENT, VIP, 'SF'), 'forward: translated'],
    ['is left to the host without SYN', tcp(CLIENT, VIP, 'A'), 'accept: no-connection'],
    ['is left to the host with RST', tcp(CLIENT, VIP, 'SR'), 'accept: no-connection'],
    ['opens one as any datagram', udp(CLIENT, VIP), 'forward: translated'],
    ['opens one with INIT', sctp(CLIENT, VIP), 'forward: translated'],
    ['is left to the host with another chunk', sctp(CLIENT, VIP, 3), 'accept: no-connection'],
    ['is left to the host without service', tcp(CLIENT, '192.0.2.9:80'), 'accept: no-service'],
    ['is left to the host from port 20', tcp('198.51.100.7:20', VIP), 'accept: ftp-data-source'],
    ['is answered without server', tcp(CLIENT, '192.0.2.2:80'), 'reply: no-destination'],
    [
      'is left to the host as data of an FTP service that is not persistent',
      tcp(CLIENT, '192.0.2.3:2000'),
      'accept: no-destination',
    ],
    [
      'is answered by a port-0 service that is not persistent',
      tcp(CLIENT, '192.0.2.4:80'),
      'reply: no-destination',
    ],
  ])('%s', (_, packet, expected) => {
    const { director } = sceneOf(RULES, {
      host: { client: { ipv4: '192.0.2.254' }, addresses: ['192.0.2.9'] },
    });
    director.editService({ address: '192.0.2.4', port: 0 }, { persistence: false });
    expect(told(director.receive(packet))).toBe(expected);
  });

  it('is left as it is when the verdict is accept', () => {
    const { director } = sceneOf(RULES);
    const packet = tcp(CLIENT, VIP, 'A');
    const before = packet.slice();
    director.receive(packet);
    expect(packet).toEqual(before);
    expect(director.receive(packet).departures()).toEqual([]);
  });

  it('gets a port unreachable from the address it was sent to', () => {
    const { director } = sceneOf(RULES);
    const [answer] = director.receive(tcp(CLIENT, '192.0.2.2:80')).departures();
    const { bytes, transportOffset } = parsed(answer?.bytes);
    expect(answer?.side).toBe('client');
    expect([bytes[transportOffset], bytes[transportOffset + 1]]).toEqual([3, 3]);
    expect([...bytes.subarray(12, 20)]).toEqual([192, 0, 2, 2, 198, 51, 100, 7]);
  });

  it('is dropped without server where no error may be sent', () => {
    const { director } = sceneOf(RULES);
    for (const from of ['224.0.0.1:4711', '0.0.0.1:4711'])
      expect(told(director.receive(tcp(from, '192.0.2.2:80')))).toBe('drop: no-destination');
  });

  it.each<[string, string, Uint8Array]>([
    ['sloppy_tcp', 'any segment but RST', tcp(CLIENT, VIP, 'A')],
    ['sloppy_sctp', 'any chunk but ABORT', sctp(CLIENT, VIP, 3)],
  ])('with %s opens one by %s', (name, _, packet) => {
    const { director } = sceneOf(RULES, { tunables: { [name]: 1 } });
    expect(told(director.receive(packet))).toBe('forward: translated');
  });

  it.each<[string, Uint8Array]>([
    ['sloppy_tcp', tcp(CLIENT, VIP, 'R')],
    ['sloppy_sctp', sctp(CLIENT, VIP, 6)],
  ])('is left to the host when it ends one, %s or not', (name, packet) => {
    const { director } = sceneOf(RULES, { tunables: { [name]: 1 } });
    expect(told(director.receive(packet))).toBe('accept: no-connection');
  });
});

describe('a packet that is addressed to nobody here', () => {
  it('is routed on, one hop older', () => {
    const { director } = sceneOf(RULES);
    const verdict = director.respond(tcp('10.0.0.9:80', CLIENT, 'A'));
    expect(told(verdict)).toBe('accept: no-connection');
    const [departure] = verdict.departures();
    expect(departure?.side).toBe('client');
    expect(parsed(departure?.bytes).timeToLive).toBe(63);
  });
});

describe('nat_icmp_send', () => {
  const answer = (): Uint8Array => tcp('10.0.0.1:8080', CLIENT, 'A');

  it('tells a masqueraded server that nobody knows its connection', () => {
    const host = { server: { ipv4: '10.0.0.254' } };
    const { director } = sceneOf(RULES, { tunables: { nat_icmp_send: 1 }, host });
    const verdict = director.respond(answer());
    expect(told(verdict)).toBe('reply: port-unreachable');
    expect(verdict.departures()[0]?.side).toBe('server');
  });

  it.each<[string, number, Uint8Array]>([
    ['is off', 0, tcp('10.0.0.1:8080', CLIENT, 'A')],
    ['sees a RST', 1, tcp('10.0.0.1:8080', CLIENT, 'R')],
    ['sees another port', 1, tcp('10.0.0.1:8081', CLIENT, 'A')],
  ])('tells nobody when it %s', (_, value, packet) => {
    const host = { server: { ipv4: '10.0.0.254' } };
    const { director } = sceneOf(RULES, { tunables: { nat_icmp_send: value }, host });
    expect(told(director.respond(packet))).toBe('accept: no-connection');
  });
});

describe('one-packet scheduling', () => {
  const rules = `
    -A -u ${VIP} -s rr -o
    -a -u ${VIP} -r 10.0.0.1:80 -m
    -a -u ${VIP} -r 10.0.0.2:80 -m`;

  it('schedules each datagram anew, and keeps no connection', () => {
    const scene = sceneOf(rules);
    const servers = [1, 2, 3].map(() => String(scene.director.receive(udp(CLIENT, VIP)).server));
    expect(servers).toEqual(['10.0.0.2:80', '10.0.0.1:80', '10.0.0.2:80']);
    expect(listing(scene)).toEqual([]);
  });

  it('counts each datagram as a connection that leaves no load', () => {
    const { director } = sceneOf(rules);
    for (let i = 0; i < 4; i++) director.receive(udp(CLIENT, VIP));
    expect(director.statistics.total.counted()).toMatchObject({ connections: 4, packetsIn: 4 });
    const [service] = director.services;
    expect([...(service?.servers ?? [])].map(({ total }) => total)).toEqual([0, 0]);
  });

  it('does not concern the TCP packets of a mark', () => {
    const scene = sceneOf('-A -f 1 -s rr -o\n-a -f 1 -r 10.0.0.1:80 -m');
    scene.director.receive(tcp(CLIENT, VIP), 1);
    expect(listing(scene)).toHaveLength(1);
  });
});

describe('cache_bypass', () => {
  const tunables = { cache_bypass: 1 };

  it('lets a packet of a mark without server go on to its own destination', () => {
    const { director } = sceneOf('-A -f 1 -s rr', { tunables });
    const verdict = director.receive(tcp(CLIENT, '203.0.113.5:80'), 1);
    expect(told(verdict)).toBe('forward: routed');
    expect(endsOf(verdict.departures()[0]?.bytes)).toBe(`${CLIENT} > 203.0.113.5:80`);
  });

  it('drops the packet when the table is full', () => {
    const { director } = sceneOf('-A -f 1 -s rr', {
      tunables,
      connectionLimit: 1,
      overflow: 'refuse',
    });
    const reasons = [4711, 4712].map((port) =>
      told(director.receive(tcp(`198.51.100.7:${port}`, '203.0.113.5:80'), 1)),
    );
    expect(reasons).toEqual(['forward: routed', 'drop: table-full']);
  });

  it('does nothing for services with an address', () => {
    const { director } = sceneOf('-A -t [2001:db8::2]:80 -s rr', { tunables });
    const verdict = director.receive(tcp('[2001:db8:f::7]:4711', '[2001:db8::2]:80'));
    expect(told(verdict)).toBe('reply: no-destination');
  });

  it('does nothing for multicast, nor while it is off', () => {
    const { director } = sceneOf('-A -f 1 -s rr', { tunables });
    expect(director.receive(udp(CLIENT, '224.0.0.5:80'), 1).reason).toBe('no-destination');
    director.setTunable('cache_bypass', 0);
    expect(director.receive(tcp(CLIENT, '203.0.113.5:80'), 1).reason).toBe('no-destination');
  });
});

describe('schedule_icmp', () => {
  const quoted = (): Uint8Array => tcp(VIP, CLIENT, 'A');

  it('lets an error open a connection, which stays in its first state', () => {
    const scene = sceneOf(RULES, { tunables: { schedule_icmp: 1 } });
    const verdict = scene.director.receive(
      icmpError('198.51.100.1', '192.0.2.1', [3, 1], quoted()),
    );
    expect(told(verdict)).toBe('forward: error-translated');
    expect(listing(scene)).toEqual([`tcp ${CLIENT} ${VIP} 10.0.0.1:8080 NONE`]);
    scene.wait(3001);
    expect(listing(scene)).toEqual([]);
  });

  it('opens none for client port 20, nor for another port of an FTP service', () => {
    const rules = '-A -t 192.0.2.1:21 -s rr\n-a -t 192.0.2.1:21 -r 10.0.0.1:21 -m';
    const scene = sceneOf(rules, { tunables: { schedule_icmp: 1 } });
    const about = (virtual: string, client: string): string =>
      told(
        scene.director.receive(
          icmpError('198.51.100.1', '192.0.2.1', [3, 1], tcp(virtual, client, 'A')),
        ),
      );
    expect(about('192.0.2.1:21', '198.51.100.7:20')).toBe('accept: no-connection');
    expect(about('192.0.2.1:3000', '198.51.100.7:4000')).toBe('accept: no-connection');
    expect(listing(scene)).toEqual([]);
  });

  it.each([5, 12, 13])(
    'is not asked about messages of type %i, and neither is a connection',
    (type) => {
      const scene = sceneOf(RULES, { tunables: { schedule_icmp: 1 } });
      scene.director.receive(tcp(CLIENT, VIP));
      const message = icmpError('198.51.100.1', '192.0.2.1', [type, 0], quoted());
      expect(told(scene.director.receive(message))).toBe('accept: icmp-not-error');
    },
  );

  it('leaves errors without connection to the host while it is off', () => {
    const { director } = sceneOf(RULES);
    const packet = icmpError('198.51.100.1', '192.0.2.1', [3, 1], quoted());
    expect(told(director.receive(packet))).toBe('accept: no-connection');
  });

  it('tells nobody when there is no destination', () => {
    const { director } = sceneOf(RULES, { tunables: { schedule_icmp: 1 } });
    const packet = icmpError('198.51.100.1', '192.0.2.2', [3, 1], tcp('192.0.2.2:80', CLIENT));
    expect(told(director.receive(packet))).toBe('drop: no-destination');
  });
});

describe('a connection whose server was removed', () => {
  const remove = `-d -t ${VIP} -r 10.0.0.1:8080`;
  const other = `-a -t ${VIP} -r 10.0.0.2:8080 -m`;

  it('is kept, and its packets vanish, without expire_nodest_conn', () => {
    const scene = sceneOf(RULES);
    scene.director.receive(tcp(CLIENT, VIP));
    run(scene.director, `${other}\n${remove}`);
    scene.wait(100);
    expect(told(scene.director.receive(tcp(CLIENT, VIP, 'A')))).toBe('drop: server-removed');
    expect(listing(scene)).toHaveLength(1);
  });

  it('goes 10 ms after the removal with expire_nodest_conn', () => {
    const scene = sceneOf(RULES, { tunables: { expire_nodest_conn: 1 } });
    scene.director.receive(tcp(CLIENT, VIP));
    run(scene.director, `${other}\n${remove}`);
    scene.wait(10);
    expect(listing(scene)).toHaveLength(1);
    scene.wait(1);
    expect(listing(scene)).toEqual([]);
  });

  it('takes its template along with expire_nodest_conn', () => {
    const scene = sceneOf(`-A -t ${VIP} -s rr -p 300\n-a -t ${VIP} -r 10.0.0.1:80 -m`, {
      tunables: { expire_nodest_conn: 1 },
    });
    scene.director.receive(tcp(CLIENT, VIP));
    scene.director.receive(tcp(CLIENT, VIP, 'A'));
    expect(listing(scene)).toHaveLength(2);
    scene.director.removeServer(
      { address: '192.0.2.1', port: 80 },
      { address: '10.0.0.1', port: 80 },
    );
    scene.wait(11);
    expect(listing(scene)).toEqual([]);
  });

  it('lives on when the server returns', () => {
    const { director } = sceneOf(RULES);
    director.receive(tcp(CLIENT, VIP));
    run(director, `${remove}\n${other}\n-a -t ${VIP} -r 10.0.0.1:8080 -m`);
    expect(String(director.receive(tcp(CLIENT, VIP, 'A')).server)).toBe('10.0.0.1:8080');
  });
});
