import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { SCTP_ACTIVE, SCTP_STATES, nextSctpState } from '../../../src/connections/states/sctp.js';
import { nextTcpState, TCP_ACTIVE, TCP_STATES } from '../../../src/connections/states/tcp.js';

type Rows = Record<string, Record<string, string>>;
const directions = ['INPUT', 'OUTPUT', 'INPUT_ONLY'];

function readTable(name: string): unknown {
  const bytes = readFileSync(new URL(`recorded-tables/${name}.json.gz`, import.meta.url));
  return JSON.parse(gunzipSync(bytes).toString('utf8'));
}

function activeNames(names: readonly string[], bits: number): string[] {
  return names.filter((_, state) => ((bits >>> state) & 1) !== 0);
}

function fromEstablished(flags: number): string {
  return TCP_STATES[nextTcpState(1, flags, 2, false)];
}

describe('the TCP tables', () => {
  const data = readTable('tcp-states') as {
    states: string[];
    active: string[];
    next: Record<string, Record<string, Rows>>;
  };
  const bits: Record<string, number> = { RST: 0x04, SYN: 0x02, FIN: 0x01, ACK: 0x10 };

  it('give the recorded next state for every table, direction, event and state', () => {
    for (const [table, byDirection] of Object.entries(data.next)) {
      directions.forEach((name, direction) => {
        const made: Rows = {};
        for (const event of Object.keys(byDirection[name])) {
          made[event] = Object.fromEntries(
            TCP_STATES.map((state, number) => [
              state,
              TCP_STATES[nextTcpState(number, bits[event], direction, table === 'secure')],
            ]),
          );
        }
        expect(made).toEqual(byDirection[name]);
      });
    }
  });

  it('name the states and the active ones as recorded', () => {
    expect(TCP_STATES).toEqual(data.states);
    expect(activeNames(TCP_STATES, TCP_ACTIVE).toSorted()).toEqual(data.active.toSorted());
  });

  it('leave ESTABLISHED as it is at an ACK, in every table and direction, which the fast path counts on', () => {
    for (const secure of [false, true]) {
      for (const direction of directions.keys()) {
        expect(TCP_STATES[nextTcpState(1, bits.ACK, direction, secure)]).toBe('ESTABLISHED');
      }
    }
  });

  it('let RST go before SYN, SYN before FIN, FIN before ACK, and close without any', () => {
    expect([0x17, 0x13, 0x11, 0x10, 0x28].map(fromEstablished)).toEqual([
      'CLOSE',
      'ESTABLISHED',
      'FIN_WAIT',
      'ESTABLISHED',
      'CLOSE',
    ]);
  });
});

describe('the SCTP table', () => {
  const data = readTable('sctp-states') as {
    states: string[];
    active: string[];
    next: Record<string, Rows>;
  };
  const chunkOf: Record<string, number> = {
    DATA: 0,
    INIT: 1,
    INIT_ACK: 2,
    COOKIE_ECHO: 10,
    COOKIE_ACK: 11,
    SHUTDOWN: 7,
    SHUTDOWN_ACK: 8,
    SHUTDOWN_COMPLETE: 14,
    ERROR: 9,
    ABORT: 6,
  };

  it('gives the recorded next state for every direction, event and state', () => {
    directions.forEach((name, direction) => {
      const made: Rows = {};
      for (const event of Object.keys(data.next[name])) {
        made[event] = Object.fromEntries(
          SCTP_STATES.map((state, number) => [
            state,
            SCTP_STATES[nextSctpState(number, chunkOf[event], -1, direction)],
          ]),
        );
      }
      expect(made).toEqual(data.next[name]);
    });
  });

  it('names the states and the active one as recorded', () => {
    expect(SCTP_STATES).toEqual(data.states);
    expect(activeNames(SCTP_STATES, SCTP_ACTIVE)).toEqual(data.active);
  });

  it('takes SACK, HEARTBEAT, ECNE, CWR and unknown chunks for DATA', () => {
    for (const chunk of [3, 4, 5, 12, 13, 15, 64, 255]) {
      for (let state = 0; state < SCTP_STATES.length; state++) {
        expect(nextSctpState(state, chunk, -1, 2)).toBe(nextSctpState(state, 0, -1, 2));
      }
    }
  });

  it('sees the ABORT behind a cookie, and behind nothing else', () => {
    expect([10, 11, 0].map((first) => SCTP_STATES[nextSctpState(8, first, 6, 0)])).toEqual([
      'CLOSED',
      'CLOSED',
      'ESTABLISHED',
    ]);
  });
});
