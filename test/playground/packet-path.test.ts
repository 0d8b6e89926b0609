/**
 * The path of a packet: what each step changes, with the rules and loads of the moment.
 */
import { describe, expect, it } from 'vitest';
import { copyDirector } from '../../docs/playground/director-copy.js';
import { fieldsOf } from '../../docs/playground/packet-fields.js';
import { type Hop, pathOf } from '../../docs/playground/packet-path.js';
import { comparisonOf, markOf, titleOf } from '../../docs/playground/path-steps.js';
import { Race } from '../../docs/playground/race.js';
import { DEFAULT_SCENARIO } from '../../docs/playground/scenario.js';

function raceOf(service: string, server: string, seconds = 0): Race {
  const rules = `-A ${service} -s rr\n-a ${service.replace(/ -p .*/, '')} ${server}`;
  return new Race({ ...DEFAULT_SCENARIO, rules, atMs: seconds * 1000 });
}

function follow(race: Race, returning = false, answers = true): Hop[] {
  const [lane] = race.lanes;
  const { director, service } = copyDirector(lane.setup);
  return pathOf(race.visitor(returning), {
    director,
    servers: service?.servers ?? [],
    mark: lane.service.fwmark,
    answers: () => answers,
  });
}

const titles = (hops: readonly Hop[]): string[] => hops.map(titleOf);

function changed(hop: Hop | undefined): string[] {
  return comparisonOf(hop as Hop)
    .filter(({ before, after }) => before !== after)
    .map(({ header, name }) => `${header} ${name}`);
}

function valueIn(hop: Hop | undefined, header: string, name: string): string | undefined {
  const { frame, tunnel } = hop as Hop;
  return fieldsOf(frame, tunnel).find((field) => field.header === header && field.name === name)
    ?.value;
}

describe('the path of a packet', () => {
  it('by masquerading leads through the director both ways, which translates both', () => {
    const hops = follow(raceOf('-t 192.0.2.7:8000', '-r 10.0.0.5:8080 -m'));
    expect(titles(hops)).toEqual([
      'Client → director',
      'Director → 10.0.0.5:8080',
      '10.0.0.5:8080 → director',
      'Director → client',
    ]);
    expect(changed(hops[1])).toEqual([
      'Ethernet source',
      'Ethernet destination',
      'IP destination',
      'IP time to live',
      'IP checksum',
      'TCP destination port',
      'TCP checksum',
    ]);
    expect(changed(hops[3])).toEqual(expect.arrayContaining(['IP source', 'TCP source port']));
    expect(valueIn(hops[0], 'IP', 'destination')).toBe('192.0.2.7');
    expect(valueIn(hops[1], 'TCP', 'destination port')).toBe('8080');
    expect(valueIn(hops[3], 'TCP', 'source port')).toBe('8000');
  });

  it.each([
    ['-g', [], '192.0.2.7'],
    ['-m', ['TCP destination port', 'TCP checksum'], '192.0.2.7'],
  ])(
    'to a server on the host (%s) stays there, and the answer leaves',
    (method, fields, source) => {
      const server = method === '-g' ? '127.0.0.1:8000' : '192.0.2.7:8080';
      const hops = follow(raceOf('-t 192.0.2.7:8000', `-r ${server} ${method}`));

      expect(titles(hops)).toEqual([
        'Client → director',
        `Director → ${server}`,
        `${server} → director`,
        'Director → client',
      ]);
      expect(changed(hops[1])).toEqual(fields);
      expect(valueIn(hops[3], 'IP', 'source')).toBe(source);
      expect(valueIn(hops[3], 'TCP', 'source port')).toBe('8000');
    },
  );

  it('by direct routing changes link addresses and what any router changes; the answer passes the director', () => {
    const hops = follow(raceOf('-t 192.0.2.1:80', '-r 10.0.0.1 -g'));
    expect(titles(hops)).toEqual([
      'Client → director',
      'Director → 10.0.0.1:80',
      '10.0.0.1:80 → client',
    ]);
    expect(changed(hops[1])).toEqual([
      'Ethernet source',
      'Ethernet destination',
      'IP time to live',
      'IP checksum',
    ]);
    expect(valueIn(hops[2], 'IP', 'source')).toBe('192.0.2.1');
  });

  it.each([
    ['-i', 'Outer IP protocol', '4 (IP in IP)'],
    ['-i --tun-type gue --tun-port 6080', 'Outer UDP destination port', '6080'],
    ['-i --tun-type gre', 'GRE protocol', '0x0800'],
    ['-i --tun-type gre --tun-csum', 'GRE flags', '0x8000'],
  ])('by a tunnel (%s) gets outer headers, which the server takes off', (options, name, value) => {
    const hops = follow(raceOf('-t 192.0.2.1:80', `-r 10.0.0.1 ${options}`));
    expect(titles(hops)[2]).toBe('At 10.0.0.1:80');
    const outer = comparisonOf(hops[1]).find((each) => `${each.header} ${each.name}` === name);
    expect(outer).toMatchObject({ before: undefined, after: value });
    expect(changed(hops[2])).toContain('Outer IP destination');
    expect(valueIn(hops[2], 'IP', 'destination')).toBe('192.0.2.1');
    expect(valueIn(hops[2], 'TCP', 'flags')).toBe('SYN');
  });

  it.each([
    ['-u 192.0.2.1:53', '-r 10.0.0.1:53 -m', 'UDP'],
    ['--sctp-service 192.0.2.1:36412', '-r 10.0.0.1:36412 -m', 'SCTP'],
    ['-f 7', '-r 10.0.0.1 -m', 'TCP'],
    ['-t [2001:db8::1]:80', '-r [2001:db8::2]:80 -m', 'TCP'],
  ])('is that of the service of the rules: %s', (service, server, header) => {
    const hops = follow(raceOf(service, server, 5));
    expect(hops).toHaveLength(4);
    expect(hops.map((hop) => valueIn(hop, header, 'checksum'))).not.toContain(undefined);
  });

  it('ends at the director when there is no server, with the reason', () => {
    const race = raceOf('-t 192.0.2.1:80', '-r 10.0.0.1 -m -w 0');
    const [, refused] = follow(race);
    expect(refused?.explanation).toContain('no server that can take the connection');
    expect(markOf(refused).at).toBe('director');
  });

  it('ends at the server when that does not answer', () => {
    const hops = follow(raceOf('-t 192.0.2.1:80', '-r 10.0.0.1:80 -m'), false, false);
    expect(titles(hops).at(-1)).toBe('At 10.0.0.1:80');
    expect(hops.at(-1)?.explanation).toContain('does not answer');
  });

  it('leads a persistent client to the server of its last connection', () => {
    const rules = [
      '-A -t 192.0.2.1:80 -s rr -p 300',
      ...[1, 2, 3, 4, 5].map((n) => `-a -t 192.0.2.1:80 -r 10.0.0.${n}:80 -m`),
    ].join('\n');
    const race = new Race({ ...DEFAULT_SCENARIO, rules, atMs: 30_000 });
    const opened = (): number[] => race.lanes[0].tallies.map((tally) => tally.opened);
    for (let visits = 0; visits < 10;) {
      const before = opened();
      race.advanceTo(race.nowMs + 20);
      const gained = opened().map((count, index) => count - before[index]);
      if (gained.reduce((sum, count) => sum + count, 0) !== 1) continue;
      visits += 1;
      const { name } = race.lanes[0].tallies[gained.indexOf(1)] as { name: string };
      expect(follow(race, true)[1]?.server).toBe(name);
    }
  });

  it('does not disturb the run', () => {
    const [followed, alone] = [raceOf('-t 192.0.2.1:80', '-r 10.0.0.1 -m', 10)].flatMap((race) => {
      follow(race);
      race.advanceTo(20_000);
      return [race, raceOf('-t 192.0.2.1:80', '-r 10.0.0.1 -m', 20)];
    });
    expect(followed?.lanes[0].rows()).toEqual(alone?.lanes[0].rows());
  });
});
