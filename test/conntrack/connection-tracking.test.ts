import { describe, expect, it } from 'vitest';
import { ConnectionTracking } from '../../src/conntrack/connection-tracking.js';
import { Director } from '../../src/director/director.js';
import {
  CLIENT,
  leaving,
  OWN,
  segment,
  type SegmentOptions,
  SERVER,
  Tracked,
  VIRTUAL,
} from './support.js';

const ORIGINAL = 'src=198.51.100.7 dst=192.0.2.1 sport=4711 dport=80';
const MASQUERADE = { sourceNat: [{ to: 'masquerade' }] };

describe('an entry that is made while conntrack is 1', () => {
  it('is listed with the server as the source of replies when it is masqueraded', () => {
    const tracked = new Tracked();
    tracked.open();

    expect(tracked.lines).toEqual([
      `tcp      6 432000 ESTABLISHED ${ORIGINAL} src=10.0.0.7 dst=198.51.100.7 sport=8080 dport=4711 [ASSURED] mark=0`,
    ]);
  });

  it('stays in SYN_SENT when it is forwarded by direct routing, whatever follows', () => {
    const tracked = new Tracked({}, { conntrack: 1 }, 'gatewaying');
    tracked.client('S');
    tracked.clock.advance(1000);

    expect(tracked.client('A', { sequence: 1 }).action).toBe('forward');
    expect(tracked.lines).toEqual([
      `tcp      6 119 SYN_SENT ${ORIGINAL} [UNREPLIED] src=192.0.2.1 dst=198.51.100.7 sport=80 dport=4711 mark=0`,
    ]);
  });

  it('is forgotten by tracking as soon as it ends', () => {
    const tracked = new Tracked();
    tracked.client('S');
    tracked.clock.advance(61_000);

    expect([...tracked.director.connections()]).toEqual([]);
    expect(tracked.lines).toEqual([]);
  });

  it('has the mark that the firewall gives its connection', () => {
    const tracked = new Tracked({ connectionMark: (mark) => mark & 0xff });
    tracked.client('S', {}, 0x4007);

    expect(tracked.lines[0]).toMatch(/mark=7$/);
  });
});

describe('an entry that is made while conntrack is 0', () => {
  it('is not listed, also when the tunable changes later', () => {
    const tracked = new Tracked({}, { conntrack: 0 });
    tracked.client('S');
    tracked.director.setTunable('conntrack', 1);
    tracked.client('A', { sequence: 1 });

    expect(tracked.lines).toEqual([]);
  });

  it('is not translated, whatever the rules say', () => {
    const tracked = new Tracked(MASQUERADE, { conntrack: 0 });

    expect(leaving(tracked.client('S'))).toBe(`${CLIENT}:4711 > ${SERVER}:8080`);
  });
});

describe('source NAT', () => {
  it('gives the server the own address, and the client the virtual one', () => {
    const tracked = new Tracked(MASQUERADE);
    const syn = leaving(tracked.client('S'));
    const answer = leaving(tracked.server('SA', OWN, 4711, { sequence: 9, acknowledgment: 1 }));
    const ack = leaving(tracked.client('A', { sequence: 1, acknowledgment: 10 }));

    expect(syn).toBe(`${OWN}:4711 > ${SERVER}:8080`);
    expect(answer).toBe(`${VIRTUAL}:80 > ${CLIENT}:4711`);
    expect(ack).toBe(`${OWN}:4711 > ${SERVER}:8080`);
    expect(tracked.lines[0]).toContain('src=10.0.0.7 dst=10.0.0.1 sport=8080 dport=4711');
  });

  it('translates plain segments on the fast path as all others', () => {
    const tracked = new Tracked(MASQUERADE);
    tracked.open(OWN);
    const plain = leaving(tracked.client('A', { sequence: 1, acknowledgment: 1001 }));
    const final = leaving(tracked.client('FA', { sequence: 1, acknowledgment: 1001 }));

    expect(plain).toBe(`${OWN}:4711 > ${SERVER}:8080`);
    expect(final).toBe(plain);
  });

  it('keeps the port of a second client unless the first one has it', () => {
    const tracked = new Tracked(MASQUERADE);
    tracked.client('S');
    const other = leaving(tracked.client('S', { from: '203.0.113.9', port: 4712 }));
    const same = leaving(tracked.client('S', { from: '203.0.113.9', port: 4711 }));

    expect(other).toBe(`${OWN}:4712 > ${SERVER}:8080`);
    expect(same).toMatch(/^10\.0\.0\.1:\d+ > /);
    expect(same).not.toContain(':4711 ');
  });

  it('gives the port back when the connection ends', () => {
    const tracked = new Tracked(MASQUERADE);
    tracked.client('S');
    tracked.clock.advance(61_000);

    expect(leaving(tracked.client('S', { from: '203.0.113.9' }))).toBe(
      `${OWN}:4711 > ${SERVER}:8080`,
    );
  });

  it.each([
    ['another mark', { mark: 5 }, false],
    ['the mark', { mark: 0x4000 }, true],
    ['a masked mark', { mark: 0x4000, mask: 0xf000 }, true],
    ['another port', { virtualPort: 81 }, false],
    ['the virtual endpoint', { virtualAddress: VIRTUAL, virtualPort: 80, protocol: 'tcp' }, true],
    ['another protocol', { protocol: 'udp' }, false],
  ] as const)('matches by %s', (_, conditions, isTranslated) => {
    const tracked = new Tracked({ sourceNat: [{ to: VIRTUAL, ...conditions }] });
    const source = leaving(tracked.client('S', {}, 0x4000)).split(':')[0];

    expect(source).toBe(isTranslated ? VIRTUAL : CLIENT);
  });

  it('drops the packet when the host has no address to masquerade with', () => {
    const director = new Director({
      tracking: new ConnectionTracking(MASQUERADE),
      tunables: { conntrack: 1 },
    });
    const service = { address: VIRTUAL, port: 80 };
    director.addService(service);
    director.addServer(service, { address: SERVER, port: 80, forwardingMethod: 'masquerading' });
    const verdict = director.receive(segment(CLIENT, 4711, VIRTUAL, 80, 'S'));

    expect(`${verdict.action}: ${verdict.reason}`).toBe('drop: no-own-address');
  });
});

describe('a segment far outside the window', () => {
  const far = { sequence: 0x3000_0000, acknowledgment: 1001 };

  it('is lost when it is a client’s, although the entry is moved', () => {
    const tracked = new Tracked();
    tracked.open();
    const verdict = tracked.client('PA', far);

    expect(`${verdict.action}: ${verdict.reason}`).toBe('drop: invalid-segment');
    expect([...tracked.director.connections()].map(({ state }) => state)).toEqual(['ESTABLISHED']);
  });

  it('passes when it is a server’s', () => {
    const tracked = new Tracked();
    tracked.open();
    const verdict = tracked.server('PA', CLIENT, 4711, { ...far, acknowledgment: 1 });

    expect(leaving(verdict)).toBe(`${VIRTUAL}:80 > ${CLIENT}:4711`);
  });

  it('is dropped by a rule before IPVS sees it', () => {
    const tracked = new Tracked({ dropInvalid: ['input', 'forward'] });
    tracked.open();
    const reasons = [
      tracked.client('PA', far).reason,
      tracked.server('PA', CLIENT, 4711, { ...far, acknowledgment: 1 }).reason,
    ];

    expect(reasons).toEqual(['invalid-packet', 'invalid-packet']);
  });

  it('passes when the entry is not tracked', () => {
    const tracked = new Tracked({}, { conntrack: 0 });
    tracked.open();

    expect(tracked.client('PA', far).action).toBe('forward');
  });
});

describe('a packet from the wire with a wrong checksum', () => {
  const endpoints = `src=${CLIENT} dst=${SERVER} sport=4711 dport=8080`;
  const damaged = (flags: string, options: SegmentOptions = {}): Uint8Array => {
    const bytes = segment(CLIENT, 4711, VIRTUAL, 80, flags, options);
    bytes[36] ^= 0x10;
    return bytes;
  };
  const far = { sequence: 1, acknowledgment: 1001 };

  it('is invalid, so a client’s is lost when its connection is tracked', () => {
    const tracked = new Tracked();
    tracked.open();
    const before = tracked.lines;

    expect(tracked.director.receive(damaged('PA', far)).reason).toBe('invalid-segment');
    expect(tracked.lines).toEqual(before);
  });

  it('is tracked by the ends with which it leaves when its connection is not tracked yet', () => {
    const tracked = new Tracked();

    expect(leaving(tracked.director.receive(damaged('S')))).toBe(`${CLIENT}:4711 > ${SERVER}:8080`);
    expect(tracked.lines.map((line) => line.split(' [')[0])).toEqual([
      `tcp      6 120 SYN_SENT ${endpoints}`,
    ]);
  });

  it('leaves behind what the right SYN collides with until its time is over', () => {
    const tracked = new Tracked();
    tracked.director.receive(damaged('S'));
    const second = tracked.client('S').reason;
    tracked.clock.advance(120_000);

    expect(second).toBe('answers-tracked');
    expect(tracked.client('S').action).toBe('forward');
  });

  it('is tracked like a right one by direct routing, whose packets leave as they came', () => {
    const tracked = new Tracked({}, { conntrack: 1 }, 'gatewaying');
    tracked.director.receive(damaged('S'));

    expect(tracked.lines.map((line) => line.split(' [')[0])).toEqual([
      `tcp      6 120 SYN_SENT ${ORIGINAL}`,
    ]);
  });

  it('is not tracked when it goes into a tunnel, but the tunnel is', () => {
    const tracked = new Tracked({}, { conntrack: 1 }, 'tunneling');
    tracked.director.receive(damaged('S'));

    expect(tracked.lines.map((line) => line.split(' src')[0])).toEqual(['unknown  4 600']);
  });

  it('is dropped by a rule against what is invalid', () => {
    const tracked = new Tracked({ dropInvalid: ['input'] });

    expect(tracked.director.receive(damaged('S')).reason).toBe('invalid-packet');
    expect(tracked.director.table.size).toBe(0);
  });

  it('is like any other when checksums are not verified', () => {
    const tracked = new Tracked({ verifyChecksums: false });
    tracked.open();

    expect(tracked.director.receive(damaged('PA', far)).action).toBe('forward');
  });
});

it('a segment that is invalid and cannot begin a connection passes, also behind NAT', () => {
  const tracked = new Tracked();
  tracked.open();
  const verdict = tracked.client('FA', { sequence: 0x3000_0000, acknowledgment: 1001 });

  expect(leaving(verdict)).toBe(`${CLIENT}:4711 > ${SERVER}:8080`);
});

describe('a rule that drops invalid packets', () => {
  it('in the chain forward lets no masqueraded connection open while conntrack is 0', () => {
    const tracked = new Tracked({ dropInvalid: ['forward'] }, { conntrack: 0 });
    tracked.client('S');
    const answer = tracked.server('SA', CLIENT, 4711, { acknowledgment: 1 });

    expect(`${answer.action}: ${answer.reason}`).toBe('drop: invalid-packet');
  });

  it('in the chain input stops direct routing behind the SYN while conntrack is 1', () => {
    const tracked = new Tracked({ dropInvalid: ['input'] }, { conntrack: 1 }, 'gatewaying');
    tracked.client('S');

    expect(tracked.client('A', { sequence: 1 }).reason).toBe('invalid-packet');
  });
});

describe('a SYN on a live connection of a quiesced server, with expire_nodest_conn', () => {
  const quiesce = (tracked: Tracked): void => {
    const service = { address: VIRTUAL, port: 80 };
    const server = { address: SERVER, port: 8080, forwardingMethod: 'masquerading' } as const;
    tracked.director.editServer(service, server, { weight: 0 });
    tracked.director.addServer(service, { ...server, address: '10.0.0.8' });
  };

  it('is dropped when the connection is tracked, and the next one is scheduled', () => {
    const tracked = new Tracked({}, { conntrack: 1, expire_nodest_conn: 1 });
    tracked.open();
    quiesce(tracked);
    const first = tracked.client('S', { sequence: 5 }).reason;
    tracked.clock.advance(1000);
    const second = tracked.client('S', { sequence: 5 });

    expect(first).toBe('connection-tracked');
    expect(leaving(second)).toContain('> 10.0.0.8:8080');
  });

  it('is scheduled at once when it is not', () => {
    const tracked = new Tracked({}, { conntrack: 0, expire_nodest_conn: 1 });
    tracked.open();
    quiesce(tracked);

    expect(leaving(tracked.client('S', { sequence: 5 }))).toContain('> 10.0.0.8:8080');
  });
});

it('is part of one director alone', () => {
  const tracking = new ConnectionTracking();
  expect([...tracking.connections()]).toEqual([]);
  expect(new Director({ tracking })).toBeDefined();
  expect(() => new Director({ tracking })).toThrow(TypeError);
});

it('continues with what a saved director knew', () => {
  const tracked = new Tracked(MASQUERADE);
  tracked.open(OWN);
  const tracking = new ConnectionTracking(MASQUERADE);
  const saved = JSON.parse(JSON.stringify(tracked.director)) as ReturnType<Director['toJSON']>;
  const again = Director.fromJSON(saved, {
    tracking,
    clock: tracked.clock,
    host: { client: { ipv4: '192.0.2.254' }, server: { ipv4: OWN } },
  });
  const answer = again.respond(
    segment(SERVER, 8080, OWN, 4711, 'A', { sequence: 1001, acknowledgment: 1 }),
  );

  expect(leaving(answer)).toBe(`${VIRTUAL}:80 > ${CLIENT}:4711`);
  expect([...tracking.connections()]).toEqual([...tracked.tracking.connections()]);
});

it.each([
  [{ sourceNat: [{ to: 'nowhere' }] }],
  [{ sourceNat: [{ to: 'masquerade', mark: -1 }] }],
  [{ dropInvalid: ['output'] }],
  [{ nat: true }],
])('refuses the rules %j', (options) => {
  expect(() => new ConnectionTracking(options as object)).toThrow(/expected/);
});
