/** Packets of known connections by their effect alone, compared with whole packets. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ConnectionTracking } from '../../src/conntrack/connection-tracking.js';
import { ConnectionKey } from '../../src/connections/entries/connection-key.js';
import type { DirectorOptions } from '../../src/director/index.js';
import { IpAddress } from '../../src/ip-address.js';
import { TCP_FLAG } from '../../src/wire/index.js';
import { endOf, sctp, tcp, udp } from './support/packets.js';
import { listing, run, type Scene, sceneOf } from './support/scene.js';

const PROTOCOLS = { tcp: 6, udp: 17, sctp: 132 } as const;
const TCP_FLAGS = {
  S: TCP_FLAG.SYN,
  A: TCP_FLAG.ACK,
  FA: TCP_FLAG.FIN | TCP_FLAG.ACK,
  R: TCP_FLAG.RST,
} as const;
/** DATA, COOKIE ECHO, SHUTDOWN, ABORT. */
const CHUNKS = { S: 0, A: 10, FA: 7, R: 6 } as const;

type Kind = keyof typeof TCP_FLAGS;
type Protocol = keyof typeof PROTOCOLS;

interface Conversation {
  readonly protocol: Protocol;
  readonly client: string;
  readonly virtual: string;
  readonly server: string;
}

function conversationOf(protocol: Protocol, family: 4 | 6): Conversation {
  return family === 4
    ? { protocol, client: '198.51.100.7:4711', virtual: '192.0.2.1:80', server: '10.0.0.1:8080' }
    : {
        protocol,
        client: '[2001:db8:f::7]:4711',
        virtual: '[2001:db8::1]:80',
        server: '[fd00::1]:8080',
      };
}

function rulesOf({ protocol, virtual, server }: Conversation, method: string): string {
  const flag = { tcp: '-t', udp: '-u', sctp: '--sctp-service' }[protocol];
  const real = method === '-m' ? server : server.replace('8080', '80');
  return `-A ${flag} ${virtual} -s rr -p 300\n-a ${flag} ${virtual} -r ${real} ${method}`;
}

function packetOf(protocol: Protocol, from: string, to: string, kind: Kind): Uint8Array {
  if (protocol === 'tcp') return tcp(from, to, kind);
  return protocol === 'udp' ? udp(from, to) : sctp(from, to, CHUNKS[kind]);
}

function keyOf({ protocol, client, virtual }: Conversation): ConnectionKey {
  const key = new ConnectionKey();
  key.protocol = PROTOCOLS[protocol];
  const [from, to] = [client, virtual].map(endOf);
  key.setClient(IpAddress.parse(from.address), from.port);
  return key.setVirtual(IpAddress.parse(to.address), to.port);
}

/** A director that has seen the packet that opens a connection. */
function opened(talk: Conversation, method: string, options: Partial<DirectorOptions> = {}): Scene {
  const scene = sceneOf(rulesOf(talk, method), options);
  const { protocol, client, virtual } = talk;
  scene.director.receive(
    protocol === 'sctp' ? sctp(client, virtual) : packetOf(protocol, client, virtual, 'S'),
  );
  return scene;
}

/** All that packets change: entries, timers, counters. */
function traces(scene: Scene): unknown {
  return [listing(scene), JSON.parse(JSON.stringify(scene.director))];
}

const steps = fc.array(
  fc.record({
    kind: fc.constantFrom<Kind>('S', 'A', 'A', 'FA', 'R'),
    fromServer: fc.boolean(),
    ms: fc.constantFrom(1, 500, 1500),
    more: fc.nat({ max: 20 }),
  }),
  { minLength: 1, maxLength: 20 },
);

describe('a packet of a known connection, by its effect alone', () => {
  it.each<[Protocol, 4 | 6]>([
    ['tcp', 4],
    ['udp', 4],
    ['sctp', 4],
    ['tcp', 6],
    ['udp', 6],
  ])('leaves behind what the whole packet does: %s over IPv%i', (protocol, family) => {
    const talk = conversationOf(protocol, family);
    fc.assert(
      fc.property(fc.constantFrom('-m', '-g', '-i'), steps, (method, list) => {
        const whole = opened(talk, method);
        const effect = opened(talk, method);
        const { known } = effect.director;
        for (const { kind, fromServer, ms } of list) {
          for (const { wait } of [whole, effect]) wait(ms);
          const slot = known.find(keyOf(talk));
          if (slot < 0 || (kind === 'S' && !fromServer)) break;
          if (fromServer && !known.isAnsweredHere(slot)) continue;
          const [from, to] = fromServer ? [talk.server, talk.client] : [talk.client, talk.virtual];
          const bytes = packetOf(protocol, from, to, kind);
          const code = protocol === 'tcp' ? TCP_FLAGS[kind] : CHUNKS[kind];
          const does = fromServer ? 'fromServer' : 'fromClient';
          known[does](slot, PROTOCOLS[protocol], code, bytes.length, effect.clock.now());
          if (fromServer) whole.director.respond(bytes);
          else whole.director.receive(bytes);
          expect(traces(effect)).toEqual(traces(whole));
        }
      }),
      { numRuns: 40 },
    );
  });
});

describe('a connection whose packets have to pass the director', () => {
  const talk = conversationOf('tcp', 4);
  const isKnown = (scene: Scene): boolean => scene.director.known.find(keyOf(talk)) >= 0;

  it('is every one that is not in the table', () => {
    expect(isKnown(sceneOf(rulesOf(talk, '-m')))).toBe(false);
    expect(isKnown(sceneOf(''))).toBe(false);
    expect(isKnown(opened(talk, '-m'))).toBe(true);
  });

  it('is one that is answered here, or not, by the method of its server', () => {
    const answered = ['-m', '-g', '-i'].map((method) => {
      const { known } = opened(talk, method).director;
      const slot = known.find(keyOf(talk));
      return [known.isAnsweredHere(slot), String(known.serverOf(slot)?.address)];
    });
    expect(answered).toEqual([
      [true, '10.0.0.1'],
      [false, '10.0.0.1'],
      [false, '10.0.0.1'],
    ]);
  });

  it('is one of a server that was removed', () => {
    const scene = opened(talk, '-m');
    scene.director.removeServer(
      { address: '192.0.2.1', port: 80 },
      { address: '10.0.0.1', port: 8080 },
    );
    expect(isKnown(scene)).toBe(false);
  });

  it('is every one while connections are tracked, or unexpected packets refused', () => {
    expect(isKnown(opened(talk, '-m', { tracking: new ConnectionTracking() }))).toBe(false);
    expect(isKnown(opened(talk, '-m', { tunables: { nat_icmp_send: 1 } }))).toBe(false);
  });

  it('is one of a server on the host', () => {
    const scene = opened(talk, '-m');
    scene.director.addresses.add('10.0.0.1');
    expect(isKnown(scene)).toBe(false);
  });

  it('is every one of a director with persistence engines', () => {
    const scene = opened(talk, '-m');
    run(scene.director, '-A -u 192.0.2.9:5060 -s rr -p 300 --pe sip');
    expect(isKnown(scene)).toBe(false);
  });
});
