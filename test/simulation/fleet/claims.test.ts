/**
 * What every book says of fleets of directors, as it comes out of real directors.
 */
import { describe, expect, it } from 'vitest';
import { lastEffect, loadOf, rulesOf, runFleet, serviceOf, stayingLoad } from './support.js';

/** The greatest deviation of a binomial count that is not worth a look: four standard deviations. */
function tolerance(trials: number, probability: number): number {
  return 4 * Math.sqrt(trials * probability * (1 - probability));
}

const SERVERS = 5;
const connections = stayingLoad(1200, 12);
const FAILURE = ['10 fail-director 2'];

describe('without synchronization', () => {
  it.each(['rr', 'wlc', 'twos'])(
    '%s breaks (servers − 1)/servers of the connections that move',
    (scheduler) => {
      const effect = lastEffect(runFleet(rulesOf(scheduler, SERVERS), connections, FAILURE));
      const expected = (SERVERS - 1) / SERVERS;

      expect(effect.unknown).toBe(effect.moved);
      expect(Math.abs(effect.broken - effect.moved * expected)).toBeLessThan(
        tolerance(effect.moved, expected),
      );
    },
  );

  it.each(['mh', 'sh'])('%s breaks none when a director fails', (scheduler) => {
    const effect = lastEffect(runFleet(rulesOf(scheduler, SERVERS), connections, FAILURE));

    expect(effect.moved).toBeGreaterThan(800);
    expect(effect.unknown).toBe(effect.moved);
    expect(effect.broken).toBe(0);
  });

  it('any scheduler breaks all that move while sloppy_tcp is 0', () => {
    const tunables = { sloppy_tcp: 0 };
    const effect = lastEffect(runFleet(rulesOf('mh', SERVERS), connections, FAILURE, { tunables }));

    expect(effect.broken).toBe(effect.moved);
  });

  it('a change of servers alone breaks none but those of the server that failed', () => {
    const events = ['9 add-server 10.1.0.9', '10 drain 10.1.0.1', '11 fail-server 10.1.0.2'];
    const { effects } = serviceOf(runFleet(rulesOf('rr', SERVERS), connections, events));
    const [, , failed] = effects as [unknown, unknown, (typeof effects)[0]];

    expect(effects.map(({ moved, broken }) => moved + broken)).toEqual([0, 0, 0]);
    expect(effects.map(({ lost }) => lost)).toEqual([0, 0, failed.loadBefore.servers[1]?.inUse]);
    // Each of four directors goes by turn.
    expect(Math.abs(failed.lost - 1200 / SERVERS)).toBeLessThanOrEqual(4);
  });

  it('mh breaks about what a change of servers needs, rr all but one in so many servers', () => {
    const events = ['9 add-server 10.1.0.9', ...FAILURE];
    const broken = ['mh', 'rr'].map((scheduler) => {
      const effect = lastEffect(runFleet(rulesOf(scheduler, SERVERS), connections, events));
      return effect.broken / effect.moved;
    }) as [number, number];
    const needed = 1 / (SERVERS + 1);

    // A table of Maglev hashing moves a little more than what the new server takes.
    expect(broken[0]).toBeGreaterThan(needed * 0.8);
    expect(broken[0]).toBeLessThan(needed * 2);
    expect(broken[1]).toBeGreaterThan(0.7);
  });
});

describe('the router', () => {
  const movedBy = (router: object): number =>
    lastEffect(runFleet(rulesOf('rr', SERVERS), connections, FAILURE, { router })).moved / 1200;

  it.each([
    ['modulo', '3 of 4', 3 / 4],
    // Four regions become three: the second moves, and of the third what is above two thirds.
    ['threshold', '1 of 3', 1 / 4 + (3 / 4 - 2 / 3)],
    ['resilient', '1 of 4', 1 / 4],
  ] as const)('with a %s table moves %s connections to four directors', (table, _, part) => {
    expect(Math.abs(movedBy({ table }) - part)).toBeLessThan(tolerance(1200, part) / 1200);
  });

  it('that hashes sources keeps all connections of a client on one director', () => {
    const events = ['10 fail-director 2'];
    const rules = rulesOf('rr', SERVERS, '-p 600');
    const load = loadOf(1200, 12, { clients: 40 });
    const movedBefore = (hash: '5-tuple' | 'source'): number =>
      serviceOf(runFleet(rules, load, events, { router: { hash } })).clientsBefore.moved;

    expect(movedBefore('source')).toBe(0);
    expect(movedBefore('5-tuple')).toBeGreaterThan(10);
  });
});

describe('with synchronization', () => {
  const load = loadOf(900, 30, { shortestSeconds: 4 });
  const FAILS_LATER = ['25 fail-director 2'];

  it('a change of directors breaks only connections that were not announced yet', () => {
    const alone = lastEffect(runFleet(rulesOf('rr', SERVERS), load, FAILS_LATER));
    const synced = lastEffect(runFleet(rulesOf('rr', SERVERS), load, FAILS_LATER, { sync: true }));
    // Packet 3 is sent after a second; then a message waits for three more at most.
    const young = countYoung(25, 4);

    expect(alone.unknown).toBe(alone.moved);
    expect(synced.moved).toBe(alone.moved);
    expect(synced.unknown).toBeGreaterThan(0);
    expect(synced.unknown).toBeLessThanOrEqual(young);
    expect(synced.broken).toBeLessThanOrEqual(synced.unknown);
    expect(synced.broken * 2).toBeLessThan(alone.broken);
  });

  it('a later threshold leaves more connections unannounced', () => {
    const unknown = [3, 8].map((sync_threshold) => {
      const tunables = { sloppy_tcp: 1, sync_threshold };
      const options = { sync: true, tunables };
      return lastEffect(runFleet(rulesOf('rr', SERVERS), load, FAILS_LATER, options)).unknown;
    }) as [number, number];

    expect(unknown[1]).toBeGreaterThan(unknown[0] * 1.5);
  });

  it('ten seconds of loss cost what began in them', () => {
    const options = { sync: true };
    const kept = lastEffect(runFleet(rulesOf('rr', SERVERS), load, FAILS_LATER, options));
    const events = ['15 sync-loss 10', ...FAILS_LATER];
    const lossy = lastEffect(runFleet(rulesOf('rr', SERVERS), load, events, options));

    expect(lossy.moved).toBe(kept.moved);
    expect(lossy.unknown).toBeGreaterThan(kept.unknown * 1.5);
    expect(lossy.unknown).toBeLessThanOrEqual(countYoung(25, 14));
  });

  it('a director that comes back does not know the connections that were announced before', () => {
    const events = ['15 fail-director 2', '20 restore-director 2'];
    const router = { table: 'resilient' } as const;
    const options = { sync: true, router };
    const staying = stayingLoad(600, 30);
    const { effects } = serviceOf(runFleet(rulesOf('rr', SERVERS), staying, events, options));
    const [failed, restored] = effects as [(typeof effects)[0], (typeof effects)[0]];

    expect(failed.unknown).toBe(0);
    expect(restored.moved).toBeGreaterThan(0);
    expect(restored.unknown).toBe(restored.moved);
  });

  it('clients stay on their server when their director fails, without it they move', () => {
    const rules = rulesOf('rr', SERVERS, '-p 600');
    const options = { router: { hash: 'source', table: 'resilient' } } as const;
    const clients = [false, true].map((sync) => {
      const effect = lastEffect(runFleet(rules, load, FAILS_LATER, { ...options, sync }));
      return effect.clients.moved / effect.clients.returned;
    }) as [number, number];

    // About a quarter of the clients has another director; four of five of these get another server.
    expect(clients[0]).toBeGreaterThan(0.1);
    expect(clients[0]).toBeLessThan(0.4);
    expect(clients[1]).toBeLessThan(clients[0] / 5);
  });

  /** How many connections in use at a moment began in so many seconds before it. */
  function countYoung(atSeconds: number, seconds: number): number {
    const at = atSeconds * 1000;
    return [...load.beginMs].filter(
      (begin, index) =>
        begin <= at && begin >= at - seconds * 1000 && begin + load.durationMs[index] > at,
    ).length;
  }
});
