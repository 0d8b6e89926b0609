/**
 * What the sockets benchmark compares, each as the command of a process of its own.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import { hasTool } from '../../src/run/machine.js';
import { isInstalled } from '../rivals/packages.js';

/** Serves, proxies and loads. */
export const PROGRAM = resolve('bench/sockets/program.mjs');
/** Ports of the two servers: below those that clients get. */
export const SERVERS = [21_800, 21_801] as const;
const NODE_RIVALS = ['http-proxy', 'http-proxy-3', 'undici'];
/** What copies bytes, without a choice of a server. */
const PIPES = ['pipe', 'pipeline'];
const [SERVER] = SERVERS;

/** What is measured. */
export interface Subject {
  readonly name: string;
  readonly command: (port: number) => readonly [string, ...string[]];
}

/** What it is measured with. */
export interface Job {
  readonly name: string;
  /** Of an answer. */
  readonly bytes: number;
  /** Whether connections are used again. */
  readonly keeps: boolean;
  readonly subjects: readonly Subject[];
  /** The first subject is compared with the best of these. */
  readonly beside: readonly string[];
}

/**
 * Prepares all jobs, with the subjects that are installed.
 *
 * @param folder - Takes configurations and bundles.
 * @param library - The built package.
 * @param write - Takes a line for each that is missing.
 * @returns The jobs.
 */
export async function socketJobs(
  folder: string,
  library: string,
  write: (line: string) => void,
): Promise<Job[]> {
  const dist = resolve(library, '..');
  const rivals = NODE_RIVALS.filter(isInstalled);
  const missing = NODE_RIVALS.filter((name) => !isInstalled(name));
  if (missing.length > 0) write(`Not installed: ${missing.join(', ')} (npm run bench:rivals)`);
  const tcp = [
    await readmeBalancer(folder, dist),
    ...PIPES.map((kind) => program(kind, kind)),
    ...natives(folder, 'tcp', write),
  ];
  const http = [
    ...(rivals.includes('undici') ? [await example(folder, dist)] : []),
    ...rivals.map((name) => program(name, name)),
    ...natives(folder, 'http', () => undefined),
  ];
  return [
    { name: 'tcp-connect', bytes: 1000, keeps: false, subjects: tcp, beside: PIPES },
    { name: 'tcp-1k', bytes: 1000, keeps: true, subjects: tcp, beside: PIPES },
    { name: 'tcp-100k', bytes: 100_000, keeps: true, subjects: tcp, beside: PIPES },
    { name: 'http-1k', bytes: 1000, keeps: true, subjects: http, beside: rivals },
    { name: 'http-100k', bytes: 100_000, keeps: true, subjects: http, beside: rivals },
  ];
}

function program(name: string, kind: string): Subject {
  return { name, command: (port) => [process.execPath, PROGRAM, kind, `${port}`, `${SERVER}`] };
}

/** The balancer that the README shows, with other ports. */
async function readmeBalancer(folder: string, dist: string): Promise<Subject> {
  const [, ...blocks] = readFileSync('README.md', 'utf8').split('```ts\n');
  const shown = blocks.find((block) => block.includes('createServer'))?.split('```')[0];
  if (shown === undefined) throw new Error('README.md shows no balancer');
  const code = shown
    .replaceAll('9001', `${SERVERS[0]}`)
    .replaceAll('9002', `${SERVERS[1]}`)
    .replace('port: 8080', 'port: Number(process.argv[2])')
    .replace(/listen\(0, .*?\);/, "listen(Number(process.argv[2]), '127.0.0.1');");
  const file = join(folder, 'readme-balancer.ts');
  writeFileSync(file, code);
  const outfile = await bundle(folder, file, 'readme-balancer.mjs', dist);
  return { name: 'README balancer', command: (port) => [process.execPath, outfile, `${port}`] };
}

/** The example, with the undici of this folder. */
async function example(folder: string, dist: string): Promise<Subject> {
  const name = 'http-reverse-proxy';
  const outfile = await bundle(folder, `examples/${name}.mjs`, `${name}.mjs`, dist);
  const servers = SERVERS.map((port) => `127.0.0.1:${port}`);
  return { name, command: (port) => [process.execPath, outfile, `${port}`, ...servers] };
}

async function bundle(folder: string, file: string, name: string, dist: string): Promise<string> {
  const outfile = join(folder, name);
  await build({
    entryPoints: [file],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
    nodePaths: [resolve('bench/node_modules')],
    alias: { ipvs: dist },
    logLevel: 'error',
  });
  return outfile;
}

type Mode = 'tcp' | 'http';

/** HAProxy and nginx, one thread each. */
function natives(folder: string, mode: Mode, write: (line: string) => void): Subject[] {
  const made: Subject[] = [];
  for (const [tool, config, flag] of NATIVES) {
    if (!hasTool(tool)) write(`Not installed: ${tool}`);
    else if (config[mode] !== undefined) {
      const text = config[mode];
      const command = (port: number): [string, ...string[]] => {
        const file = join(folder, `${tool}-${port}.conf`);
        writeFileSync(file, text(port, folder));
        return [tool, flag, file];
      };
      made.push({ name: tool, command });
    }
  }
  return made;
}

type Config = Partial<Record<Mode, (port: number, folder: string) => string>>;

const haproxy = (mode: Mode, more: string) => (port: number) => `global
  nbthread 1
defaults
  mode ${mode}
  timeout connect 5s
  timeout client 60s
  timeout server 60s
listen p
  bind 127.0.0.1:${port}${more}
  server s1 127.0.0.1:${SERVERS[0]}
  server s2 127.0.0.1:${SERVERS[1]}
`;

const nginx = (port: number, folder: string): string => `daemon off;
master_process off;
pid ${folder}/nginx-${port}.pid;
error_log /dev/null;
events { worker_connections 8192; }
http {
  access_log off;
  keepalive_requests 100000000;
  proxy_http_version 1.1;
  upstream servers {
    server 127.0.0.1:${SERVERS[0]};
    server 127.0.0.1:${SERVERS[1]};
    keepalive 200;
    keepalive_requests 100000000;
  }
  server {
    listen 127.0.0.1:${port};
    location / { proxy_pass http://servers; proxy_set_header Connection ""; }
  }
}
`;

const NATIVES: readonly (readonly [tool: string, config: Config, flag: string])[] = [
  ['haproxy', { tcp: haproxy('tcp', ''), http: haproxy('http', '\n  http-reuse always') }, '-f'],
  ['nginx', { http: nginx }, '-c'],
];
