/** When an opening packet uses the connection it matched, and when it is scheduled again. */
import { describe, expect, it } from 'vitest';
import type { Verdict } from '../../src/director/index.js';
import { sctp, tcp, udp } from './support/packets.js';
import { listing, run, type Scene, sceneOf } from './support/scene.js';

const CLIENT = '198.51.100.7:4711';
const VIP = '192.0.2.1:80';
const SERVERS = ['10.0.0.1:80', '10.0.0.2:80'] as const;
const rulesOf = (protocol: '-t' | '-u' | '--sctp-service', options = ''): string =>
  [
    `-A ${protocol} ${VIP} -s rr ${options}`,
    ...SERVERS.map((server) => `-a ${protocol} ${VIP} -r ${server} -m`),
  ].join('\n');

/** Plays a conversation: `C:` flags come from the client, `S:` flags from the server that took it. */
function play({ director }: Scene, conversation: string): void {
  let server = '';
  for (const step of conversation.split(' ')) {
    const [from, flags] = step.split(':');
    if (from === 'C') server = String(director.receive(tcp(CLIENT, VIP, flags)).server);
    else director.respond(tcp(server, CLIENT, flags));
  }
}

/** How many connections were scheduled so far. */
const scheduled = ({ director }: Scene): number => director.statistics.total.counted().connections;

const told = ({ action, reason }: Verdict): string => `${action}: ${reason}`;

/** The conversations that lead to a state. */
const ESTABLISHED = 'C:S S:SA C:A';
const CONVERSATIONS: Readonly<Record<string, string>> = {
  SYN_RECV: 'C:S',
  ESTABLISHED,
  TIME_WAIT: `${ESTABLISHED} C:FA S:FA C:A`,
  CLOSE: `${ESTABLISHED} C:R`,
};

describe('conn_reuse_mode', () => {
  it.each([
    ['SYN_RECV', { 0: 0, 1: 0, 2: 0, 3: 0 }],
    ['ESTABLISHED', { 0: 0, 1: 0, 2: 0, 3: 0 }],
    ['TIME_WAIT', { 0: 0, 1: 1, 2: 1, 3: 1 }],
    ['CLOSE', { 0: 0, 1: 1, 2: 1, 3: 1 }],
  ])('decides about a SYN that matches a connection in %s: scheduled again in %j', (state, by) => {
    for (const [mode, again] of Object.entries(by)) {
      const scene = sceneOf(rulesOf('-t'), { tunables: { conn_reuse_mode: mode } });
      play(scene, CONVERSATIONS[state]);
      expect(listing(scene)[0]).toMatch(new RegExp(`${state}$`));
      const { server } = scene.director.receive(tcp(CLIENT, VIP, 'S'));
      expect(scheduled(scene)).toBe(1 + again);
      expect(String(server)).toBe(again === 1 ? SERVERS[0] : SERVERS[1]);
    }
  });

  it.each([
    [0, 0],
    [1, 0],
    [2, 1],
    [3, 1],
  ])('%i reschedules from FIN_WAIT while the server is silent: %i', (mode, again) => {
    const rules = rulesOf('-t').replaceAll('-m', '-g');
    const scene = sceneOf(rules, { tunables: { conn_reuse_mode: mode } });
    play(scene, 'C:S C:A C:FA');
    expect(listing(scene)[0]).toMatch(/FIN_WAIT$/);
    scene.director.receive(tcp(CLIENT, VIP, 'S'));
    expect(scheduled(scene)).toBe(1 + again);
  });

  it('3 leaves a connection in FIN_WAIT alone once its server has sent a packet', () => {
    const scene = sceneOf(rulesOf('-t'), { tunables: { conn_reuse_mode: 3 } });
    play(scene, 'C:S S:SA C:A S:FA');
    expect(listing(scene)[0]).toMatch(/FIN_WAIT$/);
    scene.director.receive(tcp(CLIENT, VIP, 'S'));
    expect(scheduled(scene)).toBe(1);
  });

  it.each([
    [0, 0],
    [1, 1],
    [2, 1],
  ])('%i reschedules an SCTP INIT from CLOSED: %i', (mode, again) => {
    const scene = sceneOf(rulesOf('--sctp-service'), { tunables: { conn_reuse_mode: mode } });
    const { director } = scene;
    director.receive(sctp(CLIENT, VIP));
    director.receive(sctp(CLIENT, VIP, 6));
    expect(listing(scene)[0]).toMatch(/CLOSED$/);
    director.receive(sctp(CLIENT, VIP));
    expect(scheduled(scene)).toBe(1 + again);
  });

  it('0 lets the SYN open the old connection again, with its server', () => {
    const scene = sceneOf(rulesOf('-t'), { tunables: { conn_reuse_mode: 0 } });
    play(scene, CONVERSATIONS.TIME_WAIT);
    scene.director.receive(tcp(CLIENT, VIP, 'S'));
    expect(listing(scene)).toEqual([`tcp ${CLIENT} ${VIP} ${SERVERS[1]} SYN_RECV`]);
  });

  it('does not concern a segment without SYN', () => {
    const scene = sceneOf(rulesOf('-t'));
    play(scene, CONVERSATIONS.CLOSE);
    expect(String(scene.director.receive(tcp(CLIENT, VIP, 'A')).server)).toBe(SERVERS[1]);
    expect(scheduled(scene)).toBe(1);
  });

  it.each([1, 2, 3])('%i never reschedules a connection that a template controls', (mode) => {
    const scene = sceneOf(rulesOf('-t', '-p 300'), { tunables: { conn_reuse_mode: mode } });
    play(scene, CONVERSATIONS.CLOSE);
    scene.director.receive(tcp(CLIENT, VIP, 'S'));
    expect(scheduled(scene)).toBe(1);
    expect(listing(scene)).toContain(`tcp ${CLIENT} ${VIP} ${SERVERS[1]} SYN_RECV`);
  });

  it('counts the old entry until its timer runs, one step after the new connection is chosen', () => {
    const scene = sceneOf(rulesOf('-t').replace('-s rr', '-s wlc'));
    const loads = (): number[] =>
      [...(scene.director.findService({ address: '192.0.2.1', port: 80 })?.servers ?? [])].map(
        ({ total }) => total,
      );
    play(scene, 'C:S C:A C:R');
    expect(loads()).toEqual([1, 0]);
    expect(String(scene.director.receive(tcp(CLIENT, VIP, 'S')).server)).toBe(SERVERS[0]);
    expect(loads()).toEqual([1, 1]);
    scene.wait(10);
    expect(loads()).toEqual([0, 1]);
  });

  it('may leave the packet without a connection: a full server is not chosen again', () => {
    const scene = sceneOf(`-A -t ${VIP} -s rr\n-a -t ${VIP} -r ${SERVERS[0]} -m -x 1`, {
      host: { client: { ipv4: '192.0.2.254' } },
    });
    play(scene, 'C:S C:A C:R');
    expect(told(scene.director.receive(tcp(CLIENT, VIP, 'S')))).toBe('reply: no-destination');
  });
});

describe('expire_nodest_conn', () => {
  const quiesce = (scene: Scene): void =>
    run(scene.director, `-e -t ${VIP} -r ${SERVERS[1]} -m -w 0`);

  it.each([
    [0, 0, 0],
    [0, 1, 1],
    [1, 0, 0],
    [1, 1, 1],
  ])(
    'with conn_reuse_mode %i, value %i: a SYN leaves a quiesced server %i times',
    (mode, value, again) => {
      const tunables = { conn_reuse_mode: mode, expire_nodest_conn: value };
      const scene = sceneOf(rulesOf('-t'), { tunables });
      play(scene, ESTABLISHED);
      quiesce(scene);
      const { server } = scene.director.receive(tcp(CLIENT, VIP, 'S'));
      expect(scheduled(scene)).toBe(1 + again);
      expect(String(server)).toBe(again === 1 ? SERVERS[0] : SERVERS[1]);
    },
  );

  it('concerns connections that a template controls, too', () => {
    const tunables = { expire_nodest_conn: 1, expire_quiescent_template: 1 };
    const scene = sceneOf(rulesOf('-t', '-p 300'), { tunables });
    play(scene, ESTABLISHED);
    quiesce(scene);
    expect(String(scene.director.receive(tcp(CLIENT, VIP, 'S')).server)).toBe(SERVERS[0]);
  });

  it('leaves other segments to the quiesced server', () => {
    const scene = sceneOf(rulesOf('-t'), { tunables: { expire_nodest_conn: 1 } });
    play(scene, ESTABLISHED);
    quiesce(scene);
    expect(String(scene.director.receive(tcp(CLIENT, VIP, 'A')).server)).toBe(SERVERS[1]);
  });

  it.each([
    ['0', 'SYN', tcp(CLIENT, VIP, 'S'), 'drop: server-removed', 1],
    ['0', 'ACK', tcp(CLIENT, VIP, 'A'), 'drop: server-removed', 1],
    ['1', 'SYN', tcp(CLIENT, VIP, 'S'), 'forward: translated', 1],
    ['1', 'ACK', tcp(CLIENT, VIP, 'A'), 'accept: no-connection', 0],
  ])('%s: a %s of a removed server', (value, _, packet, expected, left) => {
    const scene = sceneOf(rulesOf('-t'), { tunables: { expire_nodest_conn: value } });
    play(scene, ESTABLISHED);
    run(scene.director, `-d -t ${VIP} -r ${SERVERS[1]}`);
    expect(told(scene.director.receive(packet))).toBe(expected);
    scene.wait(5);
    expect(listing(scene)).toHaveLength(left);
  });

  it.each([
    ['0', 'drop: server-removed', SERVERS[1]],
    ['1', 'forward: translated', SERVERS[0]],
  ])('%s: a datagram of a removed server', (value, expected, server) => {
    const scene = sceneOf(rulesOf('-u'), { tunables: { expire_nodest_conn: value } });
    scene.director.receive(udp(CLIENT, VIP));
    run(scene.director, `-d -u ${VIP} -r ${SERVERS[1]}`);
    const verdict = scene.director.receive(udp(CLIENT, VIP));
    expect(told(verdict)).toBe(expected);
    expect(String(verdict.server)).toBe(server);
  });
});
