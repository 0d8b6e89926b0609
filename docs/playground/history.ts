/**
 * What each server had at evenly spaced moments: what the curves are drawn from, and what rates are
 * counted against.
 */
import type { Measure } from './scenario.js';
import type { Tally } from './tally.js';

/** A server at one moment. */
export interface Sample {
  /** Active connections. */
  readonly active: number;
  /** Active and inactive connections. */
  readonly connections: number;
  /** Connections it was given so far. */
  readonly opened: number;
  /** Packets that reached it so far. */
  readonly requests: number;
  /** Packets it sent so far. */
  readonly answers: number;
}

/** One curve. */
export interface Curve {
  /** Whose. */
  readonly name: string;
  /** Time in milliseconds and value, ascending in time. */
  readonly points: readonly (readonly [number, number])[];
}

/** Packets per second to and from a server. */
export interface PacketRate {
  /** Packets that reached it in a second. */
  readonly requests: number;
  /** Packets it sent in a second. */
  readonly answers: number;
}

/** Over how long a rate is averaged, in milliseconds. */
const RATE_WINDOW_MS = 3000;
/** Into how many steps a load is divided at most. */
const STEPS = 240;
const NOTHING: Sample = { active: 0, connections: 0, opened: 0, requests: 0, answers: 0 };

/** The course of a lane. */
export class History {
  /** The time between two samples, in milliseconds. */
  readonly stepMs: number;
  /** The most active connections that a server had at one of the moments. */
  mostActive = 0;
  private readonly moments = new Map<number, ReadonlyMap<string, Sample>>();

  /**
   * @param endMs - How long the load lasts, in milliseconds.
   */
  constructor(endMs: number) {
    this.stepMs = Math.max(250, Math.ceil(endMs / STEPS));
  }

  /**
   * Keeps what the servers have.
   *
   * @param timeMs - When: a multiple of the step, later than before.
   * @param tallies - The servers.
   */
  record(timeMs: number, tallies: readonly Tally[]): void {
    for (const { server } of tallies) this.mostActive = Math.max(this.mostActive, server.active);
    this.moments.set(timeMs, new Map(tallies.map((tally) => [tally.name, sampleOf(tally)])));
  }

  /**
   * The curves up to a moment.
   *
   * @param nowMs - The moment.
   * @param tallies - What the servers have then.
   * @param measure - What to show.
   * @returns One curve for each server, from when it was there.
   */
  curves(nowMs: number, tallies: readonly Tally[], measure: Measure): Curve[] {
    const moments = [...this.moments].filter(([timeMs]) => timeMs < nowMs);
    moments.push([nowMs, new Map(tallies.map((tally) => [tally.name, sampleOf(tally)]))]);
    return tallies.map(({ name }) => {
      const points: [number, number][] = [];
      for (const [timeMs, samples] of moments) {
        const sample = samples.get(name);
        if (sample === undefined) continue;
        const value =
          measure === 'opened' ? this.openedPerSecond(name, timeMs, sample) : sample[measure];
        points.push([timeMs, value]);
      }
      return { name, points };
    });
  }

  /**
   * How many packets a server gets and sends in a second at present.
   *
   * @param nowMs - The present moment.
   * @param tally - The server.
   * @returns Averages over some seconds.
   */
  rateOf(nowMs: number, tally: Tally): PacketRate {
    const [beforeMs, before] = this.earlier(tally.name, nowMs);
    const seconds = (nowMs - beforeMs) / 1000;
    if (seconds <= 0) return { requests: 0, answers: 0 };
    return {
      requests: (tally.requests - before.requests) / seconds,
      answers: (tally.answers - before.answers) / seconds,
    };
  }

  private openedPerSecond(name: string, timeMs: number, { opened }: Sample): number {
    const [beforeMs, before] = this.earlier(name, timeMs);
    return timeMs <= beforeMs ? 0 : ((opened - before.opened) * 1000) / (timeMs - beforeMs);
  }

  /** The latest sample that is a window older than a moment; zero when there was none. */
  private earlier(name: string, timeMs: number): readonly [number, Sample] {
    const { stepMs, moments } = this;
    const wantedMs = Math.floor((timeMs - RATE_WINDOW_MS) / stepMs) * stepMs;
    const beforeMs = Math.max(0, wantedMs);
    return [beforeMs, moments.get(beforeMs)?.get(name) ?? NOTHING];
  }
}

function sampleOf({ server, opened, requests, answers }: Tally): Sample {
  const { active, inactive } = server;
  return { active, connections: active + inactive, opened, requests, answers };
}
