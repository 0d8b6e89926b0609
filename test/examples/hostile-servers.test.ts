/**
 * What must not end a balancer, and must not fail clients of other servers: servers that are silent, reset in the middle
 * of an answer, are stopped, or refuse.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { SCHEDULERS, type SchedulerName } from '../../src/schedulers/index.js';
import { type ServiceConnection, VirtualService } from '../../src/services/index.js';
import { startEcho, stopBackends, until } from './support/backends.js';
import { meet } from './support/clients.js';
import { freePort, README, start, stopPrograms } from './support/programs.js';

/** Each balancer of TCP: its name and its arguments. */
const TCP: readonly (readonly [name: string, args: readonly string[]])[] = [
  [README, []],
  ['tcp-balancer', []],
  ['cluster-maglev', ['1']],
];
const CLIENTS = 40;

const servers = new Set<Server>();
const sockets = new Set<Socket>();
const children = new Set<ChildProcess>();

afterEach(async () => {
  stopPrograms();
  for (const child of children) child.kill('SIGKILL');
  for (const socket of sockets) socket.destroy();
  for (const server of servers) server.close();
  sockets.clear();
  children.clear();
  servers.clear();
  await stopBackends();
});

/** Starts a server, and gives its address. */
async function serve(accept: (socket: Socket) => void): Promise<string> {
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    socket.on('error', () => {});
    accept(socket);
  });
  servers.add(server);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return `127.0.0.1:${(server.address() as { port: number }).port}`;
}

/** Starts a balancer before a server that works and another one; gives what its port is, and whether it lives. */
async function balance(
  [name, workers]: (typeof TCP)[number],
  other: string,
): Promise<{ port: number; works: string; lives: () => boolean }> {
  const [port, echo] = [await freePort(), await startEcho()];
  const program = await start(name, [String(port), ...workers, echo.name, other]);
  await program.line(/listening/);
  return { port, works: echo.name, lives: () => program.process.exitCode === null };
}

/** All that a client hears until its connection ends; it says nothing itself. */
async function hear(port: number, from: string): Promise<string> {
  const socket = connect({ port, host: '127.0.0.1', localAddress: from, allowHalfOpen: true });
  let text = '';
  socket.setEncoding('utf8').on('data', (heard: string) => (text += heard));
  socket.on('error', () => {}).end();
  sockets.add(socket);
  await once(socket, 'close');
  return text;
}

/** Lets many clients listen; what they have heard is in the list when their connections have ended. */
function listen(port: number): { heard: string[]; all: Promise<unknown> } {
  const heard: string[] = [];
  const clients = Array.from({ length: CLIENTS }, async (_, n) => {
    heard.push(await hear(port, `127.0.3.${n + 1}`));
  });
  return { heard, all: Promise.all(clients) };
}

describe.each(TCP)('%s', (...balancer) => {
  it('serves the clients of other servers while one accepts and never answers', async () => {
    let held = 0;
    const { port, works, lives } = await balance(balancer, await serve(() => held++));
    const { heard } = listen(port);
    await until(() => heard.length > 0 && heard.length + held >= CLIENTS);
    expect(new Set(heard)).toEqual(new Set([`${works}\n`]));
    expect(lives()).toBe(true);
  });

  it('passes on what has come before a server resets, and goes on', async () => {
    const resets = await serve((socket) => {
      socket.write('half an ans');
      setTimeout(() => socket.resetAndDestroy(), 200);
    });
    const { port, works, lives } = await balance(balancer, resets);
    const { heard, all } = listen(port);
    await all;
    expect(new Set(heard)).toEqual(new Set([`${works}\n`, 'half an ans']));
    const again = listen(port);
    await again.all;
    expect(again.heard).toContain(`${works}\n`);
    expect(lives()).toBe(true);
  });

  it('waits for a server that is stopped, and loses none of its clients', async () => {
    const server = spawn(process.execPath, ['-e', ANSWERS], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    children.add(server);
    const [line] = (await once(server.stdout.setEncoding('utf8'), 'data')) as [string];
    const stopped = `127.0.0.1:${line.trim()}`;
    const { port, works, lives } = await balance(balancer, stopped);
    server.kill('SIGSTOP');
    const met = Array.from({ length: CLIENTS }, async (_, n) => meet(port, `127.0.4.${n + 1}`));
    await Promise.race(met);
    setTimeout(() => server.kill('SIGCONT'), 300);
    const clients = await Promise.all(met);
    expect(new Set(clients.map((client) => client.server))).toEqual(new Set([works, stopped]));
    await Promise.all(clients.map(async (client) => client.end()));
    expect(lives()).toBe(true);
  });
});

/** A server in a process of its own, which says its port, and its name to clients. */
const ANSWERS = `
const server = require('node:net').createServer({ allowHalfOpen: true }, (socket) => {
  socket.on('error', () => {}).write('127.0.0.1:' + server.address().port + '\\n');
  socket.pipe(socket);
});
server.listen({ port: 0, host: '127.0.0.1', backlog: 511 }, () => console.log(server.address().port));`;

describe.each(Object.keys(SCHEDULERS) as SchedulerName[])('%s', (scheduler) => {
  it.each([
    ['without persistence', false],
    ['with persistence', { timeoutSeconds: 300 }],
  ] as const)(
    '%s fails no client when one server works and one refuses',
    async (_, persistence) => {
      const path = '../../examples/forward.mjs';
      const { forward } = (await import(path)) as Forward;
      const [echo, refuses] = [await startEcho(), await freePort()];
      const service = new VirtualService({
        ...{ address: '127.0.0.1', port: 80, scheduler: SCHEDULERS[scheduler](), persistence },
        // A server takes as many connections as its weight, by ovf.
        servers: [
          { address: '127.0.0.1', port: echo.port, weight: 100 },
          { address: '127.0.0.1', port: refuses, weight: 200 },
        ],
      });
      const balancer = createServer({ allowHalfOpen: true, pauseOnConnect: true }, (client) => {
        client.on('error', () => {});
        forward(client, service.connect(client));
      });
      servers.add(balancer);
      await once(balancer.listen(0, '127.0.0.1'), 'listening');
      const { port } = balancer.address() as { port: number };
      for (let round = 0; round < 2; round++) {
        const clients = await Promise.all(
          Array.from({ length: 20 }, async (__, n) => meet(port, `127.0.5.${n + 1}`)),
        );
        expect(clients.map((client) => client.server)).toEqual(clients.map(() => echo.name));
        await Promise.all(clients.map(async (client) => client.end()));
      }
      service.close();
    },
  );
});

interface Forward {
  readonly forward: (client: Socket, connection: ServiceConnection | undefined) => void;
}
