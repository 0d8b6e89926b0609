/** Rules of TCP that recorded sequences seldom meet: offers, and segments beside those that are expected. */
import { describe, expect, it } from 'vitest';
import { FLAGS, RECORD_WORDS, STATE_BITS } from '../../src/conntrack/record.js';
import { ACCEPTED, PASSED, REFUSED } from '../../src/conntrack/tcp-outcomes.js';
import { TRACKED_TCP_STATES } from '../../src/conntrack/tcp-states.js';
import { TcpTracker } from '../../src/conntrack/tcp-tracker.js';

const SYN = 2;
const RST = 4;
const ACK = 0x10;
const CLIENT = 0;
const SERVER = 1;
/** Such sequence numbers that 0 is far behind them. */
const CLIENT_ISN = 500_000;
const SERVER_ISN = 700_000;
/** A window is offered in units of 128 bytes. */
const SCALED_BY_7 = [3, 3, 7, 0];

interface Segment {
  readonly flags: number;
  readonly sequence: number;
  readonly ack?: number;
  readonly window?: number;
  readonly payload?: number;
  readonly options?: readonly number[];
}

/** A connection, and what becomes of its segments. */
class Conversation {
  private readonly tracker = new TcpTracker();
  private readonly words = new Int32Array(RECORD_WORDS);

  send(direction: number, segment: Segment): number {
    const { flags, sequence, ack = 0, window = 1000, payload = 0, options = [] } = segment;
    const header = 20 + options.length;
    const bytes = new Uint8Array(header + payload);
    const view = new DataView(bytes.buffer);
    view.setUint32(4, sequence);
    view.setUint32(8, ack);
    bytes[12] = (header / 4) << 4;
    bytes[13] = flags;
    view.setUint16(14, window);
    bytes.set(options, 20);
    this.tracker.segment.read(view, 0, bytes.length);
    return this.tracker.judge(this.words, 0, 0, direction, 1000);
  }

  /** The handshake, with these options of both ends. */
  open(ofClient: readonly number[], ofServer: readonly number[]): this {
    this.send(CLIENT, { flags: SYN, sequence: CLIENT_ISN, options: ofClient });
    const answer = { flags: SYN | ACK, sequence: SERVER_ISN, ack: CLIENT_ISN + 1 };
    this.send(SERVER, { ...answer, options: ofServer });
    this.send(CLIENT, { flags: ACK, sequence: CLIENT_ISN + 1, ack: SERVER_ISN + 1 });
    expect(this.state).toBe('ESTABLISHED');
    return this;
  }

  /** Bytes of the server this far behind what the client has acknowledged. */
  sendAhead(bytes: number, serverIsn = SERVER_ISN, clientIsn = CLIENT_ISN): number {
    const sequence = serverIsn + 1 + bytes;
    return this.send(SERVER, { flags: ACK, sequence, ack: clientIsn + 1, payload: 10 });
  }

  get state(): string {
    return TRACKED_TCP_STATES[this.words[FLAGS] & STATE_BITS];
  }
}

describe('windows', () => {
  it.each([
    ['both ends', SCALED_BY_7, SCALED_BY_7, ACCEPTED],
    ['the client alone', SCALED_BY_7, [], REFUSED],
    ['the server alone', [], SCALED_BY_7, REFUSED],
    ['neither', [], [], REFUSED],
  ])('are scaled when both ends offer it: %s', (_, ofClient, ofServer, expected) => {
    expect(new Conversation().open(ofClient, ofServer).sendAhead(50_000)).toBe(expected);
    expect(new Conversation().open(ofClient, ofServer).sendAhead(900)).toBe(ACCEPTED);
  });
});

describe('a SYN within a connection', () => {
  const AGAIN = { flags: SYN, sequence: 4_000_000 };

  it('begins the connection again when the server takes it, with what it has offered', () => {
    for (const [options, expected] of [
      [SCALED_BY_7, ACCEPTED],
      [[], REFUSED],
    ] as const) {
      const conversation = new Conversation().open([], []);
      expect(conversation.send(CLIENT, { ...AGAIN, options })).toBe(PASSED);
      const isn = 6_000_000;
      const answer = { flags: SYN | ACK, sequence: isn, ack: AGAIN.sequence + 1 };
      expect(conversation.send(SERVER, { ...answer, options: SCALED_BY_7 })).toBe(ACCEPTED);
      const ack = { flags: ACK, sequence: AGAIN.sequence + 1, ack: isn + 1 };
      expect(conversation.send(CLIENT, ack)).toBe(ACCEPTED);
      expect(conversation.sendAhead(50_000, isn, AGAIN.sequence)).toBe(expected);
    }
  });

  it('is taken back by a RST that follows it, and by no other one far from the window', () => {
    for (const [beside, state] of [
      [0, 'CLOSE'],
      [1, 'ESTABLISHED'],
      [-1, 'ESTABLISHED'],
    ] as const) {
      const conversation = new Conversation().open([], []);
      conversation.send(CLIENT, AGAIN);
      conversation.send(CLIENT, { flags: RST, sequence: AGAIN.sequence + 1 + beside });
      expect(conversation.state).toBe(state);
    }
  });
});

describe('a RST', () => {
  it('that acknowledges 0 acknowledges all, and another one what it says', () => {
    for (const [ack, state] of [
      [0, 'CLOSE'],
      [CLIENT_ISN + 1, 'CLOSE'],
      [1, 'ESTABLISHED'],
      [CLIENT_ISN + 2, 'ESTABLISHED'],
    ] as const) {
      const conversation = new Conversation().open([], []);
      conversation.send(SERVER, { flags: RST | ACK, sequence: SERVER_ISN + 1, ack });
      expect(conversation.state).toBe(state);
    }
  });
});
