/**
 * Any packet through any combination of options: nothing throws, and no entry is half made. A whole entry is counted
 * at its server, has a state and a timer, and is gone when all timers have run. So are what is tracked of it, the
 * connections that it controls, and what its helper remembers.
 */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ConnectionTracking } from '../../src/conntrack/connection-tracking.js';
import type { Director } from '../../src/director/index.js';
import { plays, sceneOfSetup } from './support/any-traffic.js';
import { leftInTable, leftInTracking } from './support/left-behind.js';

/** Longer than any timeout of a connection, a template, or a tracked connection. */
const ALL_TIMERS_MS = 500_000_000;

/** How many connections there are: as the servers count them, and as the table holds them. */
function countsOf(director: Director): [number, number] {
  let counted = 0;
  for (const { servers } of director.services) {
    for (const { active, inactive, persistent } of servers)
      counted += active + inactive + persistent;
  }
  const bypassing = [...director.connections()].filter(({ serverPort, serverAddress }) => {
    return serverPort === 0 && String(serverAddress) === '0.0.0.0';
  });
  return [counted, director.table.size - bypassing.length];
}

/** What belongs to no entry. */
function leftBehind({ table }: Director, tracking: ConnectionTracking | undefined): string[] {
  const tracked = tracking === undefined ? [] : leftInTracking(table, tracking);
  return [...leftInTable(table), ...tracked];
}

describe('any packet, through any combination of options', () => {
  it('gets a verdict, and leaves only whole entries', () => {
    fc.assert(
      fc.property(plays, ([setup, sent]) => {
        const tracking = setup.tracking && new ConnectionTracking(setup.tracking);
        const scene = sceneOfSetup(setup, tracking);
        const { director } = scene;
        for (const { bytes, origin, mark, gapMs } of sent) {
          scene.wait(gapMs);
          const verdict = director.take(bytes.slice(), 0, bytes.length, origin, mark);

          expect(verdict.leaves && verdict.delivers).toBe(false);
          expect(verdict.delivery() !== undefined).toBe(verdict.delivers);
          expect(verdict.departures().length > 0).toBe(verdict.leaves);
          const [counted, held] = countsOf(director);
          expect(counted).toBe(held);
          const rows = [...director.connections()];
          expect(rows).toHaveLength(director.table.size);
          for (const { state, secondsLeft } of rows) {
            expect(state).not.toBe('');
            expect(secondsLeft).toBeGreaterThanOrEqual(0);
          }
          expect(leftBehind(director, tracking)).toEqual([]);
        }
        scene.wait(ALL_TIMERS_MS);

        expect(director.table.size).toBe(0);
        expect([...(tracking?.connections() ?? [])]).toEqual([]);
        expect(leftBehind(director, tracking)).toEqual([]);
        for (const each of director.services) {
          for (const one of each.servers) {
            expect([one.active, one.inactive, one.persistent]).toEqual([0, 0, 0]);
          }
        }
      }),
      { numRuns: 250 },
    );
  }, 60_000);
});
