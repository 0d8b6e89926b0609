/**
 * Scenarios: in the address, in the gallery, and when the reader replaces the rules.
 */
import fc from 'fast-check';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { exhibitOf, GALLERY } from '../../docs/playground/gallery.js';
import { connectionsOf, describeLimit, MAX_CONNECTIONS } from '../../docs/playground/load-limit.js';
import { Race } from '../../docs/playground/race.js';
import { fromHash, toHash } from '../../docs/playground/scenario-address.js';
import { keptChanges } from '../../docs/playground/scenario-edit.js';
import { DEFAULT_SCENARIO, MEASURES, RANGES } from '../../docs/playground/scenario.js';
import { root } from '../../scripts/entries.mjs';

const exhibits = GALLERY.flatMap((group) => group.exhibits);
const ids = exhibits.map(({ scenario }) => scenario.id);

describe('the address of a scenario', () => {
  it('gives the scenario back, whichever one of the gallery it began with', () => {
    const numbers = Object.fromEntries(
      Object.entries(RANGES).map(([name, [min, max]]) => [
        name,
        fc.double({ min, max, noNaN: true }),
      ]),
    );
    const changes = fc.array(
      fc.record({
        atMs: fc.nat(3_600_000),
        command: fc.string({ minLength: 1 }).filter((command) => /^.+$/.test(command)),
      }),
    );
    fc.assert(
      fc.property(
        fc.record(numbers),
        fc.string(),
        fc.nat(3_600_000),
        changes,
        fc.constantFrom('', ...ids),
        fc.constantFrom(...Object.keys(MEASURES)),
        (some, rules, atMs, list, id, measure) => {
          const base = exhibitOf(id)?.scenario ?? DEFAULT_SCENARIO;
          const scenario = { ...base, ...some, rules, atMs, changes: list, measure } as typeof base;
          // Signs of zero are not distinguished.
          expect(JSON.stringify(fromHash(`#${toHash(scenario)}`))).toBe(JSON.stringify(scenario));
        },
      ),
    );
  });

  it.each(ids)('is only its name when nothing differs from the gallery: %s', (id) => {
    const { scenario } = exhibitOf(id) as (typeof exhibits)[number];
    expect(toHash(scenario)).toBe(`scenario=${id}`);
    expect(fromHash(`#scenario=${id}`)).toEqual(scenario);
  });

  it('has its default where it makes no sense', () => {
    const nonsense = '#scenario=x&rate=-1&clients=many&seed=&at=x&curves=toString';
    expect(fromHash(nonsense)).toEqual(DEFAULT_SCENARIO);
    expect(fromHash('#change=x').changes).toEqual([]);
  });
});

describe('the rules of a scenario', () => {
  const former = { rules: 'a', changes: [{ atMs: 1, command: '-C' }] };

  it('keep the planned changes when they stay', () => {
    expect(keptChanges(former, 'a')).toEqual(former.changes);
  });

  it('leave no planned change behind when they are replaced', () => {
    expect(keptChanges(former, 'b')).toEqual([]);
  });
});

describe('the limit of a load', () => {
  it.each([
    { rate: 20, seconds: 120 },
    { rate: 1000, seconds: 30 },
  ])('is not mentioned for a load within it: %o', (size) => {
    expect(describeLimit(size)).toBe('');
    expect(connectionsOf(size)).toBe(size.rate * size.seconds);
  });

  it('says how many connections were asked for, how many there are, and how long they last', () => {
    const size = { rate: 1000, seconds: 3600 };
    expect(connectionsOf(size)).toBe(MAX_CONNECTIONS);
    expect(describeLimit(size)).toMatch(/3,600,000 connections.* 30,000, .* 30\.0 s\.$/);
  });
});

describe('the gallery', () => {
  it('names each scenario once', () => {
    expect(new Set(ids).size).toBe(ids.length);
  });

  it.each(ids)('has a scenario whose changes can all be made: %s', (id) => {
    const { scenario } = exhibitOf(id) as (typeof exhibits)[number];
    const race = new Race({ ...scenario, atMs: Infinity });
    expect(race.changes.filter(({ problem, done }) => problem !== '' || !done)).toEqual([]);
  });

  it('has the scenarios to which the guides lead', () => {
    const guides = readdirSync(`${root}docs/guides`).map((name) =>
      readFileSync(`${root}docs/guides/${name}`, 'utf8'),
    );
    const linked = [...guides.join('').matchAll(/#scenario=([\w-]+)/g)].map((match) => match[1]);
    expect(linked.length).toBeGreaterThan(8);
    expect(linked.filter((id) => ![...ids, 'compare'].includes(id))).toEqual([]);
  });

  const at = (id: string, seconds: number): Race =>
    new Race({ ...fromHash(`#scenario=${id}`), atMs: seconds * 1000 });

  it('shows that persistence keeps every client at its server until it is switched off', () => {
    expect(at('persistence', 59).lanes[0].visits).toMatchObject({ moved: 0 });
    const { moved, returned } = at('persistence', 120).lanes[0].visits;
    expect(moved / returned).toBeGreaterThan(0.5);
  });

  it('shows that sh moves more clients than mh when a server leaves', () => {
    const [sh, mh] = at('hashing', 120).lanes.map(({ visits }) => visits.moved);
    expect(sh).toBeGreaterThan(2 * mh);
  });

  it('shows a drained server that is removed without an open connection', () => {
    const race = at('draining', 35);
    expect(race.lanes[0].rows()[1]).toMatchObject({ state: 'draining', weight: 0 });
    race.advanceTo(99_000);
    expect(race.lanes[0].rows()[1]).toMatchObject({ state: 'drained', active: 0 });
  });

  it('shows that a dead server gets most connections under wlc, and a sorry server all', () => {
    const race = at('sorry-server', 29);
    const [dead, alive] = race.lanes[0].rows();
    expect(dead?.state).toBe('not answering');
    expect(race.lanes[0].unanswered).toBeGreaterThan(30);
    race.advanceTo(90_000);
    const sorry = race.lanes[0].rows().at(-1);
    expect(sorry?.opened).toBeGreaterThan(300);
    expect(race.lanes[0].rows()[1]?.state).toBe('removed');
    expect(alive?.state).toBe('in use');
  });

  it('shows servers that are full and recover, and clients that are refused meanwhile', () => {
    const race = at('thresholds', 0);
    const states = new Set<string>();
    for (let seconds = 1; seconds <= 120; seconds++) {
      race.advanceTo(seconds * 1000);
      states.add(race.lanes[0].rows()[2]?.state ?? '');
    }
    expect(states).toEqual(new Set(['in use', 'full']));
    expect(race.lanes[0].refused).toBeGreaterThan(0);
  });

  it('shows the rush onto a new server under wlc, which rr and a growing weight do not have', () => {
    const rush = (race: Race, lane: number): number => {
      race.advanceTo(44_000);
      return race.lanes[lane]?.rows()[3]?.opened ?? 0;
    };
    const race = at('new-server', 40);
    const [wlc, rr] = [rush(race, 0), rush(race, 1)];
    const slow = rush(at('slow-start', 40), 0);
    expect(wlc).toBeGreaterThan(2.5 * rr);
    expect(slow).toBeLessThan(rr);
  });
});
