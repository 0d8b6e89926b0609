/** The helper of FTP: data connections through NAT, and the text and numbers of control connections. */
import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../src/clock.js';
import { Director, type DirectorOptions, type DirectorState } from '../../src/director/index.js';
import { executeCommand, parseCommand } from '../../src/ipvsadm/index.js';
import { schedulersByName } from '../../src/schedulers/index.js';
import { FtpSession } from './support/ftp.js';
import { endsOf, tcp } from './support/packets.js';
import { listing, run, type Scene, sceneOf } from './support/scene.js';

const VIP = '192.0.2.1';
const SERVER = '10.6.8.3';
const CLIENT = '198.51.100.7';
const RULES = `-A -t ${VIP}:21 -s rr\n-a -t ${VIP}:21 -r ${SERVER}:21 -m`;
const PASSIVE = '227 Entering Passive Mode (10,6,8,3,80,177).\r\n';

function session(options: Partial<DirectorOptions> = {}, rules = RULES): [Scene, FtpSession] {
  const scene = sceneOf(rules, options);
  const [port] = /(?<=-r \S+:)\d+/.exec(rules) ?? ['21'];
  const [virtualPort] = /(?<=-t \S+:)\d+/.exec(rules) ?? ['21'];
  const ends = [`${CLIENT}:4711`, `${VIP}:${virtualPort}`, `${SERVER}:${port}`] as const;
  return [scene, new FtpSession(scene, ...ends).open()];
}

function texts({ segments }: { segments: readonly { readonly text: string }[] }): string[] {
  return segments.map(({ text }) => text);
}

function data(scene: Scene): string[] {
  return listing(scene).filter((line) => !line.includes(`${CLIENT}:4711`));
}

describe('a reply to PASV', () => {
  it('names the virtual address, and lets the client connect to it', () => {
    const [scene, ftp] = session();
    ftp.fromClient('PASV\r\n');
    expect(texts(ftp.fromServer(PASSIVE))).toEqual([
      '227 Entering Passive Mode (192,0,2,1,80,177).\r\n',
    ]);
    expect(data(scene)).toEqual([`tcp ${CLIENT}:0 ${VIP}:20657 ${SERVER}:20657 LISTEN`]);
    const verdict = scene.director.receive(tcp(`${CLIENT}:5000`, `${VIP}:20657`));
    expect(endsOf(verdict.departures()[0]?.bytes)).toBe(`${CLIENT}:5000 > ${SERVER}:20657`);
    expect(data(scene)).toEqual([`tcp ${CLIENT}:5000 ${VIP}:20657 ${SERVER}:20657 SYN_RECV`]);
    const answer = scene.director.respond(tcp(`${SERVER}:20657`, `${CLIENT}:5000`, 'SA'));
    expect(endsOf(answer.departures()[0]?.bytes)).toBe(`${VIP}:20657 > ${CLIENT}:5000`);
  });

  it('is rewritten when the table has no room for the data connection', () => {
    const [scene, ftp] = session({ connectionLimit: 1, overflow: 'refuse' });
    ftp.fromClient('PASV\r\n');
    expect(texts(ftp.fromServer(PASSIVE))).toEqual([
      '227 Entering Passive Mode (192,0,2,1,80,177).\r\n',
    ]);
    expect(listing(scene)).toEqual([`tcp ${CLIENT}:4711 ${VIP}:21 ${SERVER}:21 ESTABLISHED`]);
    const counted = (): number => scene.director.statistics.total.counted().packetsIn;
    const before = counted();
    ftp.fromClient('QUIT\r\n');
    expect(counted()).toBe(before + 1);
  });

  it('lets one port of one client connect', () => {
    const [scene, ftp] = session();
    ftp.fromClient('PASV\r\n');
    ftp.fromServer(PASSIVE);
    const { director } = scene;
    expect(director.receive(tcp('203.0.113.9:5000', `${VIP}:20657`)).action).toBe('accept');
    expect(director.receive(tcp(`${CLIENT}:5000`, `${VIP}:20657`)).action).toBe('forward');
    expect(director.receive(tcp(`${CLIENT}:5001`, `${VIP}:20657`)).action).toBe('accept');
  });

  it('leads to the address that it names, bound to the server of the control connection', () => {
    const [scene, ftp] = session();
    ftp.fromClient('PASV\r\n');
    ftp.fromServer('227 ok (10,6,8,99,80,177)\r\n');
    expect(data(scene)).toEqual([`tcp ${CLIENT}:0 ${VIP}:20657 10.6.8.99:20657 LISTEN`]);
    const list = executeCommand(parseCommand('-Ln'), scene.director);
    expect(list).toMatch(/10\.6\.8\.3:21 +Masq +1 +1 +1 /);
  });

  it('passes as it is when the client has asked for something else', () => {
    const [scene, ftp] = session();
    ftp.fromClient('NOOP\r\n');
    expect(texts(ftp.fromServer(PASSIVE))).toEqual([PASSIVE]);
    expect(data(scene)).toEqual([]);
  });

  it('is taken for asked as long as the client has said nothing', () => {
    const [, ftp] = session();
    expect(texts(ftp.fromServer(PASSIVE))[0]).toContain('(192,0,2,1,80,177)');
  });

  it('shows the server when it is sent again, as Linux does it', () => {
    const [, ftp] = session();
    ftp.fromClient('PASV\r\n');
    const { serverNext } = ftp;
    ftp.fromServer(PASSIVE);
    expect(texts(ftp.fromServer(PASSIVE, 'A', serverNext))).toEqual([PASSIVE]);
  });

  it('is rewritten again with rewritesRepeats, and the data connection stays as it is', () => {
    const [scene, ftp] = session({ ftp: { rewritesRepeats: true } });
    ftp.fromClient('PASV\r\n');
    const { serverNext } = ftp;
    const [first] = ftp.fromServer(PASSIVE).segments;
    scene.director.receive(tcp(`${CLIENT}:5000`, `${VIP}:20657`));
    expect(ftp.fromServer(PASSIVE, 'A', serverNext).segments).toEqual([first]);
    expect(data(scene)).toEqual([`tcp ${CLIENT}:5000 ${VIP}:20657 ${SERVER}:20657 SYN_RECV`]);
  });

  it('is not read before the connection is ESTABLISHED, nor when it ends', () => {
    const scene = sceneOf(RULES);
    const ftp = new FtpSession(scene, `${CLIENT}:4711`, `${VIP}:21`, `${SERVER}:21`);
    ftp.fromClient('', 'S');
    expect(texts(ftp.fromServer(PASSIVE, 'SA'))).toEqual([PASSIVE]);
    const [, open] = session();
    open.fromClient('PASV\r\n');
    open.fromServer('', 'FA');
    expect(texts(open.fromServer(PASSIVE))).toEqual([PASSIVE]);
  });

  it('is lost when it has outgrown the path to the client, and the server gets an error', () => {
    const [scene, ftp] = session();
    ftp.fromClient('PASV\r\n');
    const { reason, segments } = ftp.fromServer('227 (1,6,8,3,80,177)\r\n'.padEnd(1460, 'x'));
    expect([reason, segments.length]).toEqual(['error-translated', 1]);
    expect(segments[0].ends).toContain(`${VIP}:`);
    expect(data(scene)).toHaveLength(1);
  });
});

describe('PORT', () => {
  it('lets the server connect from the port before its own', () => {
    const [scene, ftp] = session({}, RULES.replace(':21 -m', ':2121 -m'));
    const [{ text }] = ftp.fromClient('PORT 198,51,100,7,134,241\r\n').segments;
    expect(text).toBe('PORT 198,51,100,7,134,241\r\n');
    expect(data(scene)).toEqual([`tcp ${CLIENT}:34545 ${VIP}:20 ${SERVER}:2120 LISTEN`]);
    const verdict = scene.director.respond(tcp(`${SERVER}:2120`, `${CLIENT}:34545`));
    expect(endsOf(verdict.departures()[0]?.bytes)).toBe(`${VIP}:20 > ${CLIENT}:34545`);
  });

  it('ends the waiting for a reply', () => {
    const [, ftp] = session();
    ftp.fromClient('PASV\r\n');
    ftp.fromClient('PORT 198,51,100,7,134,241\r\n');
    expect(texts(ftp.fromServer(PASSIVE))).toEqual([PASSIVE]);
  });

  it('uses an entry again that is there already, for 120 s more', () => {
    const [scene, ftp] = session();
    ftp.fromClient('PORT 198,51,100,7,134,241\r\n');
    scene.wait(119_000);
    ftp.fromClient('PORT 198,51,100,7,134,241\r\n');
    scene.wait(119_000);
    expect(data(scene)).toHaveLength(1);
    scene.wait(2000);
    expect(data(scene)).toEqual([]);
  });
});

describe('a control connection', () => {
  it('lives as long as its data connections do', () => {
    const [scene, ftp] = session();
    run(scene.director, '--set 100 0 0');
    ftp.fromClient('PASV\r\n');
    ftp.fromServer(PASSIVE);
    for (let minute = 0; minute < 10; minute++) {
      scene.director.receive(tcp(`${CLIENT}:5000`, `${VIP}:20657`, minute === 0 ? 'S' : 'A'));
      scene.wait(60_000);
    }
    expect(listing(scene)).toHaveLength(2);
    scene.wait(200_000);
    expect(listing(scene)).toEqual([]);
  });

  it('is kept by segments of the server that are lost for their checksum', () => {
    const [scene] = session();
    for (let times = 0; times < 3; times++) {
      scene.wait(800_000);
      const damaged = tcp(`${SERVER}:21`, `${CLIENT}:4711`, 'A');
      damaged[36] ^= 1;
      expect(scene.director.respond(damaged).reason).toBe('tcp-checksum-wrong');
    }
    expect(scene.director.table.size).toBe(1);
  });

  it('stays beside the one that its client opens next while it has a data connection', () => {
    for (const withData of [true, false]) {
      const [scene, ftp] = session();
      if (withData) {
        ftp.fromClient('PASV\r\n');
        ftp.fromServer(PASSIVE);
      }
      ftp.fromClient('', 'R');
      ftp.fromClient('', 'S');
      scene.wait(1000);
      const control = listing(scene).filter((line) => line.includes(`${CLIENT}:4711`));
      const states = control.map((line) => line.split(' ').at(-1));
      expect(states).toEqual(withData ? ['CLOSE', 'SYN_RECV'] : ['SYN_RECV']);
    }
  });

  it('keeps its state when a data connection becomes ESTABLISHED', () => {
    const [scene, ftp] = session();
    ftp.fromClient('PASV\r\n');
    ftp.fromServer(PASSIVE);
    ftp.fromServer('', 'FA');
    for (const flags of ['S', 'A']) {
      scene.director.receive(tcp(`${CLIENT}:5000`, `${VIP}:20657`, flags));
    }
    expect(listing(scene).map((line) => line.split(' ').at(-1))).toEqual([
      'FIN_WAIT',
      'ESTABLISHED',
    ]);
  });

  it('loses segments with a wrong checksum, in both directions', () => {
    const [scene] = session();
    const wrong = (bytes: Uint8Array): Uint8Array => {
      bytes[36] ^= 1;
      return bytes;
    };
    const { director } = scene;
    const asked = director.receive(wrong(tcp(`${CLIENT}:4711`, `${VIP}:21`, 'A')));
    expect([asked.action, asked.reason]).toEqual(['drop', 'tcp-checksum-wrong']);
    const answered = director.respond(wrong(tcp(`${SERVER}:21`, `${CLIENT}:4711`, 'A')));
    expect([answered.action, answered.reason]).toEqual(['drop', 'tcp-checksum-wrong']);
  });

  it.each([
    ['direct routing', RULES.replace(' -m', ' -g'), {}],
    ['another port', RULES.replaceAll(':21', ':2121'), {}],
    ['a director without helper', RULES, { ftp: false }],
  ] as const)('is not read with %s', (_, rules, options) => {
    const scene = sceneOf(rules, options);
    const port = rules.includes(':2121') ? 2121 : 21;
    const ends = [`${CLIENT}:4711`, `${VIP}:${port}`, `${SERVER}:${port}`] as const;
    const ftp = new FtpSession(scene, ...ends).open();
    ftp.fromClient('PORT 198,51,100,7,134,241\r\n');
    expect(scene.director.table.size).toBe(1);
  });

  it.each([
    [64, false],
    [2, false],
    [1, true],
    [0, true],
  ])('with a TTL of %i is read unless that is used up', (timeToLive, isLost) => {
    const [scene, ftp] = session();
    ftp.fromClient('EPSV\r\n');
    const payload = new TextEncoder().encode('PASV\r\n');
    const command = tcp(`${CLIENT}:4711`, `${VIP}:21`, 'A', { payload, timeToLive });

    expect(scene.director.receive(command).reason).toBe(isLost ? 'ttl-exceeded' : 'translated');
    expect(texts(ftp.fromServer(PASSIVE))[0] === PASSIVE).toBe(isLost);
  });

  it('is read on all ports of the option', () => {
    const rules = RULES.replaceAll(':21', ':2121');
    const [, ftp] = session({ ftp: { ports: [21, 2121] } }, rules);
    ftp.fromClient('PASV\r\n');
    expect(texts(ftp.fromServer(PASSIVE))[0]).toContain('(192,0,2,1,80,177)');
  });

  it('swallows the reply on another port than 21 when the host does not track connections', () => {
    const rules = RULES.replaceAll(':21', ':2121');
    const [scene, ftp] = session({ ftp: { ports: [2121], hostTracks: false } }, rules);
    ftp.fromClient('PASV\r\n');
    const { serverNext } = ftp;
    expect(ftp.fromServer(PASSIVE).reason).toBe('reply-not-rewritten');
    expect(data(scene)).toHaveLength(1);
    expect(texts(ftp.fromServer(PASSIVE, 'A', serverNext))).toEqual([PASSIVE]);
  });

  it.each([
    [
      'a masqueraded server of TCP',
      '-A -t 192.0.2.9:21\n-a -t 192.0.2.9:21 -r 10.0.0.9:21 -m',
      true,
    ],
    [
      'one among others',
      '-A -t 192.0.2.9:21\n-a -t 192.0.2.9:21 -r 10.0.0.9:21 -g\n-a -t 192.0.2.9:21 -r 10.0.0.8:21 -m',
      true,
    ],
    [
      'a server by direct routing',
      '-A -t 192.0.2.9:21\n-a -t 192.0.2.9:21 -r 10.0.0.9:21 -g',
      false,
    ],
    [
      'a masqueraded server of UDP',
      '-A -u 192.0.2.9:21\n-a -u 192.0.2.9:21 -r 10.0.0.9:21 -m',
      false,
    ],
    ['no server', '-A -t 192.0.2.9:21', false],
  ])('needs on such a host, in a service on port 21, %s', (_, more, isRewritten) => {
    const rules = `${RULES.replaceAll(':21', ':2121')}\n${more}`;
    const [, ftp] = session({ ftp: { ports: [2121], hostTracks: false } }, rules);
    ftp.fromClient('PASV\r\n');

    expect(ftp.fromServer(PASSIVE).reason).toBe(isRewritten ? 'translated' : 'reply-not-rewritten');
  });

  it('continues with its data connections after it was saved and read back', () => {
    const [scene, ftp] = session();
    ftp.fromClient('PASV\r\n');
    ftp.fromServer('227 ok (10,6,8,99,80,177)\r\n');
    ftp.fromClient('PASV\r\n');
    const state = JSON.parse(JSON.stringify(scene.director)) as DirectorState;
    const clock = new ManualClock();
    const director = Director.fromJSON(state, { schedulers: schedulersByName, clock });
    expect(JSON.parse(JSON.stringify(director.table))).toEqual(
      JSON.parse(JSON.stringify(scene.director.table)),
    );
    const reply = tcp(`${SERVER}:21`, `${CLIENT}:4711`, 'A', {
      payload: new TextEncoder().encode(PASSIVE),
    });
    expect(director.respond(reply).departures()[0]?.bytes).toEqual(
      scene.director.respond(reply.slice()).departures()[0]?.bytes,
    );
    const packet = tcp(`${CLIENT}:5000`, `${VIP}:20657`);
    expect(endsOf(director.receive(packet).departures()[0]?.bytes)).toContain(SERVER);
  });

  it.each([
    [{ ports: 21 }, /expected a list of ports/],
    [{ ports: [70_000] }, /port of FTP/],
    [{ ports: [1, 2, 3, 4, 5, 6, 7, 8, 9] }, /at most 8 ports/],
    [{ port: [21] }, /port/],
  ])('refuses the options %j', (ftp, message) => {
    expect(() => sceneOf('', { ftp: ftp as never })).toThrow(message);
  });
});
