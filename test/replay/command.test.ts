import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { runWithIo, temporaryFolder, type CliResult } from '../cli/support.js';
import { replay } from './command.js';

const write = temporaryFolder();

const run = (argv: readonly string[]): Promise<CliResult> => runWithIo((io) => replay(argv, io));

const server = (host: number, weight = 1): object => ({
  addr: `10.0.0.${host}`,
  port: 80,
  weight,
  u: 0,
  l: 0,
});
const pick = (expected: number | null, ...more: unknown[]): unknown[] => [
  'pick',
  '192.168.1.1',
  12345,
  '198.51.100.1',
  80,
  expected,
  ...more,
];
const trace = (scheduler: string, steps: unknown[], flags: string[] = []): object => ({
  scheduler,
  flags,
  traces: [{ name: 'sample', family: 'ipv4', steps }],
});
const documentOf = (content: object): string =>
  JSON.stringify({ format: 'ipvs-scheduler-trace/1', ...content });

const roundRobin = trace('rr', [
  ['add', 0, server(1)],
  ['add', 1, server(2)],
  pick(1),
  pick(0),
  ['remove', 0],
  pick(1),
]);

test('a recording that is reproduced gives its checks and exit code 0', async () => {
  const path = write('same.json', documentOf(roundRobin));

  expect(await run([path])).toEqual({
    code: 0,
    out: 'same.json: 3 checks, 0 differences\ntotal: 3 checks, 0 differences\n',
    err: '',
  });
});

test('a compressed recording is read like a plain one', async () => {
  const path = write('same.json.gz', gzipSync(documentOf(roundRobin)));

  expect((await run([path])).out).toContain('total: 3 checks, 0 differences');
});

test('a document of several files is replayed as a whole', async () => {
  const path = write('several.json', documentOf({ files: [roundRobin, roundRobin] }));

  expect((await run([path])).out).toContain('several.json: 6 checks, 0 differences');
});

test('the totals of several files are added up', async () => {
  const path = write('twice.json', documentOf(roundRobin));

  expect((await run([path, path])).out).toMatch(/\ntotal: 6 checks, 0 differences\n$/);
});

test('a difference is shown with step, expected and got, and gives exit code 1', async () => {
  const steps = [['add', 7, server(1)], ['add', 8, server(2, 0)], pick(8)];
  const path = write('other.json', documentOf(trace('rr', steps)));

  expect(await run([path])).toEqual({
    code: 1,
    out: [
      'other.json: 1 checks, 1 differences',
      '  sample step 2 pick 192.168.1.1 12345 > 198.51.100.1 80: expected 8 (10.0.0.2:80), got 7 (10.0.0.1:80)',
      'total: 1 checks, 1 differences',
      '',
    ].join('\n'),
    err: '',
  });
});

test('only the first ten differences are shown', async () => {
  const steps = [['add', 0, server(1)], ...Array.from({ length: 12 }, () => pick(null))];
  const path = write('many.json', documentOf(trace('rr', steps)));
  const { out } = await run([path]);

  expect(out.split('\n').filter((line) => line.startsWith('  '))).toHaveLength(10);
  expect(out).toContain('many.json: 12 checks, 12 differences');
});

test('connections move through the thresholds, active or not, even of a removed server', async () => {
  const steps = [
    ['add', 0, { ...server(1), u: 2 }],
    ['conn', 0, 0, 1],
    pick(0),
    ['conn', 0, 3, -1],
    pick(null),
    ['edit', 0, { weight: 1, u: 0, l: 0 }],
    pick(0),
    ['conn', 0, -3, 1],
    ['remove', 0],
    ['conn', 0, 0, -1],
    pick(null),
  ];
  const path = write('steps.json', documentOf(trace('wlc', steps)));

  expect((await run([path])).out).toContain('steps.json: 4 checks, 0 differences');
});

test('a connection that only becomes active does not touch the thresholds', async () => {
  const steps = [
    ['add', 0, { ...server(1), u: 2, l: 1 }],
    ['conn', 0, 0, 1],
    ['conn', 0, 1, -1],
    pick(0),
  ];
  const path = write('active.json', documentOf(trace('rr', steps)));

  expect((await run([path])).out).toContain('active.json: 1 checks, 0 differences');
});

test('flags of a recording are given to the scheduler', async () => {
  const steps = [
    ['add', 0, server(1)],
    ['add', 1, server(2, 0)],
    ...[1, 2, 3, 4, 5, 6].map((host) => ['pick', `10.0.1.${host}`, 1, '198.51.100.1', 80, 0]),
  ];
  const without = write('without.json', documentOf(trace('sh', steps)));
  const fallback = write('fallback.json', documentOf(trace('sh', steps, ['fallback'])));

  expect((await run([fallback])).out).toContain('6 checks, 0 differences');
  expect((await run([without])).code).toBe(1);
});

test.each([1, 3])('consuming other draws than the %i recorded is a difference', async (count) => {
  const draws = Array.from({ length: count }, () => [0, 2]);
  const steps = [['add', 0, server(1)], pick(0, draws)];
  const path = write('draws.json', documentOf(trace('twos', steps)));
  const { code, out } = await run([path]);

  expect(code).toBe(1);
  expect(out).toContain(`got 0 (10.0.0.1:80) after 2 draws instead of ${count}`);
});

function bothDraws(value: number): unknown[] {
  return [
    [value, 3],
    [value, 3],
  ];
}

test('recorded draws decide what is picked', async () => {
  // The newest server is first in the list and has the draws 0 and 1.
  const steps = [
    ['add', 0, server(1)],
    ['add', 1, server(2)],
    pick(1, bothDraws(1)),
    pick(0, bothDraws(2)),
  ];
  const path = write('drawn.json', documentOf(trace('twos', steps)));

  expect((await run([path])).out).toContain('drawn.json: 2 checks, 0 differences');
});

test('every pick within a fill is a check, and destinations wrap at 32 bits', async () => {
  // By the formula of destination hashing, 0.0.0.1 has an odd slot and the three before it even ones.
  const runs = [
    [1, 3],
    [0, 1],
  ];
  const steps = [
    ['add', 0, server(1)],
    ['add', 1, server(2)],
    ['fill', '10.9.9.9', 5000, '255.255.255.254', 4, 80, runs],
  ];
  const path = write('fill.json', documentOf(trace('dh', steps)));

  expect((await run([path])).out).toContain('fill.json: 4 checks, 0 differences');
});

test.each([
  ['missing.json', undefined, 'cannot be read: no such file or directory'],
  ['text.txt', 'hello', 'unknown format'],
  ['other-format.json', '{"format":"something/9"}', 'unknown format'],
  ['number.json', '42', 'unknown format'],
  ['null.json', 'null', 'unknown format'],
  ['broken.json.gz', new Uint8Array([0x1f, 0x8b, 8, 0]), 'cannot be read'],
  ['no-traces.json', documentOf({ scheduler: 'rr', flags: [] }), "'traces' is not a list"],
  ['unknown.json', documentOf(trace('nosuch', [])), 'unknown scheduler "nosuch"; expected rr'],
  ['step.json', documentOf(trace('rr', [['jump', 1]])), 'sample step 0 jump: no such kind of step'],
  ['id.json', documentOf(trace('rr', [['remove', 3]])), 'there is no server 3'],
  [
    'address.json',
    documentOf(trace('rr', [['add', 0, { ...server(1), addr: '10.0.0' }]])),
    'Invalid server address',
  ],
])('%s is refused with its name, the reason and exit code 2', async (name, content, reason) => {
  const path = content === undefined ? `/nowhere/${name}` : write(name, content);
  const { code, err } = await run([path]);

  expect(code).toBe(2);
  expect(err).toContain(path);
  expect(err).toContain(reason);
});

test('a file that cannot be read does not keep the others from being replayed', async () => {
  const path = write('good.json', documentOf(roundRobin));
  const { code, out } = await run(['/nowhere/bad.json', path]);

  expect(code).toBe(2);
  expect(out).toBe('good.json: 3 checks, 0 differences\ntotal: 3 checks, 0 differences\n');
});

test('a folder means the recordings in it and below, without what only accompanies them', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'ipvs-replay-'));
  mkdirSync(join(folder, 'below'));
  writeFileSync(join(folder, 'one.json'), documentOf(roundRobin));
  writeFileSync(join(folder, 'README.md'), 'no recording');
  writeFileSync(join(folder, 'below', 'two.json.gz'), gzipSync(documentOf(roundRobin)));
  writeFileSync(join(folder, 'below', 'good.rules'), '-A -f 7\n');
  writeFileSync(join(folder, 'below', 'good.traffic.jsonl'), '{}');
  writeFileSync(join(folder, 'below', 'unknown.jsonl'), '{}');
  const { code, out, err } = await run([folder]);
  rmSync(folder, { recursive: true });

  expect(out).toBe(
    'two.json.gz: 3 checks, 0 differences\none.json: 3 checks, 0 differences\ntotal: 6 checks, 0 differences\n',
  );
  expect(err.match(/^replay: .*$/gm)).toEqual([
    expect.stringMatching(/good\.rules: damaged: good\.traffic\.jsonl: header/),
    expect.stringMatching(/unknown\.jsonl: unknown format/),
  ]);
  expect(code).toBe(2);
});

test('the program replays standard input', () => {
  const { status, stdout } = spawnSync(
    process.execPath,
    ['scripts/run-typescript.mjs', 'test/replay/main.ts', '-'],
    { input: documentOf(roundRobin), encoding: 'utf8' },
  );

  expect(stdout).toBe('-: 3 checks, 0 differences\ntotal: 3 checks, 0 differences\n');
  expect(status).toBe(0);
});

test('--json gives the same counts to programs', async () => {
  const path = write('json.json', documentOf(roundRobin));
  const { out } = await run(['--json', path]);

  expect(JSON.parse(out)).toEqual({
    files: [{ file: 'json.json', checks: 3, differences: 0, first: [] }],
    total: { checks: 3, differences: 0 },
  });
});

test.each([
  ['director', '{"set":"A","topology":{}}\n', 'damaged: header: '],
  ['state', '{"set":"C","vip":"192.0.2.1","name":"tcp-x"}\n{"seq":3}\n', 'damaged: line 2: '],
  [
    'nameless',
    '{"set":"C","vip":"192.0.2.1","name":"x"}\n',
    'damaged: header: no protocol in the name x',
  ],
])('a damaged %s recording is refused with the place', async (name, text, message) => {
  const { code, err } = await run([write(`${name}.jsonl`, text)]);

  expect(err).toContain(`${name}.jsonl: ${message}`);
  expect(code).toBe(2);
});

test('timers may be late only in the folder whose name says so', async () => {
  const golden = new URL('../golden/stock-timer-wheel/rearm.jsonl.gz', import.meta.url);
  const elsewhere = write('rearm.jsonl.gz', readFileSync(golden));

  expect((await run([fileURLToPath(golden)])).code).toBe(0);
  expect((await run([elsewhere])).code).toBe(1);
});

const host = { mac: '02:00:00:00:00:01', ip: '192.0.2.1', ip6: '2001:db8::1' };
const header = JSON.stringify({
  set: 'E',
  name: 'damaged',
  topology: {
    vips: [],
    mtu_client_side: 1500,
    mtu_server_side: 1500,
    director_client_side: host,
    director_server_side: host,
    client_gateway: host,
  },
});
const listing = [
  'IP Virtual Server version 1.2.1 (size=4096)',
  'Prot LocalAddress:Port Scheduler Flags',
  '  -> RemoteAddress:Port           Forward Weight ActiveConn InActConn',
  'FWM  7 wlc',
  '',
].join('\n');

test('rules are replayed with the outputs that were recorded beside them', async () => {
  const path = write('good.rules', '-A -f 7\n');
  write('good.idle-Ln.txt', listing);
  write('good.idle-Ln_-f_7.txt', listing.slice(listing.indexOf('\n') + 1));

  expect((await run([path])).out).toContain('good.rules: 2 checks, 0 differences');
});

test('rules without any recorded output beside them are refused', async () => {
  const { code, err } = await run([write('alone.rules', '-A -f 7\n')]);

  expect(code).toBe(2);
  expect(err).toContain('alone.rules: has no recorded outputs beside it');
});

test.each([
  ['{"t": 0, "op": ', 'damaged: NAME.traffic.jsonl: line 1 is not JSON'],
  ['{}', 'damaged: '],
  ['HEADER\n{"t":0,"op":"frame","in":"00"}\n\n{"t":40', 'NAME.traffic.jsonl: line 4 is not JSON'],
  ['HEADER\n{"t":"soon","op":"advance"}\n{"t":1,"op":"list"}', 'NAME.traffic.jsonl: line 2: '],
])('damaged traffic %j beside rules is refused with its file and line', async (traffic, reason) => {
  const name = `damaged-${traffic.length}`;
  const path = write(`${name}.rules`, '-A -f 7\n');
  write(`${name}.idle-Ln.txt`, listing);
  write(`${name}.traffic.jsonl`, traffic.replace('HEADER', header));
  const { code, err } = await run([path]);

  expect(err).toContain(reason.replace('NAME', name));
  expect(code).toBe(2);
});
