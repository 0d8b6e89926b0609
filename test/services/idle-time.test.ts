/** Time in which nothing is due costs a service nothing: its wake-ups are counted. */
import { describe, expect, it } from 'vitest';
import { roundRobin } from '../../src/schedulers/round-robin.js';
import { VirtualService } from '../../src/services/virtual-service.js';
import { ManualTimers, type Timers } from '../../src/timers.js';

const DAY_MS = 86_400_000;
const YEAR_MS = 365 * DAY_MS;
const JUMPS_MS = [1, 1000, DAY_MS, 100 * DAY_MS, 100 * YEAR_MS];

interface Scene {
  readonly service: VirtualService;
  readonly timers: ManualTimers;
  readonly wakes: () => number;
}

function sceneOf(persistenceSeconds: number | undefined): Scene {
  const timers = new ManualTimers();
  let wakes = 0;
  const counting: Timers = {
    now: () => timers.now(),
    after: (delayMs, callback) =>
      timers.after(delayMs, () => {
        wakes += 1;
        callback();
      }),
  };
  const service = new VirtualService({
    ...{ protocol: 'tcp', address: '192.0.2.1', port: 80, scheduler: roundRobin() },
    ...{ servers: ['10.0.0.1:80', '10.0.0.2:80'], timers: counting, idleTimeoutSeconds: 900 },
    ...(persistenceSeconds !== undefined && {
      persistence: { timeoutSeconds: persistenceSeconds },
    }),
  });
  return { service, timers, wakes: () => wakes };
}

describe('a service whose timers are moved', () => {
  it.each(
    JUMPS_MS.flatMap((ms) => [undefined, 300, 2_678_400].map((seconds) => ({ ms, seconds }))),
  )('by $ms ms wakes for what is due only, with a persistence of $seconds s', ({ ms, seconds }) => {
    for (const count of [0, 1, 200]) {
      const { service, timers, wakes } = sceneOf(seconds);
      for (let n = 0; n < count; n++) {
        service.connect({ address: `198.51.100.${n}`, port: 1024 });
        timers.advance(10);
      }
      const before = wakes();
      timers.advance(ms);
      // All connections are due within 2 s, and so are their templates, each after at most three moves.
      expect(wakes() - before).toBeLessThanOrEqual(count === 0 ? 0 : 40);
      if (ms >= 100 * DAY_MS) expect(service.size).toBe(0);
      service.close();
    }
  });

  it('ends each connection within a second after it is due, also one opened during a long wait', () => {
    const { service, timers } = sceneOf(2_678_400);
    service.connect({ address: '198.51.100.1', port: 1 });
    // Only the template is left, which lives for 31 days.
    timers.advance(1000 * 1000);
    expect(service.size).toBe(1);
    const late = service.connect({ address: '198.51.100.1', port: 2 });
    timers.advance(900 * 1000);
    expect(late?.open).toBe(true);
    timers.advance(1001);
    expect(late?.open).toBe(false);
  });
});
