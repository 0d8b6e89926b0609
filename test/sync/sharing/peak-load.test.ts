import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../src/random.js';
import { Bus, processOn } from './support.js';

const PROCESSES = 4;

/** Clients that come at random, and stay for a random time. */
interface Traffic {
  readonly weights: readonly number[];
  readonly clients: number;
  /** The mean time between two clients. */
  readonly betweenMs: number;
  /** The mean time for which a client stays. */
  readonly stayMs: number;
  readonly seed: number;
}

/** The greatest number of connections per unit of weight that a server had, once as many have come as can stay. */
function peakOf(processes: number, isShared: boolean, traffic: Traffic): number {
  const { clients, betweenMs, stayMs, seed } = traffic;
  const weights = Object.fromEntries(
    traffic.weights.map((weight, index) => [`10.0.0.${index + 1}:80`, weight]),
  );
  const bus = new Bus();
  const { timers } = bus;
  const all = Array.from({ length: processes }, (_, index) =>
    processOn(bus, index + 1, weights, { isShared }),
  );
  timers.advance(10);
  const random = seededRandom(seed);
  const loads = new Map<string, number>();
  let peak = 0;
  for (let client = 0; client < clients; client++) {
    timers.advance(-Math.log(1 - random()) * betweenMs);
    // The same clients come, and stay as long, whatever the processes are.
    const stays = -Math.log(1 - random()) * stayMs;
    const { service } = all[Math.floor(random() * PROCESSES) % processes];
    const connection = service.connect({ address: '198.51.100.7', port: 1 + (client % 60_000) });
    const server = String(connection?.server);
    loads.set(server, (loads.get(server) ?? 0) + 1);
    if (client * betweenMs > 2 * stayMs) {
      peak = Math.max(peak, (loads.get(server) ?? 0) / weights[server]);
    }
    timers.after(stays, () => {
      connection?.close();
      loads.set(server, (loads.get(server) ?? 0) - 1);
    });
  }
  return peak;
}

function ratiosOf(traffic: Traffic): { shared: number; onTheirOwn: number } {
  const alone = peakOf(1, false, traffic);
  return {
    shared: peakOf(PROCESSES, true, traffic) / alone,
    onTheirOwn: peakOf(PROCESSES, false, traffic) / alone,
  };
}

const SPREAD = Array.from({ length: 20 }, () => 1);

describe('with wlc, the peak of connections per weight in four processes, against one that decides alone', () => {
  it('is at most 1.10 times as high, where that of four on their own is higher', () => {
    const traffic = { weights: SPREAD, clients: 800, betweenMs: 40, stayMs: 10_000, seed: 1 };
    const { shared, onTheirOwn } = ratiosOf(traffic);
    expect(shared).toBeLessThanOrEqual(1.1);
    expect(onTheirOwn).toBeGreaterThan(1.1);
  });

  it('is at most 1.10 times as high with hundreds of clients a second', () => {
    const weights = [1, 1, 2, 2, 3, 3, 4, 4];
    const traffic = { weights, clients: 3000, betweenMs: 1.5, stayMs: 1000, seed: 7 };
    expect(ratiosOf(traffic).shared).toBeLessThanOrEqual(1.1);
  });
});
