/**
 * `npm run bench -- live`: a director on real interfaces beside the kernel's own forwarding of the same minute, and
 * beside HAProxy and nginx where they are installed. Needs root and network namespaces; else it says what is missing.
 */
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { rivals } from './live/rivals.js';
import { LabNetwork } from '../src/run/lab/lab-network.js';
import { missingRequirements } from '../src/run/machine.js';

const PORT = 7000;
const NAME = 'bench';
const FOLDER = '/run/ipvs/bench-live';
/** As for the library: the folder in which npm runs scripts. */
const root = `${process.cwd()}/`;
const LOAD = `${root}bench/live/load.mjs`;
/** Clock ticks of /proc per second. */
const TICKS = 100;

type Row = readonly [job: string, director: string, beside: string, share: string];

/** One measurement: a command in the client's namespace that prints a number. */
type Measure = (address: string) => number;

/**
 * Measures, and prints a table.
 *
 * @param quick - Whether each measurement is made once.
 * @param write - Takes lines.
 */
export async function benchLive(quick: boolean, write: (line: string) => void): Promise<void> {
  const missing = missingRequirements(true);
  if (missing.length > 0) {
    write(`Not measured: ${missing.join('; ')}`);
    return;
  }
  const lab = new LabNetwork({ kind: 'nat', clients: 1, servers: 1, prefix: 'ipvsb' });
  try {
    lab.up((name) => `${root}dist/run/${name}-process.js`);
    await measureAll(lab, quick ? 1 : 5, write);
  } finally {
    lab.run(
      'director',
      `'${process.execPath}' '${root}dist/cli/ipvs.js' run --undo --name ${NAME}`,
    );
    lab.down();
    rmSync(FOLDER, { recursive: true, force: true });
  }
}

async function measureAll(
  lab: LabNetwork,
  times: number,
  write: (line: string) => void,
): Promise<void> {
  const server = lab.serverAddress('s1');
  const load = (words: string): number =>
    Number(lab.run('c1', `'${process.execPath}' '${LOAD}' ${words}`).stdout);
  const measures: Readonly<Record<string, Measure>> = {
    'TCP, 1 stream, download, Gbit/s': (address) => load(`down ${address} ${PORT} 1 2`),
    'TCP, 1 stream, upload, Gbit/s': (address) => load(`up ${address} ${PORT} 1 2`),
    'TCP, 8 streams, download, Gbit/s': (address) => load(`down ${address} ${PORT} 8 2`),
    'ab -n 4000 -c 100, requests/s': (address) => requestsPerSecond(lab, address),
  };
  lab.start('s1', [process.execPath, LOAD, 'serve', String(PORT)]);
  lab.run('c1', 'ip route add 10.0.0.0/24 via 192.168.50.2');
  lab.run('director', 'echo 1 > /proc/sys/net/ipv4/ip_forward');
  await pass(1000);
  write(`load of the machine: ${loadavg()[0].toFixed(1)}; median of ${times}`);
  const forwarded = medians(measures, server, times);
  const others = await throughRivals(lab, measures, times);
  await startDirector(lab);
  const balanced = medians(measures, lab.virtual4, times);
  const rows: Row[] = Object.keys(measures).map((job) => {
    const [own, kernel] = [balanced[job], forwarded[job]];
    const beside = others.map(([name, values]) => ` (${name} ${values[job].toFixed(2)})`);
    const all = `${kernel.toFixed(2)}${beside.join('')}`;
    return [job, own.toFixed(2), all, (own / kernel).toFixed(2)];
  });
  rows.push(await packetsPerCore(lab, load), await gapAfterKill(lab), memoryOfMillion());
  for (const line of tableOf([['job', 'director', 'kernel forwarding', 'share'], ...rows]))
    write(line);
}

/** Lines with aligned columns. */
function tableOf(rows: readonly Row[]): string[] {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  return rows.map((row) =>
    row
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[0]) : cell.padStart(widths[column]),
      )
      .join('  '),
  );
}

function medians(
  measures: Readonly<Record<string, Measure>>,
  address: string,
  times: number,
): Record<string, number> {
  return Object.fromEntries(
    Object.entries(measures).map(([job, measure]) => {
      const values = Array.from({ length: times }, () => measure(address)).toSorted(
        (a, b) => a - b,
      );
      return [job, values[values.length >> 1]];
    }),
  );
}

/** The server listens on 8080, and so does the service. */
function requestsPerSecond(lab: LabNetwork, address: string): number {
  const { stdout } = lab.run('c1', `ab -q -n 4000 -c 100 http://${address}:8080/`);
  if (!/Failed requests: +0\n/.test(stdout)) return 0;
  return Number(/Requests per second: +([\d.]+)/.exec(stdout)?.[1]);
}

/** The measures through each balancer that is installed. */
async function throughRivals(
  lab: LabNetwork,
  measures: Readonly<Record<string, Measure>>,
  times: number,
): Promise<[name: string, values: Record<string, number>][]> {
  const found: [string, Record<string, number>][] = [];
  const ports = [PORT, PORT + 1, 8080];
  for (const { name, command } of rivals(FOLDER, lab.serverAddress('s1'), ports)) {
    const process = lab.start('director', command);
    await pass(1500);
    found.push([name, medians(measures, '192.168.50.2', times)]);
    process.kill('SIGTERM');
    await pass(500);
  }
  return found;
}

/** The memory of a director with a million connections, in a process of its own. */
function memoryOfMillion(): Row {
  const words = [`${root}bench/live/memory.mjs`, `${root}dist`, '1000000'];
  const { stdout } = spawnSync(process.execPath, words, { encoding: 'utf8' });
  return ['memory with 1 million connections, MB', stdout.trim(), '–', '–'];
}

async function startDirector(lab: LabNetwork): Promise<void> {
  mkdirSync(FOLDER, { recursive: true });
  const file = `${FOLDER}/live.rules`;
  const services = [`-t ${lab.virtual4}:`, `-u ${lab.virtual4}:`].flatMap((service) =>
    [PORT, PORT + 1, 8080].map(
      (port) =>
        `-A ${service}${port} -s wlc\n-a ${service}${port} -r ${lab.serverAddress('s1')}:${port} -m\n`,
    ),
  );
  writeFileSync(file, services.join(''));
  const words = ['run', file, '--name', NAME, '--client-if', 'front', '--server-if', 'back'];
  const director = lab.start('director', [process.execPath, `${root}dist/cli/ipvs.js`, ...words]);
  let log = '';
  director.stderr?.setEncoding('utf8').on('data', (text: string) => (log += text));
  for (let waited = 0; !log.includes('"ready"'); waited += 50) {
    if (waited > 60_000) throw new Error(`the director did not start: ${log}`);
    await pass(50);
  }
  // The first packets are handled by code that is not compiled yet.
  await pass(1000);
}

/** Small packets per second of processor time that the engine spends, in the kernel's functions too. */
async function packetsPerCore(lab: LabNetwork, load: (words: string) => number): Promise<Row> {
  const before = statusOf(lab);
  const ticks = ticksOf(before.enginePid);
  load(`datagrams ${lab.virtual4} ${PORT} 3`);
  const after = statusOf(lab);
  const seconds = (ticksOf(after.enginePid) - ticks) / TICKS;
  const packets = after.frames.received - before.frames.received;
  const perCore = Math.round(packets / seconds / 1000);
  return ['UDP, 64 bytes, thousand packets/s per core', String(perCore), '–', '–'];
}

/** The longest time without an answer to a ping while the engine is killed. */
async function gapAfterKill(lab: LabNetwork): Promise<Row> {
  const { enginePid } = statusOf(lab);
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
  return ['gap after kill -9 of the engine, ms', Math.max(...gaps).toFixed(0), '–', '–'];
}

function statusOf(lab: LabNetwork): { enginePid: number; frames: { received: number } } {
  const command = `'${process.execPath}' '${root}dist/cli/ipvs.js' ctl status --name ${NAME}`;
  return JSON.parse(lab.run('director', command).stdout) as never;
}

/** User and system time of a process. */
function ticksOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
  return Number(fields[11]) + Number(fields[12]);
}

function pass(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
