/**
 * `npm run bench -- sockets [--quick]`: the README's TCP balancer beside a pipe without choice, and the example
 * `http-reverse-proxy` beside other proxies in Node, with HAProxy and nginx as the native mark where they are installed.
 *
 * All on loopback, each in a process of its own, in turns; the median of each counts.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import { entries, root } from '../scripts/entries.mjs';
import { hasTool } from '../src/run/machine.js';
import { isInstalled } from './rivals/packages.js';

const PROGRAM = resolve('bench/sockets/program.mjs');
/** Ports of the two servers, and of the first subject: below those that clients get. */
const SERVER = 21_800;
const FIRST = 21_810;
const CONNECTIONS = 100;
const NODE_RIVALS = ['http-proxy', 'http-proxy-3', 'undici'];

/** What is measured. */
interface Subject {
  readonly name: string;
  readonly command: (port: number) => readonly string[];
}

/** What it is measured with. */
interface Job {
  readonly name: string;
  readonly bytes: number;
  readonly keeps: boolean;
  readonly subjects: readonly Subject[];
  /** The first subject is compared with the best of these. */
  readonly beside: readonly string[];
}

/**
 * Measures, and prints a table.
 *
 * @param quick - Whether each measurement is made once.
 * @param library - The built package.
 * @param write - Takes lines.
 */
export async function benchSockets(
  quick: boolean,
  library: string,
  write: (line: string) => void,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'ipvs-bench-'));
  const origin = spawn(process.execPath, [PROGRAM, 'origin', `${SERVER}`, `${SERVER + 1}`]);
  try {
    await listening(SERVER + 1);
    for (const job of await jobsOf(folder, resolve(library), write)) {
      await measure(job, quick ? 1 : 3, write);
    }
  } finally {
    origin.kill();
    rmSync(folder, { recursive: true });
  }
}

async function jobsOf(
  folder: string,
  library: string,
  write: (line: string) => void,
): Promise<Job[]> {
  const sockets = [
    program('README balancer', 'balancer', library),
    program('pipe without choice', 'pipe'),
  ];
  const rivals = NODE_RIVALS.filter(isInstalled);
  const missing = NODE_RIVALS.filter((name) => !isInstalled(name));
  if (missing.length > 0) write(`Not installed: ${missing.join(', ')} (npm run bench:rivals)`);
  const proxies = rivals.map((name) => program(name, name));
  const own = isInstalled('undici') ? [await example(folder)] : [];
  const http = [...own, ...proxies, ...natives(folder, write)];
  const beside = ['pipe without choice'];
  return [
    { name: 'TCP, a connection each, 1 kB', bytes: 1000, keeps: false, subjects: sockets, beside },
    { name: 'TCP, kept alive, 1 kB', bytes: 1000, keeps: true, subjects: sockets, beside },
    { name: 'TCP, kept alive, 100 kB', bytes: 100_000, keeps: true, subjects: sockets, beside },
    { name: 'HTTP, kept alive, 1 kB', bytes: 1000, keeps: true, subjects: http, beside: rivals },
    {
      name: 'HTTP, kept alive, 100 kB',
      bytes: 100_000,
      keeps: true,
      subjects: http,
      beside: rivals,
    },
  ];
}

function program(name: string, kind: string, ...more: string[]): Subject {
  const words = (port: number): string[] => [kind, `${port}`, `${SERVER}`, ...more];
  return { name, command: (port) => [process.execPath, PROGRAM, ...words(port)] };
}

/** The example, with the built package and the undici of this folder. */
async function example(folder: string): Promise<Subject> {
  const outfile = join(folder, 'http-reverse-proxy.mjs');
  await build({
    entryPoints: ['examples/http-reverse-proxy.mjs'],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
    nodePaths: [resolve('bench/node_modules')],
    alias: Object.fromEntries(
      entries.map(({ specifier, output }) => [specifier, `${root}dist/${output}.js`]).toReversed(),
    ),
    logLevel: 'warning',
  });
  const servers = [SERVER, SERVER + 1].map((port) => `127.0.0.1:${port}`);
  const command = (port: number): string[] => [process.execPath, outfile, `${port}`, ...servers];
  return { name: 'http-reverse-proxy', command };
}

/** HAProxy and nginx, one thread each. */
function natives(folder: string, write: (line: string) => void): Subject[] {
  const made: Subject[] = [];
  for (const [tool, config, flags] of NATIVES) {
    if (!hasTool(tool)) write(`Not installed: ${tool}`);
    else {
      const command = (port: number): string[] => {
        const file = join(folder, `${tool}-${port}.conf`);
        writeFileSync(file, config(port, folder));
        return [tool, flags, file];
      };
      made.push({ name: tool, command });
    }
  }
  return made;
}

type Native = readonly [
  tool: string,
  config: (port: number, folder: string) => string,
  flags: string,
];

const NATIVES: readonly Native[] = [
  [
    'haproxy',
    (port) => `global
  nbthread 1
defaults
  mode http
  timeout connect 5s
  timeout client 60s
  timeout server 60s
listen p
  bind 127.0.0.1:${port}
  http-reuse always
  server s1 127.0.0.1:${SERVER}
  server s2 127.0.0.1:${SERVER + 1}
`,
    '-f',
  ],
  [
    'nginx',
    (port, folder) => `daemon off;
worker_processes 1;
pid ${folder}/nginx-${port}.pid;
error_log /dev/null;
events { worker_connections 8192; }
http {
  access_log off;
  keepalive_requests 100000000;
  proxy_http_version 1.1;
  upstream servers { server 127.0.0.1:${SERVER}; server 127.0.0.1:${SERVER + 1}; keepalive 200; }
  server {
    listen 127.0.0.1:${port};
    location / { proxy_pass http://servers; proxy_set_header Connection ""; }
  }
}
`,
    '-c',
  ],
];

async function measure(job: Job, rounds: number, write: (line: string) => void): Promise<void> {
  const rates = new Map(job.subjects.map(({ name }) => [name, [] as number[]]));
  const running: ChildProcess[] = [];
  try {
    for (const [index, { command }] of job.subjects.entries()) {
      const [file, ...words] = command(FIRST + index) as [string, ...string[]];
      running.push(spawn(file, words));
      await listening(FIRST + index);
    }
    for (let round = 0; round < rounds; round++) {
      for (const [index, { name }] of job.subjects.entries()) {
        rates.get(name)?.push(loadOn(FIRST + index, job));
      }
    }
  } finally {
    await Promise.all(running.map(ended));
  }
  const found = new Map([...rates].map(([name, values]) => [name, median(values)]));
  const best = Math.max(...job.beside.map((name) => found.get(name) ?? 0));
  write(job.name);
  for (const [name, rate] of found) {
    const share = best > 0 ? (rate / best).toFixed(2) : '-';
    write(`  ${name.padEnd(20)} ${rate.toFixed(0).padStart(8)} requests/s ${share.padStart(6)}`);
  }
}

/** Requests a second; 0 when any failed. */
function loadOn(port: number, { bytes, keeps }: Job): number {
  const words = ['load', port, bytes, CONNECTIONS, keeps ? 1 : 0, 1].map(String);
  const { stdout } = spawnSync(process.execPath, [PROGRAM, ...words], { encoding: 'utf8' });
  const { rate, failed } = JSON.parse(stdout) as { rate: number; failed: number };
  return failed > 0 ? 0 : rate;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1];
}

/** Ends a process, and waits until it has ended. */
function ended(child: ChildProcess): Promise<void> {
  return new Promise((done) => {
    if (child.exitCode !== null || child.signalCode !== null) done();
    child.once('exit', () => done());
    child.kill('SIGKILL');
  });
}

/** Waits until a port takes connections. */
async function listening(port: number): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    const isOpen = await new Promise<boolean>((done) => {
      const socket = connect(port, '127.0.0.1');
      socket.once('connect', () => done(true)).once('error', () => done(false));
      socket.once('connect', () => socket.destroy());
    });
    if (isOpen) return;
    await new Promise((done) => setTimeout(done, 50));
  }
  throw new Error(`Nothing listens on port ${port}`);
}
