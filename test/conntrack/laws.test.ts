import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ForwardingMethod } from '../../src/model/forwarding-method.js';
import { encodePacket } from '../../src/wire/encode-packet.js';
import { Packet } from '../../src/wire/packet.js';
import { leftInTable, leftInTracking } from '../director/support/left-behind.js';
import { CLIENT, leaving, OWN, segment, SERVER, Tracked, VIRTUAL } from './support.js';

const MASQUERADE = { sourceNat: [{ to: 'masquerade' }] };
const METHODS: readonly ForwardingMethod[] = ['masquerading', 'gatewaying', 'tunneling'];

describe('source NAT there and back', () => {
  it('restores addresses, ports and checksums of any payload', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 64 }),
        fc.integer({ min: 1, max: 65_535 }),
        fc.boolean(),
        (payload, port, isUdp) => {
          const tracked = new Tracked(MASQUERADE);
          const transport = isUdp
            ? ({ type: 'udp', sourcePort: port, destinationPort: 53 } as const)
            : ({ type: 'tcp', sourcePort: port, destinationPort: 80, flags: 2 } as const);
          const request = encodePacket({
            source: CLIENT,
            destination: VIRTUAL,
            transport,
            payload,
          });
          const sent = tracked.director.receive(request).departures()[0];
          const own = new Packet();

          expect(sent && own.parse(sent.bytes)).toBe('ok');
          const answer = encodePacket({
            source: SERVER,
            destination: OWN,
            transport: {
              ...transport,
              sourcePort: own.destinationPort,
              destinationPort: own.sourcePort,
              ...(!isUdp && { flags: 0x12, acknowledgmentNumber: 1 + payload.length }),
            },
            payload,
          });
          const back = tracked.director.respond(answer).departures()[0];
          const direct = encodePacket({
            source: VIRTUAL,
            destination: CLIENT,
            timeToLive: 63,
            transport: {
              ...transport,
              sourcePort: transport.destinationPort,
              destinationPort: port,
              ...(!isUdp && { flags: 0x12, acknowledgmentNumber: 1 + payload.length }),
            },
            payload,
          });

          expect(back?.bytes).toEqual(direct);
        },
      ),
      { numRuns: 100 },
    );
  });
});

const PORTS = { min: 4711, max: 4713 };

/** A segment, or any bytes. */
interface Step {
  readonly fromServer: boolean;
  readonly toOwn: boolean;
  readonly port: number;
  readonly flags: string;
  readonly sequence: number;
  readonly acknowledgment: number;
  readonly mark: number;
  readonly waitMs: number;
  readonly noise: Uint8Array;
  readonly isNoise: boolean;
}

const step: fc.Arbitrary<Step> = fc.record({
  fromServer: fc.boolean(),
  toOwn: fc.boolean(),
  port: fc.integer(PORTS),
  flags: fc.constantFrom('S', 'SA', 'A', 'PA', 'FA', 'R', 'RA', '', 'SF'),
  sequence: fc.constantFrom(0, 1, 2, 1000, 1001, 70_000, 0x4000_0000),
  acknowledgment: fc.constantFrom(0, 1, 2, 1001, 0x5000_0000),
  mark: fc.constantFrom(0, 0x4000),
  waitMs: fc.constantFrom(0, 0, 10, 1000, 70_000),
  noise: fc.uint8Array({ maxLength: 60 }),
  isNoise: fc.boolean(),
});
/** A connection that is opened, and then gets a segment that means nothing in its state, which is remembered. */
const opening: fc.Arbitrary<readonly Step[]> = fc
  .record({
    port: fc.integer(PORTS),
    toOwn: fc.boolean(),
    mark: fc.constantFrom(0, 0x4000),
    ignored: fc.constantFrom(
      { fromServer: false, flags: 'S', sequence: 70_000, acknowledgment: 0 },
      { fromServer: true, flags: 'SA', sequence: 1000, acknowledgment: 1 },
    ),
    waitMs: fc.constantFrom(0, 70_000),
  })
  .map(({ port, toOwn, mark, ignored, waitMs }) => {
    const rest = { port, toOwn, mark, waitMs: 0, noise: new Uint8Array(0), isNoise: false };
    return [
      { ...rest, fromServer: false, flags: 'S', sequence: 0, acknowledgment: 0 },
      { ...rest, fromServer: true, flags: 'SA', sequence: 1000, acknowledgment: 1 },
      { ...rest, fromServer: false, flags: 'A', sequence: 1, acknowledgment: 1001 },
      { ...rest, ...ignored, waitMs },
    ];
  });
const steps: fc.Arbitrary<readonly Step[]> = fc
  .array(
    fc.oneof(
      { weight: 3, arbitrary: step.map((each) => [each]) },
      { weight: 1, arbitrary: opening },
    ),
    { maxLength: 30, size: '+1' },
  )
  .map((all) => all.flat());

const options = fc.record({
  conntrack: fc.nat(1),
  conn_reuse_mode: fc.nat(3),
  expire_nodest_conn: fc.nat(1),
  sloppy_tcp: fc.nat(1),
  snat_reroute: fc.nat(1),
});

describe('any packets under any options', () => {
  it('never throw, and leave no half-made entry', () => {
    fc.assert(
      fc.property(
        steps,
        options,
        fc.constantFrom(...METHODS),
        fc.subarray(['input', 'forward'] as const),
        (packets, tunables, method, dropInvalid) => {
          const tracked = new Tracked({ ...MASQUERADE, dropInvalid }, tunables, method);
          for (const step of packets) {
            tracked.clock.advance(step.waitMs);
            if (step.isNoise) tracked.director.receive(step.noise.slice(), step.mark);
            else if (step.fromServer) {
              tracked.server(step.flags, step.toOwn ? OWN : CLIENT, step.port, step);
            } else tracked.client(step.flags, step, step.mark);
            expectConsistent(tracked);
          }
          tracked.clock.advance(500_000_000);
          tracked.director.advance();

          expect([...tracked.director.connections()]).toEqual([]);
          expect(tracked.lines).toEqual([]);
          expectConsistent(tracked);
          expect(leaving(tracked.client('S', { from: '203.0.113.1' }))).toBeDefined();
        },
      ),
      { numRuns: 100 },
    );
  });
});

/** Whatever is listed as an entry's belongs to one, no two share an own endpoint, and nothing is left behind. */
function expectConsistent(tracked: Tracked): void {
  const { table } = tracked.director;
  expect([...leftInTable(table), ...leftInTracking(table, tracked.tracking)]).toEqual([]);
  const entries = new Set(
    [...tracked.director.connections()].map(
      ({ clientAddress, clientPort, virtualPort }) =>
        `${clientAddress} ${clientPort} ${virtualPort}`,
    ),
  );
  const replies = new Set<string>();
  for (const { original, reply } of tracked.tracking.connections()) {
    const { source, sourcePort, destinationPort } = original;
    const isOfServer = `${reply.source}` === SERVER && `${original.destination}` === VIRTUAL;
    if (isOfServer) {
      expect(entries).toContain(`${source} ${sourcePort} ${destinationPort}`);
    }
    const text = `${reply.source} ${reply.sourcePort} ${reply.destination} ${reply.destinationPort}`;
    expect(replies).not.toContain(text);
    replies.add(text);
  }
}

describe('the memory of tracking', () => {
  it('is 40 bytes for each tracked connection', () => {
    const tracked = new Tracked();
    const count = 8192;
    for (let i = 0; i < count; i++) tracked.client('S', { port: 1024 + i });

    expect(tracked.director.table.size).toBe(count);
    expect(tracked.tracking.bytes / count).toBeLessThanOrEqual(40.1);
  });

  it('is at most 16 bytes more for each one that is translated', () => {
    const tracked = new Tracked(MASQUERADE);
    const count = 8192;
    for (let i = 0; i < count; i++) tracked.client('S', { port: 1024 + i });

    expect(tracked.tracking.bytes / count).toBeLessThanOrEqual(56);
  });

  it('does not grow with connections that come and go', () => {
    const tracked = new Tracked(MASQUERADE);
    const open = (port: number): void => {
      tracked.client('S', { port });
      tracked.clock.advance(1000);
    };
    for (let i = 0; i < 500; i++) open(1024 + i);
    const { bytes } = tracked.tracking;
    for (let i = 0; i < 2000; i++) open(2024 + i);

    expect(tracked.tracking.bytes).toBe(bytes);
  });
});

it('a packet that is routed past the director is tracked, and forgotten when its time is over', () => {
  const tracked = new Tracked();
  tracked.director.respond(segment(SERVER, 9, CLIENT, 4711, 'S'));

  expect(tracked.lines.length).toBe(1);
  tracked.clock.advance(120_000);
  expect(tracked.lines).toEqual([]);
});

it('what is remembered of a connection past the director leaves with it', () => {
  const tracked = new Tracked();
  const { director, clock } = tracked;
  const remembered = (): number =>
    tracked.tracking['tracker']?.['follower'].tcp['ignored'].size ?? 0;
  const send = (flags: string, sequence: number): void => {
    director.respond(segment(SERVER, 9, CLIENT, 4711, flags, { sequence, acknowledgment: 1 }));
  };
  send('S', 0);
  director.respond(segment(CLIENT, 4711, SERVER, 9, 'SA', { sequence: 0, acknowledgment: 1 }));
  send('A', 1);
  send('S', 70_000);
  expect(remembered()).toBe(1);
  clock.advance(500_000_000);
  // Each new one looks at old ones, and forgets those that are over.
  director.respond(segment(SERVER, 10, CLIENT, 4711, 'S'));

  expect(remembered()).toBe(0);
  expect(leftInTracking(director.table, tracked.tracking)).toEqual([]);
});
