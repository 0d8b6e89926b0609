/** What must not end a balancer: clients that reset, half-close or come over IPv6, servers that refuse, mistyped lines. */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { startEcho, stopBackends, until } from './support/backends.js';
import { type Client, meet } from './support/clients.js';
import { CONNECTIONS, resetAtOnce } from './support/hostile.js';
import { freePort, type Program, README, start, stopPrograms } from './support/programs.js';

afterEach(async () => {
  stopPrograms();
  await stopBackends();
});

/** Starts a balancer before one server that works and one that refuses. */
async function balance(example: string, workers: readonly string[] = []): Promise<Balancer> {
  const [port, refusing, echo] = [await freePort(), await freePort(), await startEcho()];
  const servers = [echo.name, `127.0.0.1:${refusing}`];
  const program = await start(example, [String(port), ...workers, ...servers]);
  await program.line(/listening/);
  return { ...program, port, server: echo.name };
}

interface Balancer extends Program {
  readonly port: number;
  readonly server: string;
}

describe.each([
  [README, []],
  ['tcp-balancer', []],
  ['cluster-maglev', ['2']],
] as const)('%s', (example, workers) => {
  it('serves every client after resets, by either family, past a server that refuses', async () => {
    const { port, server, process } = await balance(example, workers);
    await resetAtOnce(port);
    const clients = await Promise.all(
      Array.from({ length: 20 }, async (_, n) => meet(port, `127.0.2.${n + 1}`)),
    );
    expect(new Set(clients.map((client) => client.server))).toEqual(new Set([server]));
    await Promise.all(clients.map(async (client) => client.end()));
    const socket = connect(port, '::1').setEncoding('utf8');
    expect(await once(socket, 'data')).toEqual([`${server}\n`]);
    socket.destroy();
    expect(process.exitCode).toBeNull();
  });
});

it.each([
  [README, []],
  ['tcp-balancer', []],
  ['cluster-maglev', ['1']],
] as const)('%s hands a half-close on, and the answer back', async (name, workers) => {
  const backend = createServer({ allowHalfOpen: true }, (socket) => {
    let said = '';
    socket.setEncoding('utf8').on('data', (text: string) => (said += text));
    socket.on('end', () => socket.end(`you said ${said}`));
  });
  await once(backend.listen(0, '127.0.0.1'), 'listening');
  const port = await freePort();
  const { port: server } = backend.address() as { port: number };
  const program = await start(name, [String(port), ...workers, `127.0.0.1:${server}`]);
  await program.line(/listening/);
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true }).setEncoding('utf8');
  socket.end('hello');
  let heard = '';
  for await (const text of socket) heard += String(text);
  expect(heard).toBe('you said hello');
  backend.close();
});

it.each([
  ['tcp-balancer', []],
  ['cluster-maglev', ['2']],
] as const)(
  `%s ends ${CONNECTIONS} open connections one by one after SIGTERM`,
  async (name, workers) => {
    const { port, process, exited } = await balance(name, workers);
    const clients = await Promise.all(
      Array.from({ length: CONNECTIONS }, async (_, n) => meet(port, `127.1.${n >> 8}.${n & 255}`)),
    );
    process.kill('SIGTERM');
    await Promise.all(
      clients.map(async (client) => {
        await client.say('still here');
        await client.end();
      }),
    );
    expect(await exited).toBe(0);
  },
);

it('the README is gone at SIGTERM, and its clients with it', async () => {
  const { port, process, exited } = await balance(README);
  const clients = await Promise.all(Array.from({ length: 50 }, async () => meet(port)));
  process.kill('SIGTERM');
  await exited;
  const lost = await Promise.allSettled(clients.map(async (client) => client.say('there?')));
  expect(lost.every(({ status }) => status === 'rejected')).toBe(true);
});

it('the cluster goes on without standard input, and when a worker is killed', async () => {
  const { port, server, process } = await balance('cluster-maglev', ['1']);
  const children = `/proc/${process.pid}/task/${process.pid}/children`;
  const workers = (): string => readFileSync(children, 'utf8').trim();
  const first = workers();
  process.stdin?.end();
  globalThis.process.kill(Number(first), 'SIGKILL');
  await until(() => !['', first].includes(workers()));
  let client: Client | undefined;
  while (client === undefined) client = await meet(port).catch(() => undefined);
  expect(client.server).toBe(server);
  await client.end();
});

it('the cluster ends when its port is taken', async () => {
  const { port } = await balance('tcp-balancer');
  const program = await start('cluster-maglev', [String(port), '2']);
  expect(await program.exited).toBe(1);
});

it.each([
  ['tcp-balancer', []],
  ['udp-balancer', []],
  ['cluster-maglev', ['2']],
] as const)('%s answers mistyped lines, and goes on', async (name, workers) => {
  const port = await freePort();
  const program = await start(name, [String(port), ...workers, '127.0.0.1:9001']);
  await program.line(/listening/);
  const lines = [
    'nonsense',
    'web.internal:80',
    '127.0.0.1:99999',
    '127.0.0.1:9001=99999999999',
    '127.0.0.1:9002=99999999999',
    '',
  ];
  for (const line of [...lines, 'localhost:9003']) program.process.stdin?.write(`${line}\n`);
  await program.line(/^done: localhost:9003/);
  expect(program.process.exitCode).toBeNull();
  expect(program.lines.filter((line) => /expected/.test(line))).toHaveLength(lines.length);
});

it.each([
  ['tcp-balancer', []],
  ['udp-balancer', []],
  ['http-reverse-proxy', []],
  ['cluster-maglev', ['2']],
  ['shared-cluster', ['2']],
] as const)('%s names a mistyped server, and balances over the others', async (name, workers) => {
  const port = await freePort();
  const program = await start(name, [String(port), ...workers, 'web1', '127.0.0.1:9001=2']);
  await program.line(/^expected ADDRESS:PORT.* got web1$/);
  await program.line(/^done: 127\.0\.0\.1:9001=2$/);
  await program.line(/listening/);
  expect(program.process.exitCode).toBeNull();
});

it.each(['tcp-balancer', 'udp-balancer', 'cluster-maglev'])(
  '%s without parameters says how it is called',
  async (name) => {
    const program = await start(name, []);
    expect(await program.exited).toBe(2);
  },
);
