/** ICMP messages by what they are about and where they come from: the verdict, what leaves, and what is counted. */
import { describe, expect, it } from 'vitest';
import type { DirectorOptions, Verdict } from '../../src/director/index.js';
import type { Origin } from '../../src/forwarding/index.js';
import { encodePacket } from '../../src/wire/index.js';
import { endsOf, icmpError, parsed, tcp, udp } from './support/packets.js';
import { listing, type Scene, sceneOf } from './support/scene.js';

interface Ends {
  readonly client: string;
  readonly virtual: string;
  readonly server: string;
  readonly router: string;
}
const ENDS: Readonly<Record<4 | 6, Ends>> = {
  4: { client: '198.51.100.7', virtual: '192.0.2.1', server: '10.0.0.1', router: '203.0.113.9' },
  6: {
    client: '2001:db8:f::7',
    virtual: '2001:db8::1',
    server: '2001:db8:2::1',
    router: '2001:db8:e::9',
  },
};
const HOST = {
  client: { ipv4: '192.0.2.254', ipv6: '2001:db8:1::fe' },
  server: { ipv4: '10.0.0.254', ipv6: '2001:db8:2::fe' },
};
const FAMILIES = [4, 6] as const;
const UNREACHABLE = { 4: [3, 1], 6: [1, 0] } as const;

const end = (address: string, port: number): string =>
  address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;

/** A director with one connection of a method. */
function opened(family: 4 | 6, method: string, options: Partial<DirectorOptions> = {}): Scene {
  const { client, virtual, server } = ENDS[family];
  const name = `-t ${end(virtual, 80)}`;
  const port = method === '-m' ? 8080 : 80;
  const scene = sceneOf(`-A ${name} -s rr\n-a ${name} -r ${end(server, port)} ${method}`, {
    host: HOST,
    ...options,
  });
  scene.director.receive(tcp(end(client, 4711), end(virtual, 80)));
  return scene;
}

/** How many packets and bytes were counted since the connection was opened: from clients, and to clients. */
function counted({ director }: Scene, act: () => void): number[] {
  const read = (): number[] => {
    const { packetsIn, bytesIn, packetsOut, bytesOut } = director.statistics.total.counted();
    return [packetsIn, bytesIn, packetsOut, bytesOut].map(Number);
  };
  const before = read();
  act();
  return read().map((value, index) => value - before[index]);
}

const told = ({ action, reason, server, service }: Verdict): string =>
  `${action} ${reason}${server === undefined ? '' : ' server'}${service === undefined ? '' : ' service'}`;

/** The packet in an error that leaves or is delivered. */
function quoteOf(verdict: Verdict): string {
  const bytes = verdict.delivery() ?? verdict.departures()[0]?.bytes ?? new Uint8Array(0);
  return endsOf(bytes.slice(parsed(bytes).transportOffset + 8));
}

describe.each(FAMILIES)('an error over IPv%i', (family) => {
  const { client, virtual, server, router } = ENDS[family];
  const aboutAnswer = (): Uint8Array => tcp(end(virtual, 80), end(client, 4711), 'A');
  const aboutRequest = (port: number): Uint8Array => tcp(end(client, 4711), end(server, port), 'A');
  const error = (from: string, to: string, about: Uint8Array): Uint8Array =>
    icmpError(from, to, UNREACHABLE[family], about);

  it.each([
    ['-m', 'forward error-translated server', end(server, 8080)],
    ['-g', 'forward routed server', end(virtual, 80)],
    ['-i', 'forward encapsulated server', undefined],
  ])(
    'about an answer goes to the server by %s, and counts as a packet of the client',
    (method, verdictText, from) => {
      const scene = opened(family, method);
      const [before] = listing(scene);
      const message = error(router, virtual, aboutAnswer());
      const { length } = message;
      let verdict: Verdict | undefined;
      const counts = counted(scene, () => {
        verdict = scene.director.receive(message);
      });

      expect(verdict && told(verdict)).toBe(verdictText);
      expect(counts).toEqual([1, length, 0, 0]);
      if (from !== undefined && verdict)
        expect(quoteOf(verdict)).toBe(`${from} > ${end(client, 4711)}`);
      expect(listing(scene)).toEqual([before]);
    },
  );

  it('about an answer goes to the server from wherever it passes', () => {
    for (const origin of ['client', 'server', 'host'] as const) {
      const scene = opened(family, '-m');
      const message = error(router, client, aboutAnswer());
      const counts = counted(scene, () => {
        const verdict = scene.director.take(message, 0, message.length, origin);
        expect([origin, told(verdict)]).toEqual([origin, 'forward error-translated server']);
        expect(verdict.output.side).toBe('server');
      });
      expect(counts).toEqual([1, message.length, 0, 0]);
    }
  });

  it('about a request goes to the client, and counts as a packet of the server', () => {
    const scene = opened(family, '-m');
    const message = error(router, client, aboutRequest(8080));
    const { length } = message;
    const counts = counted(scene, () => {
      const verdict = scene.director.respond(message);
      expect(told(verdict)).toBe('forward error-translated server');
      expect(verdict.output.side).toBe('client');
      expect(quoteOf(verdict)).toBe(`${end(client, 4711)} > ${end(virtual, 80)}`);
    });

    expect(counts).toEqual([0, 0, 1, length]);
  });

  it('about a request that was not translated is routed on, and counts', () => {
    const scene = opened(family, '-g');
    const message = error(router, client, tcp(end(client, 4711), end(virtual, 80), 'A'));
    const { length } = message;
    const counts = counted(scene, () => {
      const verdict = scene.director.respond(message);
      expect(told(verdict)).toBe('accept no-connection server');
      expect(quoteOf(verdict)).toBe(`${end(client, 4711)} > ${end(virtual, 80)}`);
    });

    expect(counts).toEqual([0, 0, 1, length]);
  });

  it('with a wrong checksum is lost where it would be translated, and not counted to the client', () => {
    for (const [method, expected] of [
      ['-m', 'drop icmp-checksum-wrong server'],
      ['-g', 'forward routed server'],
    ] as const) {
      const scene = opened(family, method);
      const there = error(router, virtual, aboutAnswer());
      there[parsed(there).transportOffset + 2] ^= 1;
      expect(told(scene.director.receive(there))).toBe(expected);
    }
    const scene = opened(family, '-m');
    const back = error(router, client, aboutRequest(8080));
    back[parsed(back).transportOffset + 2] ^= 1;
    const counts = counted(scene, () => {
      expect(told(scene.director.respond(back))).toBe('drop icmp-checksum-wrong server');
    });
    expect(counts).toEqual([0, 0, 0, 0]);
  });

  it('about a request, which the host sends, counts as a packet of the server if it is sound', () => {
    for (const [method, damage, verdictText, expected] of [
      ['-m', 0, 'forward error-translated server', 1],
      ['-m', 1, 'drop icmp-checksum-wrong server', 0],
      ['-g', 0, 'accept no-connection', 1],
    ] as const) {
      const scene = opened(family, method);
      const about = method === '-m' ? aboutRequest(8080) : tcp(end(client, 4711), end(virtual, 80));
      const message = error(router, client, about);
      message[parsed(message).transportOffset + 2] ^= damage;
      const counts = counted(scene, () => {
        expect(told(scene.director.observe(message))).toBe(verdictText);
      });
      expect(counts).toEqual([0, 0, expected, expected * message.length]);
    }
  });

  it.each([
    [
      'about no connection',
      tcp(end(virtual, 80), end(client, 4712), 'A'),
      'no-connection',
      'no-connection',
    ],
    ['about another protocol', encodeRaw(family, 47), 'no-connection', 'quote-unusable'],
    [
      'without a whole quote',
      aboutAnswer().slice(0, family === 4 ? 23 : 43),
      'quote-unusable',
      'quote-unusable',
    ],
  ] as const)('%s is left alone', (_, about, toHost, reason) => {
    const scene = opened(family, '-m');
    const message = error(router, virtual, about);
    const counts = counted(scene, () => {
      const local = scene.director.receive(message.slice());
      expect(told(local)).toBe(`accept ${toHost}`);
      expect(local.delivery()).toEqual(message);
      const passing = scene.director.respond(error(router, client, about));
      expect(told(passing)).toBe(`accept ${reason}`);
      expect(passing.output.side).toBe('client');
      const own = scene.director.observe(error(router, client, about));
      expect(told(own)).toBe(`accept ${reason}`);
    });
    expect(counts).toEqual([0, 0, 0, 0]);
  });

  it('is none when it is cut short, or no error', () => {
    const { director } = opened(family, '-m');
    const echo = icmpError(router, virtual, family === 4 ? [8, 0] : [128, 0], aboutAnswer());
    const short = encodePacket({
      source: router,
      destination: virtual,
      transport: { type: 'raw', protocol: family === 4 ? 1 : 58 },
      payload: new Uint8Array(7),
    });
    const to = (bytes: Uint8Array, origin: Origin): string =>
      told(director.take(bytes.slice(), 0, bytes.length, origin));

    for (const origin of ['client', 'server', 'host'] as const) {
      expect(to(echo, origin)).toBe('accept icmp-not-error');
      expect(to(short, origin)).toBe('drop icmp-truncated');
    }
  });
});

/** A packet from the virtual address to the client of a protocol without services. */
function encodeRaw(family: 4 | 6, protocol: number): Uint8Array {
  const { virtual, client } = ENDS[family];
  const transport = { type: 'raw', protocol } as const;
  return encodePacket({
    source: virtual,
    destination: client,
    transport,
    payload: new Uint8Array(16),
  });
}

describe('schedule_icmp', () => {
  const rules = `
    -A -t 192.0.2.1:80 -s rr
    -a -t 192.0.2.1:80 -r 10.0.0.1:80 -m
    -A -u 192.0.2.1:53 -s rr -o
    -a -u 192.0.2.1:53 -r 10.0.0.1:53 -m
    -A -t 192.0.2.2:80 -s rr`;
  const about = (quote: Uint8Array, schedule: 0 | 1): [string, string[]] => {
    const scene = sceneOf(rules, { host: HOST, tunables: { schedule_icmp: schedule } });
    const { virtual, router } = ENDS[4];
    return [
      told(scene.director.receive(icmpError(router, virtual, [3, 1], quote))),
      listing(scene).map((line) => line.split(' ').slice(0, 4).join(' ')),
    ];
  };

  it('opens a connection for what a service might have sent', () => {
    const quote = tcp('192.0.2.1:80', '198.51.100.7:4711', 'A');
    const row = 'tcp 198.51.100.7:4711 192.0.2.1:80 10.0.0.1:80';

    expect(about(quote, 1)).toEqual(['forward error-translated server service', [row]]);
    expect(about(quote, 0)).toEqual(['accept no-connection', []]);
  });

  it('opens one that stays for a datagram of a one-packet service', () => {
    expect(about(udp('192.0.2.1:53', '198.51.100.7:4711'), 1)).toEqual([
      'forward error-translated server service',
      ['udp 198.51.100.7:4711 192.0.2.1:53 10.0.0.1:53'],
    ]);
  });

  it('opens none for other protocols, whatever the service of a mark takes', () => {
    const { director, ...scene } = sceneOf('-A -f 5 -s rr\n-a -f 5 -r 10.0.0.1:80 -g', {
      host: HOST,
      tunables: { schedule_icmp: 1 },
    });
    const { virtual, router } = ENDS[4];
    const message = icmpError(router, virtual, [3, 1], encodeRaw(4, 50));

    expect(told(director.receive(message, 5))).toBe('accept no-connection');
    expect(listing({ director, ...scene })).toEqual([]);
  });

  it('opens none for other protocols, without a service, or without a server', () => {
    expect(about(encodeRaw(4, 50), 1)).toEqual(['accept no-connection', []]);
    expect(about(udp('192.0.2.1:80', '198.51.100.7:4711'), 1)).toEqual([
      'accept no-connection',
      [],
    ]);
    expect(about(tcp('192.0.2.2:80', '198.51.100.7:4711', 'A'), 1)).toEqual([
      'drop no-destination service',
      [],
    ]);
  });
});

describe('an error that quotes a later fragment', () => {
  const fragment = (protocol: number): Uint8Array =>
    encodePacket({
      source: '192.0.2.1',
      destination: '198.51.100.7',
      transport: { type: 'raw', protocol },
      // What would be the ports of the connection.
      payload: Uint8Array.of(0, 80, 0x12, 0x67, ...new Uint8Array(20)),
      fragmentOffset: 8,
    });
  const verdicts = (kernel: '6.1.176' | '6.12.117', protocol: number): string[] => {
    const rules = ['-t', '-u'].map(
      (kind) => `-A ${kind} 192.0.2.1:80 -s rr\n-a ${kind} 192.0.2.1:80 -r 10.0.0.1:80 -m`,
    );
    const { director } = sceneOf(rules.join('\n'), { host: HOST, kernel });
    director.receive(tcp('198.51.100.7:4711', '192.0.2.1:80'));
    director.receive(udp('198.51.100.7:4711', '192.0.2.1:80'));
    const to = (destination: string): Uint8Array =>
      icmpError('203.0.113.9', destination, [3, 1], fragment(protocol));
    return [told(director.receive(to('192.0.2.1'))), told(director.respond(to('198.51.100.7')))];
  };

  it('is left to the host by newer kernels', () => {
    for (const protocol of [6, 17])
      expect(verdicts('6.12.117', protocol)).toEqual([
        'accept quote-unusable',
        'accept quote-unusable',
      ]);
  });

  it('is taken for one about a first fragment by older ones, but for those of UDP that are addressed to the host', () => {
    expect(verdicts('6.1.176', 6)).toEqual([
      'forward error-translated server',
      'forward error-translated server',
    ]);
    expect(verdicts('6.1.176', 17)).toEqual([
      'accept quote-unusable',
      'forward error-translated server',
    ]);
  });
});
