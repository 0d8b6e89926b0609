/** AH and ESP follow the connection of their key exchange. */
import { describe, expect, it } from 'vitest';
import type { Verdict } from '../../src/director/index.js';
import { encodePacket } from '../../src/wire/index.js';
import { udp } from './support/packets.js';
import { listing, type Scene, sceneOf } from './support/scene.js';

const ENDS = {
  4: { source: '198.51.100.7', destination: '192.0.2.1', server: '10.0.0.1' },
  6: { source: '2001:db8:f::7', destination: '2001:db8::1', server: 'fd00::1' },
} as const;
const AH = 51;
const ESP = 50;

interface Part {
  readonly fragmentOffset: number;
  readonly moreFragments: boolean;
}

/** Two servers, so that a second choice would show, and a connection to one of them. */
function opened(family: 4 | 6): Scene {
  const { source, destination, server } = ENDS[family];
  const text = (address: string): string => (family === 4 ? address : `[${address}]`);
  const vip = `${text(destination)}:500`;
  const other = server.replace(/1$/, '2');
  const scene = sceneOf(
    [
      `-A -u ${vip} -s rr`,
      `-a -u ${vip} -r ${text(server)}:500 -g`,
      `-a -u ${vip} -r ${text(other)}:500 -g`,
    ].join('\n'),
  );
  scene.director.receive(udp(`${text(source)}:500`, vip));
  return scene;
}

function secured(family: 4 | 6, protocol: number, part?: Part): Uint8Array {
  const { source, destination } = ENDS[family];
  const transport = { type: 'raw', protocol } as const;
  return encodePacket({ source, destination, transport, payload: new Uint8Array(32), ...part });
}

function answer(family: 4 | 6, protocol: number, source: string): Uint8Array {
  const transport = { type: 'raw', protocol } as const;
  const destination = ENDS[family].source;
  return encodePacket({ source, destination, transport, payload: new Uint8Array(32) });
}

const told = ({ action, reason, server }: Verdict): string =>
  `${action}: ${reason} ${server}`.replaceAll(/[[\]]/g, '');

describe.each([4, 6] as const)('over IPv%i, AH and ESP', (family) => {
  it('go to the server that the key exchange goes to', () => {
    const scene = opened(family);
    const { director } = scene;
    const [before] = listing(scene);
    const server = before.split(' ')[3];
    // Over IPv6, AH is an extension header in front of what it secures.
    for (const protocol of family === 4 ? [AH, ESP, AH] : [ESP, ESP]) {
      expect(told(director.receive(secured(family, protocol)))).toBe(`forward: routed ${server}`);
    }
    expect(listing(scene)).toEqual([before]);
  });

  it('keep its connection', () => {
    const scene = opened(family);
    for (let minute = 0; minute < 10; minute++) {
      scene.wait(60_000);
      scene.director.receive(secured(family, ESP));
    }
    expect(listing(scene)).toHaveLength(1);
    scene.wait(301_000);
    expect(listing(scene)).toEqual([]);
  });

  it('restart its timer with the timeout that it has', () => {
    for (const side of ['client', 'server'] as const) {
      const scene = opened(family);
      const [before] = listing(scene);
      const server = before.split(' ')[3].replaceAll(/^\[?|\]?:500$/g, '');
      scene.director.setTimeouts({ udpSeconds: 10 });
      const packet = side === 'client' ? secured(family, ESP) : answer(family, ESP, server);
      scene.director.take(packet, 0, packet.length, side);
      scene.wait(299_000);
      expect([side, ...listing(scene)]).toEqual([side, before]);
      scene.wait(2000);
      expect(listing(scene)).toEqual([]);
    }
  });

  it('are left to the host without one, and no other protocol follows it', () => {
    const { director } = sceneOf(`-A -u 192.0.2.1:500 -s rr\n-A -u [2001:db8::1]:500 -s rr`);
    expect(told(director.receive(secured(family, ESP)))).toMatch(/^accept: no-connection/);
    expect(told(opened(family).director.receive(secured(family, 47)))).toMatch(
      /^accept: protocol-without-services/,
    );
  });
});

it('over IPv4, the first fragment of AH or ESP follows it, and later ones are left to the host', () => {
  const { director } = opened(4);
  for (const protocol of [AH, ESP]) {
    const first = secured(4, protocol, { fragmentOffset: 0, moreFragments: true });
    const later = secured(4, protocol, { fragmentOffset: 32, moreFragments: false });
    expect(told(director.receive(first))).toMatch(/^forward: routed/);
    expect(told(director.receive(later))).toMatch(/^accept: no-connection/);
  }
});
