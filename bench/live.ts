/**
 * `npm run bench -- live`: a director on real interfaces beside the kernel's own forwarding of the same minute, and
 * beside HAProxy and nginx where they are installed. Needs root and network namespaces; else it says what is missing.
 */
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { loadavg } from 'node:os';
import { BenchDirector, HTTP_PORT, pass, PORT, PORTS, root } from './live/bench-director.js';
import { countDatagrams, SmallDatagrams } from './live/datagrams.js';
import { latencyRows, roundTrips } from './live/latency.js';
import { rivals } from './live/rivals.js';
import { type LiveRow, median, NONE, tableOf } from './live/table.js';
import { type LabKind, LabNetwork } from '../src/run/lab/lab-network.js';
import { missingRequirements } from '../src/run/machine.js';

const FOLDER = '/run/ipvs/bench-live';
const LOAD = `'${process.execPath}' '${root}bench/live/load.mjs'`;

/** How much is measured. */
interface Effort {
  /** How often; the median is shown. */
  readonly times: number;
  /** For how long each. */
  readonly seconds: number;
  /** Requests of `ab`, and how many at once. */
  readonly requests: readonly [count: number, atOnce: number];
}

const FULL: Effort = { times: 5, seconds: 2, requests: [20_000, 200] };
const QUICK: Effort = { times: 1, seconds: 1, requests: [4000, 200] };

/** One measurement that is made with each address: a number, the more the better. */
interface Measure {
  readonly job: string;
  readonly target: string;
  readonly of: (lab: LabNetwork, address: string) => number;
}

/**
 * Measures, and prints a table.
 *
 * @param quick - Whether each measurement is made once, and is short.
 * @param write - Takes lines.
 */
export async function benchLive(quick: boolean, write: (line: string) => void): Promise<void> {
  const missing = missingRequirements(true);
  if (missing.length > 0) {
    write(`Not measured: ${missing.join('; ')}`);
    return;
  }
  const effort = quick ? QUICK : FULL;
  mkdirSync(FOLDER, { recursive: true });
  write(`load of the machine: ${loadavg()[0].toFixed(1)}; median of ${effort.times}`);
  try {
    const rows = [
      ...(await inLab('nat', 'ipvsbk', (twin) =>
        inLab('nat', 'ipvsbn', (lab, director) => measureNat(lab, director, twin, effort)),
      )),
      ...(await inLab('dr', 'ipvsbd', (lab, director) =>
        measureDirectRouting(lab, director, effort),
      )),
      memoryOfMillion(),
    ];
    for (const line of tableOf(rows)) write(line);
  } finally {
    rmSync(FOLDER, { recursive: true, force: true });
  }
}

async function inLab(
  kind: LabKind,
  prefix: string,
  measure: (lab: LabNetwork, director: BenchDirector) => Promise<LiveRow[]>,
): Promise<LiveRow[]> {
  const lab = new LabNetwork({ kind, clients: 1, servers: 1, prefix });
  const director = new BenchDirector(lab, prefix);
  try {
    lab.up((name) => `${root}dist/run/${name}-process.js`);
    lab.start('s1', [process.execPath, `${root}bench/live/load.mjs`, 'serve', String(PORT)]);
    lab.run('director', 'echo 1 > /proc/sys/net/ipv4/ip_forward');
    await pass(1000);
    return await measure(lab, director);
  } finally {
    await director.stop();
    lab.down();
  }
}

/** The twin has no director: so both paths are measured in turns, and the load of the machine is the same for both. */
async function measureNat(
  lab: LabNetwork,
  director: BenchDirector,
  twin: LabNetwork,
  effort: Effort,
): Promise<LiveRow[]> {
  const server = lab.serverAddress('s1');
  const { times, seconds } = effort;
  const requests = requestsPerSecond(effort);
  const measures = [...streams(seconds), requests];
  for (const each of [lab, twin]) each.run('c1', 'ip route add 10.0.0.0/24 via 192.168.50.2');
  const others = await throughRivals(twin, (address) =>
    measures.map((each) => middle(each, twin, address, times)),
  );
  countDatagrams(lab);
  const datagrams = new SmallDatagrams(lab, times, seconds);
  const small = [datagrams.perSecond(server)];
  await director.start(FOLDER);
  const results = measures.map((each) => inTurns(each, [twin, server], [lab, lab.virtual4], times));
  small.push(datagrams.perSecond(lab.virtual4, director));
  const gap = await gapAfterKill(lab, director);
  await director.stop();
  const halfLoad = results[measures.indexOf(requests)].own / 2;
  const kernelTrips = roundTrips(lab, server, halfLoad, seconds);
  await director.start(FOLDER, '--no-kernel-path');
  const trips = roundTrips(lab, lab.virtual4, halfLoad, seconds);
  small.push(datagrams.perSecond(lab.virtual4, director));
  const rows = measures.map(({ job, target }, index) => {
    const beside = others.map(([name, values]) => `${name} ${values[index].toFixed(2)}`);
    return rowOf(job, results[index], target, beside);
  });
  return [...rows, ...smallRows(small), ...latencyRows(trips, kernelTrips), gap];
}

/** Requests go to the server directly; answers never pass the director. */
async function measureDirectRouting(
  lab: LabNetwork,
  director: BenchDirector,
  { times, seconds }: Effort,
): Promise<LiveRow[]> {
  const server = lab.serverAddress('s1');
  const upload: Measure = {
    job: 'direct routing, TCP, 1 stream, upload, Gbit/s',
    target: '≥ 0.8',
    of: (where, address) =>
      Number(where.run('c1', `${LOAD} up ${address} ${PORT} 1 ${seconds}`).stdout),
  };
  lab.run('s1', 'sysctl -qw net.ipv4.conf.all.arp_ignore=1 net.ipv4.conf.all.arp_announce=2');
  const straight = middle(upload, lab, server, times);
  lab.run(
    'director',
    'sysctl -qw net.ipv4.conf.all.send_redirects=0 net.ipv4.conf.front.send_redirects=0',
  );
  lab.run('c1', `ip route add ${server}/32 via 192.168.50.2`);
  const forwarded = middle(upload, lab, server, times);
  await director.start(FOLDER);
  const own = middle(upload, lab, lab.virtual4, times);
  const beside = [`without a hop ${straight.toFixed(2)}`];
  const result = { own, kernel: forwarded, share: own / forwarded };
  return [rowOf(upload.job, result, upload.target, beside)];
}

function streams(seconds: number): Measure[] {
  const measure = (direction: 'down' | 'up', count: number): Measure => ({
    job: `TCP, ${count} stream${count === 1 ? '' : 's'}, ${direction}load, Gbit/s`,
    target: '≥ 0.85',
    of: (lab, address) =>
      Number(lab.run('c1', `${LOAD} ${direction} ${address} ${PORT} ${count} ${seconds}`).stdout),
  });
  return [measure('down', 1), measure('up', 1), measure('down', 8)];
}

/** The server listens on 8080, and so does the service. A failed request makes it 0. */
function requestsPerSecond({ requests: [count, atOnce] }: Effort): Measure {
  return {
    job: `ab -n ${count} -c ${atOnce}, requests/s`,
    target: '≥ 0.95',
    of: (lab, address) => {
      const command = `ab -q -n ${count} -c ${atOnce} http://${address}:${HTTP_PORT}/`;
      const { stdout } = lab.run('c1', command);
      if (!/Failed requests: +0\n/.test(stdout)) return 0;
      return Number(/Requests per second: +([\d.]+)/.exec(stdout)?.[1]);
    },
  };
}

function middle({ of }: Measure, lab: LabNetwork, address: string, times: number): number {
  return median(Array.from({ length: times }, () => of(lab, address)));
}

/** Medians, and the median of the shares. */
interface Result {
  readonly own: number;
  readonly kernel: number;
  readonly share: number;
}

function inTurns(
  { of }: Measure,
  kernel: readonly [LabNetwork, string],
  own: readonly [LabNetwork, string],
  times: number,
): Result {
  const pairs = Array.from({ length: times }, () => [of(...kernel), of(...own)]);
  return {
    kernel: median(pairs.map(([first]) => first)),
    own: median(pairs.map(([, second]) => second)),
    share: median(pairs.map(([first, second]) => second / first)),
  };
}

function rowOf(
  job: string,
  { own, kernel, share }: Result,
  target: string,
  beside: readonly string[] = [],
): LiveRow {
  const others = beside.length > 0 ? ` (${beside.join(', ')})` : '';
  return {
    job,
    director: own.toFixed(2),
    beside: `${kernel.toFixed(2)}${others}`,
    share: share.toFixed(2),
    target,
  };
}

/** The kernel alone, the director, and its engine alone. */
function smallRows([kernel, whole, engine]: readonly number[]): LiveRow[] {
  const job = 'UDP, 64 bytes, thousand packets delivered per second of processor time';
  return [
    rowOf(`${job}, kernel path`, { own: whole, kernel, share: whole / kernel }, '≥ 250'),
    rowOf(`${job}, engine alone`, { own: engine, kernel, share: engine / kernel }, '≥ 250'),
  ];
}

/** The measures through each balancer that is installed. */
async function throughRivals(
  lab: LabNetwork,
  of: (address: string) => number[],
): Promise<[name: string, values: number[]][]> {
  const found: [string, number[]][] = [];
  for (const { name, command } of rivals(FOLDER, lab.serverAddress('s1'), PORTS)) {
    const process = lab.start('director', command);
    await pass(1500);
    found.push([name, of('192.168.50.2')]);
    process.kill('SIGTERM');
    await pass(500);
  }
  return found;
}

/** The memory of a director with a million connections, in a process of its own. */
function memoryOfMillion(): LiveRow {
  const words = [`${root}bench/live/memory.mjs`, `${root}dist`, '1000000'];
  const { stdout } = spawnSync(process.execPath, words, { encoding: 'utf8' });
  const job = 'memory with 1 million connections, MB';
  return { job, director: stdout.trim(), beside: NONE, share: NONE, target: '≤ 250' };
}

/** The longest time without an answer to a ping while the engine is killed. */
async function gapAfterKill(lab: LabNetwork, director: BenchDirector): Promise<LiveRow> {
  const { enginePid } = director.status();
  const ping = spawn('ip', [
    ...['netns', 'exec', lab.namespace('c1'), 'ping', '-D', '-i', '0.005', '-w', '4', lab.virtual4],
  ]);
  const times: number[] = [];
  ping.stdout.setEncoding('utf8').on('data', (text: string) => {
    for (const [, time] of text.matchAll(/^\[([\d.]+)\]/gm)) times.push(Number(time) * 1000);
  });
  await pass(1500);
  process.kill(enginePid, 'SIGKILL');
  await new Promise((resolve) => ping.once('exit', resolve));
  const gaps = times.slice(1).map((time, index) => time - times[index]);
  const job = 'gap after kill -9 of the engine, ms';
  return {
    job,
    director: Math.max(...gaps).toFixed(0),
    beside: NONE,
    share: NONE,
    target: '≤ 200',
  };
}
