/**
 * What the playground computes, without its page.
 */
import fc from 'fast-check';
import { IpvsadmError } from 'ipvs/ipvsadm';
import { describe, expect, it } from 'vitest';
import { compareFields, fieldsOf } from '../../docs/playground/packet-fields.js';
import { wayOf } from '../../docs/playground/packet-way.js';
import { Race } from '../../docs/playground/race.js';
import { DEFAULT_SCENARIO, fromHash, RANGES, toHash } from '../../docs/playground/scenario.js';
import { setUp } from '../../docs/playground/setup.js';

const whole = { ...DEFAULT_SCENARIO, atMs: Infinity };

/** The fields that a step of a packet's way changes. */
function changedFields(
  method: 'masquerading' | 'gatewaying' | 'tunneling',
  step: number,
): string[] {
  const { before, after = before } = wayOf(method)[step] as ReturnType<typeof wayOf>[number];
  return compareFields(fieldsOf(before), fieldsOf(after))
    .filter((field) => field.before !== field.after)
    .map(({ header, name }) => `${header} ${name}`);
}

describe('a scenario', () => {
  it('comes back from the address it was written to', () => {
    const numbers = Object.fromEntries(
      Object.entries(RANGES).map(([name, [min, max]]) => [
        name,
        fc.double({ min, max, noNaN: true }),
      ]),
    );
    const changes = fc.array(
      fc.record({ atMs: fc.nat(3_600_000), command: fc.string({ minLength: 1 }) }),
    );
    fc.assert(
      fc.property(
        fc.record(numbers),
        fc.string(),
        fc.nat(3_600_000),
        changes,
        (some, rules, atMs, list) => {
          const oneLine = list.filter(({ command }) => /^.+$/.test(command));
          const scenario = { ...DEFAULT_SCENARIO, ...some, rules, atMs, changes: oneLine };
          // Signs of zero are not told apart.
          expect(JSON.stringify(fromHash(`#${toHash(scenario)}`))).toBe(JSON.stringify(scenario));
        },
      ),
    );
  });

  it('has its default where the address makes no sense', () => {
    expect(fromHash('#rate=-1&clients=many&seed=&at=x&change=x')).toEqual(DEFAULT_SCENARIO);
  });
});

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
    expect(again.lanes.map((lane) => [lane.rows(), lane.moves])).toEqual(
      race.lanes.map((lane) => [lane.rows(), lane.moves]),
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
    const [wlc, maglev] = race.lanes.map(({ moves }) => moves.moved / moves.returned);
    expect(maglev).toBeLessThan((wlc as number) / 2);
  });

  it('shows a server at its upper threshold as overloaded', () => {
    const race = new Race({ ...DEFAULT_SCENARIO, atMs: 60_000 });
    expect(race.lanes[0].rows()[3]).toMatchObject({ name: '10.0.0.4:80', state: 'overloaded' });
  });

  it('keeps the other settings of a server whose weight changes', () => {
    const [lane] = new Race(DEFAULT_SCENARIO).lanes;
    expect(lane.weightCommand('10.0.0.4:80', 0)).toBe(
      '-e -t 192.0.2.1:80 -r 10.0.0.4:80 -m -w 0 -x 200 -y 150',
    );
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

describe('the way of a packet', () => {
  it('by masquerading changes destination, port and checksums', () => {
    expect(changedFields('masquerading', 0)).toEqual(
      expect.arrayContaining(['IP destination', 'TCP destination port', 'TCP checksum']),
    );
  });

  it('by masquerading changes the answer’s source', () => {
    expect(changedFields('masquerading', 1)).toEqual(
      expect.arrayContaining(['IP source', 'TCP source port']),
    );
  });

  it('by direct routing changes the link addresses and what any router changes', () => {
    expect(changedFields('gatewaying', 0)).toEqual([
      'Ethernet source',
      'Ethernet destination',
      'IP time to live',
      'IP checksum',
    ]);
  });

  it('by tunneling adds an outer header, which the server takes off', () => {
    expect(changedFields('tunneling', 0)).toContain('Outer IP destination');
    expect(changedFields('tunneling', 1)).toContain('Outer IP destination');
  });
});
