/**
 * The traffic of a server, a service or a whole director: connections, packets and bytes.
 *
 * Counting is immediate, but listings show what the last tick saw, so they lag by up to two seconds.
 * Zeroing moves the zero point to what the last tick saw and clears the averages; what was counted
 * since then appears with the next tick. All numbers are in one typed array, so that counting a
 * packet allocates nothing. Source: ipvsadm(8), `--stats`, `--rate`, `--zero`, and recorded listings.
 */
import { requireStateFormat, type SavedState, STATE_FORMAT } from '../state-format.js';
import { averageShownAs, BYTES_SHIFT, COUNT_SHIFT, shownRate, smoothed } from './rate-estimator.js';

/** Five numbers: totals as `--stats` shows them, or rates per second as `--rate` does. */
export interface Traffic {
  /** Connections that were scheduled. */
  readonly connections: number;
  /** Packets from clients. */
  readonly packetsIn: number;
  /** Packets to clients. */
  readonly packetsOut: number;
  /** Bytes of IP packets from clients, headers included. */
  readonly bytesIn: number;
  /** Bytes of IP packets to clients, headers included. */
  readonly bytesOut: number;
}

/** The state of {@link Statistics}, as plain JSON: five counters each. */
export interface StatisticsState extends SavedState {
  /** The counters as they are now. */
  readonly counted: readonly number[];
  /** The counters as the last tick saw them. */
  readonly seen: readonly number[];
  /** The zero points. */
  readonly zeroed: readonly number[];
  /** The averages. */
  readonly averages: readonly number[];
}

const COUNTERS = 5;
const CONNECTIONS = 0;
const PACKETS_IN = 1;
const PACKETS_OUT = 2;
const BYTES_IN = 3;
const BYTES_OUT = 4;

// Where each group of five begins.
const COUNTED = 0;
const SEEN = COUNTERS;
const ZEROED = 2 * COUNTERS;
const AVERAGES = 3 * COUNTERS;

/** The counters of one server, one service or one director. */
export class Statistics {
  private readonly numbers = new Float64Array(4 * COUNTERS);
  private readonly flush: () => void;

  /** @param flush - Called before the counters are read, to flush pending counts. */
  constructor(flush: () => void = nothingToFlush) {
    this.flush = flush;
  }

  /** Counts a connection that was scheduled. */
  countConnection(): void {
    this.numbers[CONNECTIONS] += 1;
  }

  /**
   * Counts a packet from a client.
   *
   * @param lengthBytes - The length of the IP packet as received.
   */
  countIn(lengthBytes: number): void {
    this.numbers[PACKETS_IN] += 1;
    this.numbers[BYTES_IN] += lengthBytes;
  }

  /**
   * Counts a packet to a client.
   *
   * @param lengthBytes - The length of the IP packet as received.
   */
  countOut(lengthBytes: number): void {
    this.numbers[PACKETS_OUT] += 1;
    this.numbers[BYTES_OUT] += lengthBytes;
  }

  /**
   * Counts many packets and connections at once.
   *
   * @param counts - Packets and bytes from clients, packets and bytes to clients, and, if given,
   *   connections that were scheduled.
   */
  add(counts: Float64Array): void {
    const { numbers } = this;
    numbers[PACKETS_IN] += counts[0];
    numbers[BYTES_IN] += counts[1];
    numbers[PACKETS_OUT] += counts[2];
    numbers[BYTES_OUT] += counts[3];
    numbers[CONNECTIONS] += counts[4] ?? 0;
  }

  /**
   * Updates what is shown; to be called once every {@link ESTIMATION_INTERVAL_MS}.
   *
   * @returns Whether anything changed; if not, neither will it at further ticks until something is counted.
   */
  tick(): boolean {
    this.flush();
    const { numbers } = this;
    let changed = false;
    for (let i = 0; i < COUNTERS; i++) {
      const counted = numbers[COUNTED + i];
      const growth = counted - numbers[SEEN + i];
      const average = numbers[AVERAGES + i];
      if (growth === 0 && average === 0) continue;
      numbers[SEEN + i] = counted;
      numbers[AVERAGES + i] = smoothed(average, growth, shiftOf(i));
      changed = true;
    }
    return changed;
  }

  /** Makes the totals count from the last tick on, and the rates from 0. */
  zero(): void {
    const { numbers } = this;
    numbers.copyWithin(ZEROED, SEEN, SEEN + COUNTERS);
    numbers.fill(0, AVERAGES, AVERAGES + COUNTERS);
  }

  /**
   * The totals as of the last tick.
   *
   * @returns What `--stats` shows.
   */
  totals(): Traffic {
    return this.traffic((i) => this.numbers[SEEN + i] - this.numbers[ZEROED + i]);
  }

  /**
   * The rates as of the last tick, per second.
   *
   * @returns What `--rate` shows.
   */
  rates(): Traffic {
    return this.traffic((i) => shownRate(this.numbers[AVERAGES + i], shiftOf(i)));
  }

  /**
   * Everything counted up to now, regardless of zeroing and ticks.
   *
   * @returns The counters.
   */
  counted(): Traffic {
    this.flush();
    return this.traffic((i) => this.numbers[COUNTED + i]);
  }

  /**
   * Saves the numbers.
   *
   * @returns Plain JSON for {@link Statistics.fromJSON}.
   */
  toJSON(): StatisticsState {
    this.flush();
    const group = (start: number): number[] => [...this.numbers.subarray(start, start + COUNTERS)];
    return {
      format: STATE_FORMAT,
      counted: group(COUNTED),
      seen: group(SEEN),
      zeroed: group(ZEROED),
      averages: group(AVERAGES),
    };
  }

  /**
   * Restores saved numbers.
   *
   * @param state - What {@link Statistics.toJSON} gave.
   * @returns Statistics that continue from there.
   * @throws {TypeError} When it is no such state.
   * @throws {RangeError} When the state is of another format.
   */
  static fromJSON(state: StatisticsState): Statistics {
    const statistics = new Statistics();
    statistics.restore(state);
    return statistics;
  }

  /**
   * Replaces the present numbers.
   *
   * @param state - What {@link Statistics.toJSON} gave.
   * @throws {TypeError} When it is no such state.
   * @throws {RangeError} When the state is of another format.
   */
  restore(state: StatisticsState): void {
    requireStateFormat('statistics', state);
    this.flush();
    this.numbers.set(state.counted, COUNTED);
    this.numbers.set(state.seen, SEEN);
    this.numbers.set(state.zeroed, ZEROED);
    this.numbers.set(state.averages, AVERAGES);
  }

  private traffic(read: (counter: number) => number): Traffic {
    return {
      connections: read(CONNECTIONS),
      packetsIn: read(PACKETS_IN),
      packetsOut: read(PACKETS_OUT),
      bytesIn: read(BYTES_IN),
      bytesOut: read(BYTES_OUT),
    };
  }
}

/**
 * The state of statistics that show what a listing shows.
 *
 * @param totals - What `--stats` shows.
 * @param rates - What `--rate` shows; default no traffic.
 * @returns Plain JSON for {@link Statistics.fromJSON}.
 */
export function statisticsShowing(totals?: Traffic, rates?: Traffic): StatisticsState {
  const counted = numbersOf(totals);
  const averages = numbersOf(rates).map((rate, counter) => averageShownAs(rate, shiftOf(counter)));
  const zeroed = numbersOf(undefined);
  return { format: STATE_FORMAT, counted, seen: counted, zeroed, averages };
}

function numbersOf(traffic: Traffic | undefined): number[] {
  if (traffic === undefined) return Array.from({ length: COUNTERS }, () => 0);
  const { connections, packetsIn, packetsOut, bytesIn, bytesOut } = traffic;
  return [connections, packetsIn, packetsOut, bytesIn, bytesOut];
}

function nothingToFlush(): void {
  // Everything is counted at once.
}

function shiftOf(counter: number): number {
  return counter >= BYTES_IN ? BYTES_SHIFT : COUNT_SHIFT;
}
