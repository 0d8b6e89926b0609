import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { FleetEffect } from '../../src/simulation/index.js';
import { SCHEDULERS } from '../../src/schedulers/index.js';
import { ipvs, temporaryFolder } from './support.js';

const write = temporaryFolder();
const rules = write(
  'web.rules',
  [
    '-A -t 192.0.2.1:80 -s rr',
    ...['10.0.0.1', '10.0.0.2', '10.0.0.3', '10.0.0.4'].map(
      (server) => `-a -t 192.0.2.1:80 -r ${server} -g`,
    ),
  ].join('\n'),
);
const FLEET = ['simulate', rules, '--directors', '4', '--connections', '2000', '--clients', '200'];
const EVENTS = ['--at', '60', 'fail-director', '2', '--at', '90', 'fail-server', '10.0.0.3'];

const FEW = ['--connections', '500'];

interface Document {
  format: number;
  kind: string;
  router: object;
  sync: boolean;
  events: object[];
  runs: {
    scheduler: string | null;
    services: { scheduler: string; connections: number; effects: FleetEffect[] }[];
    samples: { open: number[]; broken: number }[];
  }[];
}

async function fleet(...argv: string[]): Promise<Document> {
  const { out, err } = await ipvs([...FLEET, '--json', ...argv]);
  expect(err).toBe('');
  return JSON.parse(out) as Document;
}

describe('a fleet', () => {
  test('is a table with a row for every event, in 80 columns', async () => {
    const { code, out } = await ipvs([...FLEET, ...EVENTS], { columns: 80 });

    expect(code).toBe(0);
    expect(out).toContain('4 directors behind ECMP (5-tuple, modulo), sync');
    expect(out).toMatch(/^ {2}60s {2}fail-director 2 +\d+ +\d+\.\d% +\d+\.\d% +\d+ +\d+\.\d% +\d/m);
    expect(out).toMatch(/^ {2}90s {2}fail-server 10.0.0.3$/m);
    expect(out.split('\n').filter((line) => line.length > 80)).toEqual([]);
  });

  test('is a document of format 1 with the same figures', async () => {
    const { format, kind, router, sync, events, runs } = await fleet(...EVENTS);
    const [{ services, samples, scheduler }] = runs as [Document['runs'][0]];
    const [{ effects, connections }] = services as [(typeof services)[0]];
    const broken = effects.reduce((sum, effect) => sum + effect.broken + effect.lost, 0);

    expect({ format, kind, sync, scheduler }).toEqual({
      format: 1,
      kind: 'ipvs-fleet-simulation',
      sync: false,
      scheduler: null,
    });
    expect(router).toEqual({ hash: '5-tuple', table: 'modulo' });
    expect(events[0]).toEqual({ atSeconds: 60, kind: 'fail-director', director: 2 });
    expect(connections).toBe(2000);
    expect(broken).toBeGreaterThan(0);
    expect(samples.reduce((sum, each) => sum + each.broken, 0)).toBe(broken);
    expect(samples).toHaveLength(211);
  });

  test('gives the same text for the same seed, and another for another', async () => {
    const run = async (seed: string): Promise<string> =>
      (await ipvs([...FLEET, ...EVENTS, ...FEW, '--seed', seed])).out;
    const first = await run('7');

    expect(await run('7')).toBe(first);
    expect(await run('8')).not.toBe(first);
  });

  test('compares all schedulers in one table', async () => {
    const { out } = await ipvs([...FLEET, ...EVENTS, ...FEW, '--scheduler', 'all'], {
      columns: 80,
    });
    const rows = out.split('\n').filter((line) => /^ {2}\w+\*? +[\d,]+ +[\d,]+ /.test(line));

    expect(rows.map((row) => row.trim().split(/\W/)[0])).toEqual(Object.keys(SCHEDULERS));
    expect(out).toMatch(/^ {2}rr\* /m);
    expect(out.split('\n').filter((line) => line.length > 80)).toEqual([]);
  });

  test('has the router, the tunables and the scheduler that are asked for', async () => {
    const options = ['--ecmp', 'source', '--ecmp-table', 'resilient', '--ecmp-buckets', '64'];
    const asked = await fleet(
      ...EVENTS,
      ...options,
      '--scheduler',
      'mh',
      '--sysctl',
      'sloppy_tcp=0',
    );
    const [{ services }] = asked.runs as [Document['runs'][0]];
    const [{ scheduler, effects }] = services as [(typeof services)[0]];

    expect(asked.router).toEqual({ hash: 'source', table: 'resilient', buckets: 64 });
    expect(scheduler).toBe('mh');
    // Without sloppy_tcp a director leaves what it does not know to its host, which resets it.
    expect(effects[0]?.broken).toBe(effects[0]?.unknown);
    expect(effects[0]?.broken).toBeGreaterThan(0);
  });

  test('synchronizes, and loses messages before the directors first change', async () => {
    const unknownOf = async (...argv: string[]): Promise<number> => {
      const { runs } = await fleet(...EVENTS.slice(0, 4), ...argv);
      return runs[0]?.services[0]?.effects.at(-1)?.unknown ?? -1;
    };
    const off = await unknownOf();
    const on = await unknownOf('--sync', 'on');
    const lossy = await unknownOf('--sync', 'on', '--sync-loss', '10');

    expect(on).toBeGreaterThan(0);
    expect(lossy).toBeGreaterThan(on);
    expect(off).toBeGreaterThan(lossy);
  });

  test('has services of every kind, and every connection in use is on a server', async () => {
    const events = ['--at', '60', 'fail-director', '2', '--at', '70', 'fail-server', '10.1.0.11'];
    const argv = ['simulate', 'examples/rules/production.rules', '--directors', '3', '--json'];
    const few = ['--connections', '900', '--clients', '50', '--sync', 'on'];
    const { out } = await ipvs([...argv, ...few, ...events]);
    const { runs } = JSON.parse(out) as Document;
    const services = runs[0]?.services ?? [];

    expect(services.length).toBeGreaterThan(8);
    for (const { open, loadBefore } of services.flatMap(({ effects }) => effects)) {
      expect(loadBefore.servers.reduce((sum, { inUse }) => sum + inUse, 0)).toBe(open);
    }
  });

  test('is drawn as a time line', async () => {
    const path = write('time-line.svg', '');
    const { code } = await ipvs([...FLEET, ...EVENTS, '--svg', path]);
    const svg = readFileSync(path, 'utf8');

    expect(code).toBe(0);
    expect(svg).toMatch(/^<svg .*<\/svg>\n$/s);
    expect(svg).toContain('1  60 s: fail-director 2: of ');
    expect(svg).toContain('prefers-color-scheme:dark');
  });

  test('takes events as one quoted word, too, and with an equals sign', async () => {
    const words = await fleet(
      '--at',
      '60',
      'add-server',
      '10.0.0.9',
      '5',
      '--at',
      '70',
      'add-director',
    );
    const quoted = await fleet('--at=60 add-server 10.0.0.9 5', '--at', '70', 'add-director');

    expect(quoted.events).toEqual(words.events);
    expect(words.events[0]).toMatchObject({ server: '10.0.0.9', weight: 5 });
  });
});

test.each([
  [['--at', '60', 'explode'], /--at: Invalid event: expected fail-director, .*got "explode"/],
  [['--at', '60'], /--at: expected SECONDS EVENT, such as '60 fail-director 2', got '60'/],
  [['--at'], /--at: expected SECONDS EVENT, .*got nothing/],
  [['--at', 'noon', 'add-director'], /--at: expected SECONDS EVENT/],
  [['--at', '60', 'fail-director'], /expected 'fail-director N'/],
  [['--at', '60', 'fail-director', '5'], /fail-director 5: expected a director 1–4, got 5/],
  [['--at', '60', 'restore-director', '2'], /restore-director 2: it runs/],
  [
    ['--at', '60', 'add-director', '--at', '50', 'add-director'],
    /expected a time 60–180 s, got 50/,
  ],
  [['--at', '60', 'drain', '10.9.9.9'], /expected one of 10.0.0.1:80/],
  [['--ecmp', 'port'], /--ecmp: expected 5-tuple or source, got 'port'/],
  [['--ecmp-table', 'magic'], /--ecmp-table: expected modulo or threshold or resilient/],
  [['--sync', 'maybe'], /--sync: expected off, on, or a period/],
  [['--sync-loss', '10'], /--sync-loss: expected with an event of a director/],
  [['--at', '60', 'sync-loss', '10'], /sync-loss: expected with --sync on/],
  [['--sysctl', 'sloppy_tcp'], /--sysctl: expected NAME=VALUE, got 'sloppy_tcp'/],
  [['--sysctl', 'sloppy=1'], /Invalid tunable/],
  [['--svg', 'x.svg', '--scheduler', 'all'], /--svg: expected one scheduler/],
  [['--leave', '10.0.0.1'], /--leave: expected without --directors/],
  [['--directors', '0'], /--directors: expected an integer 1–256/],
])('is refused by name: %s', async (argv, message) => {
  const { code, err, out } = await ipvs([...FLEET, ...argv]);

  expect(err).toMatch(message);
  expect(code).toBe(2);
  expect(out).toBe('');
});

test.each([
  [['--at', '60', 'add-director'], /--at: expected with --directors/],
  [['--sync', 'on'], /--sync: expected with --directors/],
])('an option of fleets alone is refused: %s', async (argv, message) => {
  const { code, err } = await ipvs(['simulate', rules, ...argv]);

  expect(err).toMatch(message);
  expect(code).toBe(2);
});
