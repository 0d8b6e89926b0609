/** FTP and SIP where one end is on the director's own host. */
import { describe, expect, it } from 'vitest';
import { ConnectionTracking } from '../../src/conntrack/connection-tracking.js';
import { formatTrackedConnection } from '../../src/conntrack/listing.js';
import type { DirectorOptions } from '../../src/director/index.js';
import { type Arrived, FtpSession } from './support/ftp.js';
import { endsOf, tcp, udp } from './support/packets.js';
import { listing, type Scene, sceneOf } from './support/scene.js';

const VIP = '192.0.2.1';
const REMOTE = '10.6.8.3';
const OWN = '10.0.0.254';
const CLIENT = '198.51.100.7';
const HOST = { client: { ipv4: '192.0.2.254' }, server: { ipv4: OWN } };

function ftpScene(server: string, options: Partial<DirectorOptions> = {}): Scene {
  const rules = `-A -t ${VIP}:21 -s rr\n-a -t ${VIP}:21 -r ${server}:21 -m`;
  return sceneOf(rules, { host: HOST, ...options });
}

function clientOnHost(options: Partial<DirectorOptions> = {}): [Scene, FtpSession] {
  const scene = ftpScene(REMOTE, options);
  const ends = [`${VIP}:4711`, `${VIP}:21`, `${REMOTE}:21`] as const;
  return [scene, new FtpSession(scene, ...ends, 1000, 'client').open()];
}

function only({ segments }: Arrived): Arrived['segments'][number] {
  expect(segments).toHaveLength(1);
  return segments[0];
}

const PASSIVE = '227 Entering Passive Mode (10,6,8,3,80,177).\r\n';
const REWRITTEN = '227 Entering Passive Mode (192,0,2,1,80,177).\r\n';

describe('a program on the host that is a client of FTP', () => {
  it('reads the virtual address in the reply to PASV, and connects to it', () => {
    const [scene, ftp] = clientOnHost();
    ftp.fromClient('PASV\r\n');
    const reply = only(ftp.fromServer(PASSIVE));

    expect(reply).toMatchObject({ text: REWRITTEN, isSound: true });
    expect(reply.ends).toBe(`${VIP}:21 > ${VIP}:4711`);

    const request = scene.director.observe(tcp(`${VIP}:5000`, `${VIP}:20657`));
    expect(endsOf(request.departures()[0]?.bytes)).toBe(`${VIP}:5000 > ${REMOTE}:20657`);
    const answer = scene.director.respond(tcp(`${REMOTE}:20657`, `${VIP}:5000`, 'SA'));
    expect(endsOf(answer.delivery())).toBe(`${VIP}:20657 > ${VIP}:5000`);
  });

  it('has numbers that fit together behind a rewritten reply', () => {
    const [, ftp] = clientOnHost();
    ftp.fromClient('PASV\r\n');
    const grown = REWRITTEN.length - PASSIVE.length;
    const reply = only(ftp.fromServer(PASSIVE));
    const next = only(ftp.fromServer('226 done\r\n'));

    expect(next.sequence).toBe(reply.sequence + REWRITTEN.length);
    ftp.acknowledged = next.sequence + next.text.length;
    const acknowledgment = only(ftp.fromClient('QUIT\r\n'));
    expect(acknowledgment.acknowledgement).toBe(ftp.acknowledged - grown);
    expect(acknowledgment.isSound).toBe(true);
  });

  it('gets no reply whose checksum is wrong', () => {
    const [scene] = clientOnHost();
    const broken = tcp(`${REMOTE}:21`, `${VIP}:4711`, 'A', { payload: new Uint8Array([1]) });
    broken[40] = 2;

    expect(scene.director.respond(broken)).toMatchObject({
      action: 'drop',
      reason: 'tcp-checksum-wrong',
    });
  });

  it('keeps its connection by replies that it does not get', () => {
    const [scene] = clientOnHost();
    for (let times = 0; times < 3; times++) {
      scene.wait(800_000);
      const damaged = tcp(`${REMOTE}:21`, `${VIP}:4711`, 'A');
      damaged[36] ^= 1;
      expect(scene.director.respond(damaged).reason).toBe('tcp-checksum-wrong');
    }
    expect(scene.director.table.size).toBe(1);
  });

  it('is tracked with its data connection', () => {
    const tracking = new ConnectionTracking();
    const [scene, ftp] = clientOnHost({ tracking, tunables: { conntrack: 1 } });
    ftp.fromClient('PASV\r\n');
    ftp.fromServer(PASSIVE);
    scene.director.observe(tcp(`${VIP}:5000`, `${VIP}:20657`));
    const lines = [...tracking.connections()].map(formatTrackedConnection).toSorted();

    expect(lines).toHaveLength(2);
    expect(lines[1]).toMatch(
      /ESTABLISHED src=192\.0\.2\.1 dst=192\.0\.2\.1 sport=4711 dport=21 src=10\.6\.8\.3 dst=192\.0\.2\.1 sport=21 dport=4711 \[ASSURED\]/,
    );
    expect(lines[0]).toMatch(/SYN_SENT .*sport=5000 dport=20657 .*src=10\.6\.8\.3/);
  });
});

it('an FTP server on the host sends the virtual address to its clients', () => {
  const scene = ftpScene(OWN);
  const ends = [`${CLIENT}:4711`, `${VIP}:21`, `${OWN}:21`] as const;
  const ftp = new FtpSession(scene, ...ends, 1000, 'server').open();
  ftp.fromClient('PASV\r\n');
  const reply = only(ftp.fromServer('227 Entering Passive Mode (10,0,0,254,80,177).\r\n'));

  expect(reply).toMatchObject({ text: REWRITTEN, isSound: true });
  expect(reply.ends).toBe(`${VIP}:21 > ${CLIENT}:4711`);
  expect(listing(scene)).toContain(`tcp ${CLIENT}:0 ${VIP}:20657 ${OWN}:20657 LISTEN`);
});

describe('with --pe sip', () => {
  const invite = (from: string, to: string, call = 'a@x'): Uint8Array => {
    const text = `INVITE sip:bob@example.org SIP/2.0\r\nCall-ID: ${call}\r\nCSeq: 1 INVITE\r\n\r\n`;
    return udp(from, to, { payload: new TextEncoder().encode(text) });
  };
  const sipScene = (server: string, options: Partial<DirectorOptions> = {}): Scene => {
    const service = `-u ${VIP}:5060`;
    const rules = `-A ${service} -s rr -p 300 --pe sip -o\n-a ${service} -r ${server}:5060 -m`;
    return sceneOf(rules, { host: HOST, ...options });
  };

  it('a call that a server on the host begins leaves from the virtual endpoint', () => {
    const scene = sipScene(OWN);
    const call = scene.director.observe(invite(`${OWN}:5060`, `${CLIENT}:5060`));

    expect(endsOf(call.departures()[0]?.bytes)).toBe(`${VIP}:5060 > ${CLIENT}:5060`);
  });

  it('a call to a program on the host comes from the virtual endpoint', () => {
    const scene = sipScene(REMOTE);
    const call = scene.director.respond(invite(`${REMOTE}:5060`, `${OWN}:7000`));

    expect(endsOf(call.delivery())).toBe(`${VIP}:5060 > ${OWN}:7000`);
  });

  it('a call to a program on the host is dropped when the table has no room for its template', () => {
    const { director } = sipScene(REMOTE, { connectionLimit: 1, overflow: 'refuse' });
    const reasons = ['a@x', 'b@x'].map((call) => {
      const { action, reason } = director.respond(invite(`${REMOTE}:5060`, `${OWN}:7000`, call));
      return `${action}: ${reason}`;
    });

    expect(reasons).toEqual(['accept: translated', 'drop: table-full']);
  });

  it('a call to a program on the host is counted, and its template is ASSURED', () => {
    const scene = sipScene(REMOTE);
    scene.director.respond(invite(`${REMOTE}:5060`, `${OWN}:7000`));
    const { packetsOut, connections } = scene.director.statistics.total.counted();

    expect([packetsOut, connections]).toEqual([1, 1]);
    expect([...scene.director.connections()].map(({ state }) => state)).toEqual(['ASSURED']);
  });
});
