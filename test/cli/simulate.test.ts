import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { SCHEDULERS } from '../../src/schedulers/index.js';
import { ipvs, temporaryFolder } from './support.js';

const write = temporaryFolder();
const examples = readdirSync('examples/rules').map((file) => file.replace(/\.rules$/, ''));

interface JsonRun {
  scheduler: string;
  connections: number;
  refused: number;
  servers: { server: string; weight: number; opened: number; share: number; askedShare: number }[];
  disruption: { server: string; moved: number; unavoidable: number } | null;
}
interface JsonDocument {
  services: { service: string; runs: JsonRun[] }[];
}

const few = ['--connections', '400', '--clients', '100'];

async function simulated(...argv: string[]): Promise<JsonDocument> {
  const { out } = await ipvs(['simulate', '--json', ...few, ...argv]);
  return JSON.parse(out) as JsonDocument;
}

describe.each(examples)('the example %s', (name) => {
  test('runs by name, every connection is accounted for, and the shares sum to 1', async () => {
    const { services } = await simulated(name);
    const runs = services.flatMap((service) => service.runs);

    expect(runs.reduce((sum, run) => sum + run.connections, 0)).toBe(400);
    for (const { connections, refused, servers } of runs) {
      expect(servers.reduce((sum, { opened }) => sum + opened, refused)).toBe(connections);
      expect(servers.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 12);
    }
  });

  test('gives the same text for the same seed and another for another', async () => {
    const argv = ['simulate', name, ...few, '--seed'];
    const first = await ipvs([...argv, '7']);
    const again = await ipvs([...argv, '7']);
    const other = await ipvs([...argv, '8']);

    expect(again.out).toBe(first.out);
    expect(other.out).not.toBe(first.out);
  });

  test('shows every server in the columns of ipvsadm', async () => {
    const { out } = await ipvs(['simulate', name, ...few]);
    const { services } = await simulated(name);

    expect(out).toContain('  -> RemoteAddress:Port           Forward Weight ActiveConn InActConn ');
    for (const { server, weight } of services.flatMap(({ runs }) => runs[0]?.servers ?? [])) {
      const row = out.split('\n').find((line) => line.startsWith(`  -> ${server} `)) as string;
      expect(row.slice(33, 48)).toMatch(new RegExp(`^ (Route  |Masq   |Tunnel ) ${weight} `));
    }
  });
});

test('the classic examples have the addresses, weights and methods that everybody knows', async () => {
  const asked = await Promise.all(
    ['nat-wrr', 'direct-routing'].map(async (name) => {
      const [only] = (await simulated(name)).services;
      const servers = only?.runs[0]?.servers ?? [];
      return [only?.service, servers.map(({ server, weight }) => `${server} ${weight}`)];
    }),
  );

  expect(asked).toEqual([
    ['TCP  192.168.50.129:80', ['172.16.1.135:80 2', '172.16.1.136:80 1']],
    ['TCP  192.168.50.1:80', ['192.168.50.135:80 1', '192.168.50.136:80 3', '127.0.0.1:80 0']],
  ]);
});

test('a file of rules is read from its path', async () => {
  const path = write('one.rules', '-A -t 10.0.0.1:80 -s rr\n-a -t 10.0.0.1:80 -r 10.0.1.1 -m\n');
  const { services } = await simulated(path);

  expect(services.map(({ service }) => service)).toEqual(['TCP  10.0.0.1:80']);
});

test('--scheduler NAME replaces the algorithm of every service', async () => {
  const { services } = await simulated('production', '--scheduler', 'rr');

  expect(new Set(services.flatMap(({ runs }) => runs.map((run) => run.scheduler)))).toEqual(
    new Set(['rr']),
  );
});

test('--scheduler all compares every algorithm on the same load', async () => {
  const { services } = await simulated('nat-wrr', '--scheduler', 'all');

  expect(services[0]?.runs.map(({ scheduler }) => scheduler)).toEqual(Object.keys(SCHEDULERS));
});

test('--scheduler all prints a row for every algorithm and marks the one of the rules', async () => {
  const { out } = await ipvs(['simulate', 'nat-wrr', ...few, '--scheduler', 'all']);

  for (const name of Object.keys(SCHEDULERS)) {
    expect(out).toMatch(new RegExp(`^ {2}${name}${name === 'wrr' ? '\\*' : ''} `, 'm'));
  }
});

test('--leave names the server that leaves; without it the busiest does', async () => {
  const chosen = await simulated('nat-wrr', '--leave', '172.16.1.136');
  const busiest = await simulated('nat-wrr');

  expect(chosen.services[0]?.runs[0]?.disruption?.server).toBe('172.16.1.136:80');
  expect(busiest.services[0]?.runs[0]?.disruption?.server).toBe('172.16.1.135:80');
});

test('rules may be any commands of the language, in any order that makes sense', async () => {
  const path = write(
    'all.rules',
    [
      '-A -t 10.0.0.1:80 -s rr',
      '-a -t 10.0.0.1:80 -r 10.0.1.1',
      '-a -t 10.0.0.1:80 -r 10.0.1.2 -w 5',
      '-E -t 10.0.0.1:80 -s wrr -p 60',
      '-e -t 10.0.0.1:80 -r 10.0.1.1 -m -w 7',
      '-d -t 10.0.0.1:80 -r 10.0.1.2',
      '--set 60 30 30',
      '-L -n',
    ].join('\n'),
  );
  const [only] = (await simulated(path)).services;

  expect(only?.runs[0]).toMatchObject({
    settings: 'wrr persistent 60',
    servers: [{ server: '10.0.1.1:80', weight: 7, forwardingMethod: 'masquerading' }],
  });
});

test('rules may come from standard input', async () => {
  const input = '-A -f 7 -s rr\n-a -f 7 -r 10.0.1.1\n';
  const { out } = await ipvs(['simulate', '-', ...few], { input });

  expect(out).toContain('FWM  7 rr\n');
});

test('a service gets the same load whatever other services there are', async () => {
  const one = '-A -t 10.0.0.1:80 -s wrr\n-a -t 10.0.0.1:80 -r 10.0.1.1 -m -w 2\n';
  const other = '-A -u 10.0.0.2:53 -s rr\n-a -u 10.0.0.2:53 -r 10.0.1.2\n';
  const alone = await ipvs(['simulate', '--json', write('a.rules', one), '--connections', '500']);
  const path = write('b.rules', other + one);
  const both = await ipvs(['simulate', '--json', path, '--connections', '1000']);

  expect((JSON.parse(both.out) as JsonDocument).services[1]).toEqual(
    (JSON.parse(alone.out) as JsonDocument).services[0],
  );
});

test.each([
  [['nat-rr', 'nat-wrr'], "one word too many: 'nat-wrr'"],
  [[], 'expected one file of rules, or an example (direct-routing'],
  [['nat-rr', '--connections', '-5'], "1–100000000, got '-5'"],
  [['nat-rr', '--leave', '--json'], '--leave needs a value'],
  [['nat-rr', '--connections', '0'], '--connections: expected an integer 1–100000000'],
  [['nat-rr', '--connections', 'many'], "got 'many'"],
  [['nat-rr', '--connections'], 'argument missing'],
  [['production', '--connections', '3'], '--connections: expected 9 or more'],
  [['nat-rr', '--clients', '0'], '--clients: expected an integer 1–10000000'],
  [['nat-rr', '--seed', '1.5'], '--seed: expected an integer'],
  [['nat-rr', '--workers', '0'], '--workers: expected an integer 1–256'],
  [['nat-rr', '--scheduler', 'best'], '--scheduler: expected all, rr, wrr, lc, wlc, '],
  [
    ['nat-rr', '--leave', '10.9.9.9'],
    'expected a server of the rules (172.16.1.135, 172.16.1.136)',
  ],
])('%j is refused with exit code 2', async (argv, message) => {
  const { code, out, err } = await ipvs(['simulate', ...argv]);

  expect({ code, out }).toEqual({ code: 2, out: '' });
  expect(err).toContain(message);
  expect(err).toContain("Try 'ipvs simulate --help'");
});

test.each([
  ['nowhere.rules', undefined, 'cannot be read: no such file or directory; examples are'],
  ['empty.rules', '# nothing\n', 'no service in it'],
  ['wrong.rules', '\n-A -t 10.0.0.1:http -w 1\n', "wrong.rules:2:21: Illegal 'weight' option"],
  ['bad.rules', '-A -t 10.0.0.300:80\n', 'bad.rules:1:7: illegal virtual server address[:port]'],
  [
    'best.rules',
    '\n -A -t 10.0.0.1:80 -s best',
    ":2:23: Scheduler or persistence engine not found, at 'best'",
  ],
  ['twice.rules', '-A -f 1\n-A -f 1\n', "twice.rules:2:1: Service already exists, at '-A -f 1'"],
  ['binary.rules', '-A -f 1\0', 'is not a text file'],
])('%s is refused with its name, the reason and exit code 2', async (name, content, reason) => {
  const path = content === undefined ? `/nowhere/${name}` : write(name, content);
  const { code, out, err } = await ipvs(['simulate', path]);

  expect({ code, out }).toEqual({ code: 2, out: '' });
  expect(err).toContain(path);
  expect(err).toContain(reason);
});

const argv = ['simulate', 'nat-rr', '--connections', '3000'];

async function colours(env: Record<string, string>): Promise<boolean> {
  return (await ipvs(argv, { env, isTerminal: true })).out.includes('\u001B[');
}

describe('on a terminal', () => {
  test('colours are used, unless NO_COLOR or TERM=dumb says otherwise', async () => {
    expect(await colours({})).toBe(true);
    expect(await colours({ NO_COLOR: '1' })).toBe(false);
    expect(await colours({ TERM: 'dumb' })).toBe(false);
  });

  test('a bar shows progress on standard error when it takes longer, and is wiped out', async () => {
    const { err } = await ipvs(argv, { isTerminal: true, stepMs: 600 });

    expect(err).toMatch(/█.* \d+ % {2}\d+ s left/);
    expect(err.endsWith('\r\u001B[K')).toBe(true);
  });

  test('no bar is shown within the first second', async () => {
    expect((await ipvs(argv, { isTerminal: true, stepMs: 1 })).err).toBe('');
  });
});

test('elsewhere there are neither colours nor a bar, unless FORCE_COLOR asks for colours', async () => {
  const plain = await ipvs(argv, { stepMs: 600 });
  const forced = await ipvs(argv, { env: { FORCE_COLOR: '1' } });

  expect(plain.out + plain.err).not.toContain('\u001B');
  expect(forced.out).toContain('\u001B[');
});

test.each([[['nat-wrr']], [['production']], [['production', '--scheduler', 'all']]])(
  '%j fits in 80 columns',
  async (words) => {
    const { out } = await ipvs(['simulate', ...words, ...few], { columns: 80 });
    const long = out.split('\n').filter((line) => line.length > 80);
    expect(long).toEqual([]);
  },
);

test('columns are explained before the first of them is printed', async () => {
  for (const words of [['nat-wrr'], ['nat-wrr', '--scheduler', 'all']]) {
    const { out } = await ipvs(['simulate', ...words, ...few]);
    const explained = out.indexOf('  Peak/W ');
    expect(explained).toBeGreaterThan(0);
    expect(explained).toBeLessThan(out.indexOf('192.168.50.129'));
  }
});

test('one connection of one client is not called connections of clients', async () => {
  const { out } = await ipvs(['simulate', 'nat-wrr', '--connections', '1', '--clients', '1']);
  expect(out).toContain('1 connection of up to 1 client a service');
  expect(out).toContain('1 connection of 1 client, in');
});

test('a negative seed may follow its option as a word', async () => {
  const apart = await ipvs(['simulate', 'nat-wrr', ...few, '--seed', '-5']);
  const joined = await ipvs(['simulate', 'nat-wrr', ...few, '--seed=-5']);
  expect(apart).toEqual(joined);
  expect(apart.code).toBe(0);
});
