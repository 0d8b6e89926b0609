import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ConnectionTable } from '../../src/connections/connection-table.js';
import {
  FLAG_INACTIVE,
  FLAG_NO_OUTPUT,
  FLAG_TEMPLATE,
} from '../../src/connections/entries/flags.js';
import { INPUT, INPUT_ONLY, OUTPUT } from '../../src/connections/states/direction.js';
import { nextSctpState, SCTP_ESTABLISHED, SCTP_STATES } from '../../src/connections/states/sctp.js';
import { nextTcpState, TCP_ESTABLISHED, TCP_STATES } from '../../src/connections/states/tcp.js';
import { Timeouts } from '../../src/connections/states/timeouts.js';
import { stateName, statesOf } from '../../src/connections/state-machine.js';
import type { RealServer } from '../../src/model/real-server.js';
import { clientKey, oneServer, TCP, templateKey, UDP } from './support/fixtures.js';
import { noisyTable, partsOf } from './support/parts.js';

const SCTP = 132;
const ACTIVE_OF_TCP = ['ESTABLISHED', 'SYN_SENT', 'SYN_RECV', 'SYNACK'];

interface Step {
  readonly ms: number;
  readonly bits: number;
  readonly second: number;
  readonly fromServer: boolean;
  /** Whether a client's packet takes the path that does all at once. */
  readonly whole: boolean;
  readonly before: 'nothing' | 'drop' | 'expire' | 'timeouts' | 'secure';
}

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.record({
    ms: fc.nat({ max: 1500 }),
    bits: fc.oneof(
      { weight: 4, arbitrary: fc.constantFrom(0x02, 0x10, 0x10, 0x18) },
      { weight: 1, arbitrary: fc.nat({ max: 255 }) },
    ),
    second: fc.constantFrom(-1, 0, 6, 10),
    fromServer: fc.constantFrom(false, false, true),
    whole: fc.constantFrom(true, true, false),
    before: fc.constantFrom(
      'nothing',
      'nothing',
      'nothing',
      'drop',
      'expire',
      'timeouts',
      'secure',
    ),
  }),
  { minLength: 1, maxLength: 40, size: 'max' },
);

/** A connection and its template, and what the rules say of both. */
class Pair {
  readonly timeouts = new Timeouts();
  readonly table = noisyTable({ timeouts: this.timeouts });
  readonly server: RealServer;
  readonly slot: number;
  private readonly template: number;
  private now = 0;
  private state = 0;
  private noOutput: boolean;
  private assured = false;
  private packets = 0;
  private timeoutMs = 3000;
  private expiry = 3000;
  private readonly protocol: number;
  private readonly parts;

  constructor(protocol: number, forwardingMethod: 'masquerading' | 'gatewaying') {
    this.protocol = protocol;
    this.noOutput = forwardingMethod !== 'masquerading';
    this.server = oneServer({ forwardingMethod });
    this.parts = partsOf(this.table);
    this.template = this.table.insert(templateKey(1), 0, this.server, 80, FLAG_TEMPLATE);
    this.parts.entries.setTimeout(this.template, 2_000_000_000);
    this.table.touch(this.template, 0);
    this.slot = this.table.insert(clientKey(1, protocol), 0, this.server, 80);
    this.table.setController(this.slot, this.template);
  }

  /** Whether the connection is still there after a step. */
  take(step: Step): boolean {
    this.now += step.ms;
    this.table.advance(this.now);
    if (this.table.findIn(clientKey(1, this.protocol)) < 0) {
      expect(this.expiry).toBeLessThan(this.now);
      return false;
    }
    this.prepare(step.before);
    const { bits, second, fromServer, whole } = step;
    this.send(bits, second, fromServer, whole);
    this.follow(bits, second, fromServer);
    this.compare();
    return true;
  }

  private prepare(before: Step['before']): void {
    const { table, slot, now } = this;
    if (before === 'secure') table.states.secureTcp = !table.states.secureTcp;
    if (before === 'expire') table.expireNow(slot, now);
    if (before === 'drop') this.parts.lifecycle.drop(slot, now);
    if (before === 'timeouts') this.timeouts.set({ tcpSeconds: 901 + now, udpSeconds: 301 + now });
  }

  /** What a director does with a packet of a connection. */
  private send(bits: number, second: number, fromServer: boolean, whole: boolean): void {
    const { table, slot, now, protocol } = this;
    const { states } = table;
    if (whole && !fromServer && protocol === TCP) return states.clientSegment(slot, bits, now);
    if (whole && !fromServer && protocol === UDP) return states.clientDatagram(slot, now);
    if (protocol === TCP) states.tcp(slot, bits, fromServer);
    if (protocol === UDP) states.udp(slot, fromServer);
    if (protocol === SCTP) states.sctp(slot, bits & 15, second, fromServer);
    if (fromServer) table.touch(slot, now);
    else table.use(slot, now);
  }

  private follow(bits: number, second: number, fromServer: boolean): void {
    const { protocol, state, timeouts } = this;
    const input = this.noOutput ? INPUT_ONLY : INPUT;
    const direction = fromServer ? OUTPUT : input;
    if (protocol === TCP) {
      this.state = nextTcpState(state, bits, direction, this.table.states.secureTcp);
      this.assured ||= state !== this.state && this.state === TCP_ESTABLISHED;
      this.timeoutMs = timeouts.tcp(this.state);
    } else if (protocol === SCTP) {
      this.state = nextSctpState(state, bits & 15, second, direction);
      this.assured ||= state !== this.state && this.state === SCTP_ESTABLISHED;
      this.timeoutMs = timeouts.sctp(this.state);
    } else {
      this.assured ||= fromServer;
      this.timeoutMs = timeouts.udp;
    }
    if (fromServer && protocol !== UDP) this.noOutput = false;
    if (!fromServer) this.packets++;
    this.expiry = this.now + this.timeoutMs;
  }

  private compare(): void {
    const { table, slot, server, protocol } = this;
    const { entries } = this.parts;
    const isActive =
      protocol === TCP
        ? ACTIVE_OF_TCP.includes(TCP_STATES[this.state])
        : protocol === SCTP && SCTP_STATES[this.state] === 'ESTABLISHED';

    expect({
      state: table.state(slot),
      active: [server.active, (table.flags(slot) & FLAG_INACTIVE) === 0],
      noOutput: (table.flags(slot) & FLAG_NO_OUTPUT) !== 0,
      template: table.state(this.template),
      packets: entries.packets(slot),
      timeoutMs: entries.timeoutMs(slot),
      expiry: table.expiryMs(slot),
      isExpiring: entries.isExpiring(slot),
    }).toEqual({
      state: this.state,
      active: [Number(isActive), isActive],
      noOutput: this.noOutput,
      template: Number(this.assured),
      packets: this.packets,
      timeoutMs: this.timeoutMs,
      expiry: this.expiry,
      isExpiring: false,
    });
  }
}

describe('the packets of a connection', () => {
  it.each([
    ['TCP', TCP],
    ['UDP', UDP],
    ['SCTP', SCTP],
  ])(
    'decide its state, activity, count, timer and template as the rules of %s say',
    (_, protocol) => {
      fc.assert(
        fc.property(fc.constantFrom('masquerading', 'gatewaying'), steps, (method, list) => {
          const pair = new Pair(protocol, method);
          for (const step of list) if (!pair.take(step)) return;
        }),
      );
    },
  );

  it('change nothing at a connection without template but itself', () => {
    const table = new ConnectionTable();
    const slot = table.insert(clientKey(1, UDP), 0, oneServer(), 80);
    const other = table.insert(templateKey(2), 0, oneServer(), 80, FLAG_TEMPLATE);
    table.states.udp(slot, true);

    expect(table.state(other)).toBe(0);
  });

  it('make a template ASSURED when the server has sent one without an entry', () => {
    const table = new ConnectionTable();
    const template = table.insert(templateKey(1), 0, oneServer(), 80, FLAG_TEMPLATE);
    table.states.assure(template);

    expect(stateName(table, template)).toBe('ASSURED');
  });
});

describe('the name of a state', () => {
  const named = (protocol: number, state: number, flags = 0): string => {
    const table = new ConnectionTable();
    const birth = { state, active: false, timeoutMs: 1000 };
    const slot = table.insert(clientKey(1, protocol), 0, oneServer(), 80, flags, 0, birth);
    return stateName(table, slot);
  };

  it('is that of its protocol', () => {
    expect(TCP_STATES.map((_, state) => named(TCP, state))).toEqual(TCP_STATES);
    expect(SCTP_STATES.map((_, state) => named(SCTP, state))).toEqual(SCTP_STATES);
    expect([named(UDP, 0), named(50, 0)]).toEqual(['UDP', 'NONE']);
  });

  it('is NONE or ASSURED for a template of any protocol', () => {
    for (const protocol of [TCP, UDP, SCTP, 0]) {
      const names = [0, 1].map((state) => named(protocol, state, FLAG_TEMPLATE));
      expect(names).toEqual(['NONE', 'ASSURED']);
    }
  });

  it('is ERR! for a number that the protocol has not', () => {
    expect([named(TCP, 11), named(SCTP, 14), named(UDP, 1), named(50, 1)]).toEqual(
      Array.from({ length: 4 }, () => 'ERR!'),
    );
    expect(statesOf(50)).toEqual(['NONE']);
  });
});
