/** The persistence engine `sip`: templates for calls, and calls that servers begin. */
import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../src/clock.js';
import { Director, type DirectorState, type Verdict } from '../../src/director/index.js';
import { executeCommand, parseCommand } from '../../src/ipvsadm/index.js';
import { schedulersByName } from '../../src/schedulers/index.js';
import { endsOf, udp } from './support/packets.js';
import { run, type Scene, sceneOf } from './support/scene.js';

const VIP = '192.0.2.1:5060';
const ALICE = '198.51.100.7:5060';
const BOB = '203.0.113.9:5060';
const SERVERS = `
-a -u ${VIP} -r 10.0.0.1:5060 -m
-a -u ${VIP} -r 10.0.0.2:5060 -m
-a -u ${VIP} -r 10.0.0.3:5060 -m
`;
const RULES = `-A -u ${VIP} -s rr -p 300 --pe sip -o${SERVERS}`;

function message(from: string, to: string, call: string | undefined): Uint8Array {
  const header = call === undefined ? '' : `Call-ID: ${call}\r\n`;
  const text = `INVITE sip:bob@example.org SIP/2.0\r\n${header}CSeq: 1 INVITE\r\n\r\n`;
  return udp(from, to, { payload: new TextEncoder().encode(text) });
}

/** The address of the server that gets a client's message; the verdict when none does. */
function serverOf({ director }: Scene, from: string, call: string | undefined): string {
  const verdict = director.receive(message(from, VIP, call));
  if (verdict.action !== 'forward') return told(verdict);
  return endsOf(verdict.departures()[0]?.bytes).split(' > ')[1].replace(/:\d+$/, '');
}

function told({ action, reason }: Verdict): string {
  return `${action}: ${reason}`;
}

/** The templates as a listing with the columns of the engine shows them. */
function templates({ director }: Scene): string[] {
  const list = executeCommand(parseCommand('-Lnc --persistent-conn'), director);
  const rows = list.split('\n').slice(2);
  return rows
    .filter((row) => row.includes(':0 '))
    .map((row) => row.slice(22).replaceAll(/ +/g, ' '));
}

describe('a service with --pe sip', () => {
  it('sends the calls of one client to different servers, and each call to one', () => {
    const scene = sceneOf(RULES);
    const first = serverOf(scene, ALICE, 'a@x');
    expect(serverOf(scene, ALICE, 'b@x')).not.toBe(first);
    expect(serverOf(scene, '198.51.100.7:9999', 'a@x')).toBe(first);
  });

  it('gives the same Call-ID of another client a template of its own', () => {
    const scene = sceneOf(RULES);
    const first = serverOf(scene, ALICE, 'a@x');
    expect(serverOf(scene, BOB, 'a@x')).not.toBe(first);
    expect(templates(scene)).toHaveLength(2);
  });

  it('lists the engine and what it read behind its templates', () => {
    const scene = sceneOf(RULES);
    serverOf(scene, ALICE, 'a@x');
    expect(templates(scene)).toEqual([' 198.51.100.7:0 192.0.2.1:5060 10.0.0.3:5060 sip a@x']);
  });

  it('drops a datagram without Call-ID silently', () => {
    const scene = sceneOf(RULES);
    expect(serverOf(scene, ALICE, undefined)).toBe('drop: no-engine-data');
    expect(templates(scene)).toEqual([]);
  });

  it('leaves a known client port with its connection, whatever its Call-ID, without -o', () => {
    const scene = sceneOf(RULES.replace(' -o', ''));
    const first = serverOf(scene, ALICE, 'a@x');
    expect(serverOf(scene, ALICE, 'b@x')).toBe(first);
    expect(serverOf(scene, ALICE, undefined)).toBe(first);
  });

  it('counts a Call-ID that came in fragments as none', () => {
    const scene = sceneOf(RULES);
    const whole = message(ALICE, VIP, 'a@x');
    const { director } = scene;
    const halves = fragments(whole);
    director.receive(halves[0]);
    expect(told(director.receive(halves[1]))).toBe('drop: no-engine-data');
  });

  it('forgets the engine when it is edited without --pe', () => {
    const scene = sceneOf(RULES);
    run(scene.director, `-E -u ${VIP} -s rr -p 300 -o`);
    serverOf(scene, ALICE, undefined);
    expect(templates(scene)).toEqual([' 198.51.100.7:0 192.0.2.1:5060 10.0.0.3:5060']);
  });

  it('saves its engine without persistence, where it has no effect', () => {
    const { director } = sceneOf(`-A -u ${VIP} -s rr --pe sip${SERVERS}`);
    expect(executeCommand(parseCommand('-Sn'), director)).toContain('-s rr --pe sip\n');
    expect(director.receive(message(ALICE, VIP, undefined)).action).toBe('forward');
  });

  it('is refused where the director has no such engine', () => {
    const { director } = sceneOf('', { persistenceEngines: [] });
    expect(() => run(director, RULES)).toThrow('Scheduler or persistence engine not found');
  });

  it('continues its calls after it was saved and read back', () => {
    const scene = sceneOf(RULES);
    const first = serverOf(scene, ALICE, 'a@x');
    const state = JSON.parse(JSON.stringify(scene.director)) as DirectorState;
    const clock = new ManualClock();
    const director = Director.fromJSON(state, { schedulers: schedulersByName, clock });
    const restored: Scene = { clock, director, wait: scene.wait };
    expect(serverOf(restored, ALICE, 'a@x')).toBe(first);
    expect(serverOf(restored, ALICE, 'b@x')).not.toBe(first);
  });

  it('finds each of many calls of one client, and loses them with their timers', () => {
    const scene = sceneOf(RULES);
    const calls = Array.from({ length: 2000 }, (_, call) => `${call}@x`);
    const servers = calls.map((call) => serverOf(scene, ALICE, call));
    expect(calls.map((call) => serverOf(scene, ALICE, call))).toEqual(servers);
    scene.wait(300_001);
    expect(scene.director.table.size).toBe(0);
  });
});

describe('a call that a server begins', () => {
  const server = '10.0.0.2:5060';

  function respond({ director }: Scene, from: string, call: string | undefined): string {
    const verdict = director.respond(message(from, ALICE, call));
    return endsOf(verdict.departures()[0]?.bytes);
  }

  it.each([
    ['with -o', RULES],
    ['without', RULES.replace(' -o', '')],
  ])('leaves from the virtual endpoint, and comes back to that server, %s', (_, rules) => {
    const scene = sceneOf(rules);
    expect(respond(scene, server, 'd@x')).toBe(`${VIP} > ${ALICE}`);
    expect(templates(scene)).toEqual([' 198.51.100.7:0 192.0.2.1:5060 10.0.0.2:5060 sip d@x']);
    expect(serverOf(scene, '198.51.100.7:7777', 'd@x')).toBe('10.0.0.2');
  });

  it('is dropped when the table has no room for its template', () => {
    const { director } = sceneOf(RULES, { connectionLimit: 1, overflow: 'refuse' });
    const verdicts = ['d@x', 'e@x'].map((call) =>
      told(director.respond(message(server, ALICE, call))),
    );
    expect(verdicts).toEqual(['forward: translated', 'drop: table-full']);
    expect(director.statistics.total.counted()).toMatchObject({ connections: 1, packetsOut: 1 });
  });

  it('makes its template ASSURED at once', () => {
    const scene = sceneOf(RULES);
    respond(scene, server, 'd@x');
    expect([...scene.director.connections()].map(({ state }) => state)).toEqual(['ASSURED']);
  });

  it.each([
    ['from another port', '10.0.0.2:5070', 'd@x'],
    ['without Call-ID', server, undefined],
    ['from another host', '10.0.0.9:5060', 'd@x'],
  ])('is routed as it is %s', (_, from, call) => {
    const scene = sceneOf(RULES);
    expect(respond(scene, from, call)).toBe(`${from} > ${ALICE}`);
    expect(scene.director.table.size).toBe(0);
  });

  it.each([
    ['of a mark', '-A -f 7 -s rr -p 300 --pe sip\n-a -f 7 -r 10.0.0.2:0 -m', '10.0.0.2:0'],
    ['without persistence', `-A -u ${VIP} -s rr --pe sip\n-a -u ${VIP} -r ${server} -m`, server],
    ['of TCP', `-A -t ${VIP} -s rr -p 300 --pe sip\n-a -t ${VIP} -r ${server} -m`, server],
    [
      'on no port',
      `-A -u 192.0.2.1:0 -s rr -p 300 --pe sip\n-a -u 192.0.2.1:0 -r 10.0.0.2:0 -m`,
      '10.0.0.2:0',
    ],
    [
      'of another family',
      '-A -u [2001:db8::1]:5060 -s rr -p 300 --pe sip\n-a -u [2001:db8::1]:5060 -r [2001:db8::2]:5060 -m',
      server,
    ],
    [
      'whose server is not masqueraded',
      `-A -u ${VIP} -s rr -p 300 --pe sip\n-a -u ${VIP} -r ${server} -g`,
      server,
    ],
  ])('is routed as it is when the service is one %s', (_, rules, from) => {
    const scene = sceneOf(`${rules}\n-A -u 192.0.2.9:53 -s rr`);
    expect(respond(scene, from, 'd@x')).toBe(`${from} > ${ALICE}`);
    expect(scene.director.table.size).toBe(0);
  });

  it('is routed as it is when the service has no engine', () => {
    const scene = sceneOf(RULES.replace(' --pe sip', ''));
    expect(respond(scene, server, 'd@x')).toBe(`${server} > ${ALICE}`);
  });
});

/** Both halves of a datagram as fragments. */
function fragments(whole: Uint8Array): [Uint8Array, Uint8Array] {
  const cut = 20 + 32;
  return [piece(whole, 20, cut, true), piece(whole, cut, whole.length, false)];
}

function piece(whole: Uint8Array, from: number, to: number, more: boolean): Uint8Array {
  const bytes = new Uint8Array([...whole.subarray(0, 20), ...whole.subarray(from, to)]);
  const view = new DataView(bytes.buffer);
  view.setUint16(2, bytes.length);
  view.setUint16(6, (more ? 0x2000 : 0) | ((from - 20) / 8));
  view.setUint16(10, 0);
  let sum = 0;
  for (let at = 0; at < 20; at += 2) sum += view.getUint16(at);
  view.setUint16(10, ~((sum & 0xffff) + (sum >>> 16)) & 0xffff);
  return bytes;
}
