/**
 * What the playground computes, without its page.
 */
import { IpvsadmError } from 'ipvs/ipvsadm';
import { describe, expect, it } from 'vitest';
import { problemOf } from '../../docs/playground/problem-view.js';
import { Race } from '../../docs/playground/race.js';
import { misplacedPart } from '../../docs/playground/row.js';
import { fromHash, toHash } from '../../docs/playground/scenario-address.js';
import { DEFAULT_SCENARIO, NO_SCHEDULER } from '../../docs/playground/scenario.js';
import { removeCommand, weightCommand } from '../../docs/playground/server-command.js';
import { setUp } from '../../docs/playground/setup.js';

const whole = { ...DEFAULT_SCENARIO, atMs: Infinity };

describe('a race', () => {
  it('gives both schedulers every connection', () => {
    const race = new Race(whole);
    const sums = race.lanes.map((lane) =>
      lane.rows().reduce((sum, { opened }) => sum + opened, lane.refused),
    );
    expect(sums).toEqual([2400, 2400]);
  });

  it('is where it would be in one go, however it is advanced', () => {
    const steps = new Race(DEFAULT_SCENARIO);
    for (let timeMs = 0; !steps.isOver; timeMs += 777) steps.advanceTo(timeMs);
    const states = [steps, new Race(whole)].map(({ lanes }) => lanes.map((lane) => lane.rows()));
    expect(states[0]).toEqual(states[1]);
  });

  it('is where it was when its scenario is restored', () => {
    const race = new Race({ ...DEFAULT_SCENARIO, atMs: 30_000 });
    race.run('-d -t 192.0.2.1:80 -r 10.0.0.2:80');
    race.advanceTo(60_000);
    const again = new Race(fromHash(toHash(race.present)));
    expect(again.lanes.map((lane) => [lane.rows(), lane.visits])).toEqual(
      race.lanes.map((lane) => [lane.rows(), lane.visits]),
    );
  });

  it('makes a planned change when its time comes, and not before', () => {
    const race = new Race(DEFAULT_SCENARIO);
    race.schedule(30_000, '-d -t 192.0.2.1:80 -r 10.0.0.2:80');
    race.advanceTo(29_999);
    expect(race.lanes[0].rows()[1]?.state).toBe('in use');
    race.advanceTo(30_000);
    expect(race.lanes[0].rows()[1]?.state).toBe('removed');
  });

  it('ends the same whether a change was planned or made at its time', () => {
    const command = '-d -t 192.0.2.1:80 -r 10.0.0.2:80';
    const planned = new Race({ ...whole, changes: [{ atMs: 30_000, command }] });
    const made = new Race({ ...DEFAULT_SCENARIO, atMs: 30_000 });
    made.run(command);
    made.advanceTo(Infinity);
    expect(planned.lanes.map((lane) => lane.rows())).toEqual(made.lanes.map((lane) => lane.rows()));
    expect(planned.present.changes).toEqual(made.present.changes);
  });

  it('says what is wrong with a planned change that cannot be made, and goes on', () => {
    const command = '-d -t 192.0.2.1:80 -r 10.9.9.9:80';
    const race = new Race({ ...whole, changes: [{ atMs: 1000, command }] });
    expect(race.changes[0]?.problem).toMatch(/./);
    expect(race.isOver).toBe(true);
  });

  it('brings answers through the director by masquerading, and past it otherwise', () => {
    const [through, past] = ['-m', '-g'].map((method) => {
      const rules = `-A -t 192.0.2.1:80 -s rr\n-a -t 192.0.2.1:80 -r 10.0.0.1 ${method}`;
      return new Race({ ...whole, rules, seconds: 20 }).lanes[0].packets;
    });
    expect(through).toEqual({ ...past, answersThrough: past?.answersPast, answersPast: 0 });
    expect(past?.answersPast).toBeGreaterThan(400);
  });

  it('moves fewer clients with Maglev than with least connections when a server leaves', () => {
    const race = new Race({ ...DEFAULT_SCENARIO, atMs: 60_000 });
    race.run('-d -t 192.0.2.1:80 -r 10.0.0.3:80');
    race.advanceTo(Infinity);
    const [wlc, maglev] = race.lanes.map(({ visits }) => visits.moved / visits.returned);
    expect(maglev).toBeLessThan(wlc / 2);
  });

  it('shows a server at its upper threshold as overloaded', () => {
    const race = new Race({ ...DEFAULT_SCENARIO, atMs: 60_000 });
    expect(race.lanes[0].rows()[3]).toMatchObject({ name: '10.0.0.4:80', state: 'full' });
  });

  it('keeps the other settings of a server whose weight changes', () => {
    const [lane] = new Race(DEFAULT_SCENARIO).lanes;
    const rule = lane.rules().get('10.0.0.4:80') ?? '';
    expect(weightCommand(rule, 0)).toBe('-e -t 192.0.2.1:80 -r 10.0.0.4:80 -m -w 0 -x 200 -y 150');
    expect(removeCommand(rule)).toBe('-d -t 192.0.2.1:80 -r 10.0.0.4:80');
  });

  it('has no shares before the first connection, and nothing is on a wrong server', () => {
    const rows = new Race(DEFAULT_SCENARIO).lanes[0].rows();
    expect(rows.map(({ share }) => share)).toEqual([undefined, undefined, undefined, undefined]);
    expect(misplacedPart(rows)).toBeUndefined();
    expect(misplacedPart([])).toBeUndefined();
  });

  it('counts visits, of which there are more than clients', () => {
    const [lane] = new Race(whole).lanes;
    expect(lane.clients).toBeLessThanOrEqual(300);
    expect(lane.visits.returned + lane.clients).toBe(2400);
  });

  it('has one lane when there is no second scheduler', () => {
    const race = new Race({ ...whole, schedulers: ['', NO_SCHEDULER] });
    expect(race.lanes.map(({ scheduler }) => scheduler)).toEqual(['wlc']);
  });

  it('lets a server fail: its clients get no answer until it recovers', () => {
    const race = new Race({ ...DEFAULT_SCENARIO, atMs: 20_000 });
    const [lane] = race.lanes;
    race.run('fail 10.0.0.2:80');
    const answersOf = (): number | undefined => lane.tallies[1]?.answers;
    const before = answersOf();
    race.advanceTo(40_000);
    expect(lane.rows()[1]?.state).toBe('not answering');
    expect(answersOf()).toBe(before);
    const { unanswered } = lane;
    expect(unanswered).toBeGreaterThan(0);
    race.run('recover 10.0.0.2:80');
    race.advanceTo(60_000);
    expect(answersOf()).toBeGreaterThan(before as number);
    expect(lane.unanswered).toBe(unanswered);
  });

  it('refuses to let a server fail that is not there', () => {
    expect(() => new Race(DEFAULT_SCENARIO).run('fail 10.9.9.9:80')).toThrow(RangeError);
  });

  it('goes on without its service, and with it again', () => {
    const race = new Race({ ...DEFAULT_SCENARIO, atMs: 10_000 });
    race.run('-C');
    race.advanceTo(20_000);
    expect(race.lanes[0].refused).toBeGreaterThan(100);
    race.run('-A -t 192.0.2.1:80 -s rr');
    race.run('-a -t 192.0.2.1:80 -r 10.0.0.1:80 -m');
    const { refused } = race.lanes[0];
    race.advanceTo(30_000);
    expect(race.lanes[0].refused).toBe(refused);
    expect(race.lanes[0].scheduler).toBe('rr');
  });

  it.each(['-u 192.0.2.1:53', '--sctp-service 192.0.2.1:36412', '-f 7', '-t [2001:db8::1]:80'])(
    'takes a load on %s',
    (service) => {
      const server = service.includes('[') ? '[2001:db8::2]:80' : '10.0.0.1';
      const rules = `-A ${service} -s rr\n-a ${service} -r ${server} -g`;
      const race = new Race({ ...whole, rules, seconds: 5 });
      expect(race.lanes.map((lane) => lane.rows()[0]?.opened)).toEqual([100, 100]);
    },
  );
});

describe('a command', () => {
  it('that is unknown is refused in the page’s own words', () => {
    const race = new Race(DEFAULT_SCENARIO);
    let problem = '';
    try {
      race.run('--frobnicate');
    } catch (error) {
      problem = problemOf(error, false);
    }
    expect(problem).toMatch(/^Column 1: unknown command --frobnicate\./);
    expect(problem).not.toContain('/usr/sbin');
  });
});

describe('rules', () => {
  it.each([
    ['-A -t 192.0.2.1:80\n-a -t 192.0.2.1:80 -r 10.0.0.1 -w x', 2],
    ['# nothing\n\n-A -t nonsense', 3],
    ['', 1],
  ])('that are wrong are refused with their line: %j', (rules, line) => {
    expect(() => setUp(rules, 1)).toThrow(
      expect.objectContaining({ line, name: IpvsadmError.name }) as IpvsadmError,
    );
  });
});
