/** Time without anything due costs nothing: work is counted over jumps of the clock. */
import * as fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { TimerWheel } from '../../src/connections/timers/timer-wheel.js';
import type { Clock } from '../../src/clock.js';
import { Director } from '../../src/director/index.js';
import { Statistics } from '../../src/statistics/statistics.js';
import { seededRandom } from '../../src/random.js';
import { tcp, udp } from './support/packets.js';
import { run, type Scene, sceneOf } from './support/scene.js';

const VIP = '192.0.2.1:80';
const RULES = `
-A -t ${VIP} -s wlc
-a -t ${VIP} -r 10.0.0.1:80 -m
-a -t ${VIP} -r 10.0.0.2:80 -m
-A -u ${VIP} -s rr -p 300
-a -u ${VIP} -r 10.0.0.1:80 -m
`;
const DAY_MS = 86_400_000;
const YEAR_MS = 365 * DAY_MS;
const JUMPS_MS = [1, 1000, 3_600_000, DAY_MS, 100 * DAY_MS, YEAR_MS, 100 * YEAR_MS];
/** The statistics of the director, two services and three servers. */
const SUBJECTS = 6;
/** So many ticks bring any average to 0. */
const MOST_TICKS = 140;

afterEach(() => vi.restoreAllMocks());

function open({ director }: Scene, count: number): void {
  for (let i = 0; i < count; i++) {
    director.receive(tcp(`198.51.${i >> 8}.${i & 255}:1024`, VIP));
    if (i % 2 === 0) director.receive(tcp(`198.51.${i >> 8}.${i & 255}:1024`, VIP, 'A'));
    if (i % 5 === 0) director.receive(udp(`198.51.${i >> 8}.${i & 255}:1024`, VIP));
  }
}

/** Counts what a director does. */
function countWork(): () => { ticks: number; steps: number } {
  const ticks = vi.spyOn(Statistics.prototype, 'tick');
  const steps = vi.spyOn(TimerWheel.prototype as unknown as { nextStop(): number }, 'nextStop');
  return () => ({ ticks: ticks.mock.calls.length, steps: steps.mock.calls.length });
}

describe('a jump of the clock', () => {
  it.each(JUMPS_MS.flatMap((ms) => [0, 1, 500].map((entries) => ({ ms, entries }))))(
    'by $ms ms costs a director with $entries entries what is due, not what has passed',
    ({ ms, entries }) => {
      let looks = 0;
      const scene = sceneOf(RULES, { freeMemory: () => ((looks += 1), Infinity) });
      open(scene, entries);
      scene.wait(100);
      const work = countWork();
      looks = 0;
      scene.wait(ms);
      const { ticks, steps } = work();
      expect(looks).toBeLessThanOrEqual(1);
      expect(ticks).toBeLessThanOrEqual(SUBJECTS * MOST_TICKS);
      // Each tick advances the table once, and each entry moves a few times at most.
      expect(steps).toBeLessThanOrEqual(2 * MOST_TICKS + 8 * entries + 10);
      if (ms >= DAY_MS) expect(scene.director.table.size).toBe(0);
      // The next jump finds nothing to do at all.
      if (ms < DAY_MS) return;
      scene.wait(ms);
      expect(work().ticks - ticks).toBeLessThanOrEqual(SUBJECTS);
      expect(work().steps - steps).toBeLessThanOrEqual(3);
    },
  );

  it('costs no more while drop_entry is always at work', () => {
    for (const ms of [DAY_MS, 100 * YEAR_MS]) {
      let looks = 0;
      const free = (): number => ((looks += 1), Infinity);
      const scene = sceneOf(RULES, { tunables: { drop_entry: 3 }, freeMemory: free });
      open(scene, 100);
      scene.director.receive(tcp('198.51.100.9:1', VIP));
      for (let i = 0; i < 20; i++) scene.director.receive(tcp('198.51.100.9:1', VIP, 'A'));
      scene.director.setTimeouts({ tcpSeconds: 2_678_400 });
      scene.director.receive(tcp('198.51.100.9:1', VIP, 'A'));
      looks = 0;
      scene.wait(ms);
      expect(looks).toBeLessThan(5000);
      expect(scene.director.table.size).toBe(ms === DAY_MS ? 1 : 0);
      vi.restoreAllMocks();
    }
  });

  it('costs no sweeps of drop_entry once no entry can be dropped', () => {
    const { director, wait } = sceneOf(RULES, { tunables: { drop_entry: 3 } });
    const sweeps = vi.spyOn(director.table.eviction, 'sweep');
    wait(DAY_MS);
    expect(sweeps.mock.calls.length).toBeLessThanOrEqual(400);
    const before = sweeps.mock.calls.length;
    wait(YEAR_MS);
    expect(sweeps.mock.calls.length - before).toBeLessThanOrEqual(400);
  });

  it('gives the state that many small steps give', () => {
    const spans = fc.array(fc.integer({ min: 1, max: 700_000 }), { minLength: 1, maxLength: 5 });
    const entries = fc.integer({ min: 0, max: 40 });
    fc.assert(
      fc.property(spans, entries, fc.constantFrom(0, 3), (list, count, drop_entry) => {
        const [jumping, stepping] = [1, 2].map(() =>
          sceneOf(RULES, { tunables: { drop_entry }, random: seededRandom(1) }),
        ) as [Scene, Scene];
        for (const ms of list) {
          for (const scene of [jumping, stepping]) open(scene, count);
          jumping.wait(ms);
          for (let left = ms; left > 0; left -= 777) stepping.wait(Math.min(left, 777));
          expect(jumping.director.toJSON()).toEqual(stepping.director.toJSON());
        }
      }),
      { numRuns: 15 },
    );
  });

  it('back leaves the director at the latest moment, and all entries in place', () => {
    let now = 1_000_000;
    const clock: Clock = { now: () => now };
    const director = new Director({ clock });
    run(director, RULES);
    director.receive(tcp('198.51.100.1:1', VIP));
    for (const back of [1, 60_000, 900_000]) {
      now = 1_000_000 - back;
      expect(director.receive(tcp('198.51.100.1:1', VIP, 'A')).action).toBe('forward');
      expect(director.advance()).toBe(1_000_000);
      expect(director.table.size).toBe(1);
    }
    now = 1_000_000 + 901_000;
    director.advance();
    expect(director.table.size).toBe(0);
  });
});
