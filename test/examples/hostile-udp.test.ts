/** What must not end the UDP balancer, nor cost the clients of servers that work their answers. */
import { spawnSync } from 'node:child_process';
import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { afterEach, expect, it } from 'vitest';
import { until } from './support/backends.js';
import { killStoppable, RESETS, startStoppable } from './support/hostile.js';
import { freePort, type Program, start, stopPrograms } from './support/programs.js';

const sockets: Socket[] = [];

afterEach(() => {
  stopPrograms();
  killStoppable();
  for (const socket of sockets.splice(0)) socket.close();
});

async function bind(type: 'udp4' | 'udp6' = 'udp4'): Promise<[Socket, string]> {
  const socket = createSocket(type);
  sockets.push(socket);
  const host = type === 'udp4' ? '127.0.0.1' : '::1';
  socket.bind(0, host);
  await once(socket, 'listening');
  return [socket, `${host}:${socket.address().port}`];
}

/** A server that says its name. */
async function startAnswering(): Promise<string> {
  const [socket, name] = await bind();
  socket.on('message', (_, { port, address }: RemoteInfo) => socket.send(name, port, address));
  return name;
}

async function balance(...servers: readonly string[]): Promise<Program & { port: number }> {
  const port = await freePort();
  const program = await start('udp-balancer', [String(port), ...servers]);
  await program.line(/^listening/);
  return { ...program, port };
}

/** Sends questions until one is answered. */
async function ask(port: number, type: 'udp4' | 'udp6' = 'udp4'): Promise<string> {
  const [socket] = await bind(type);
  const answered = once(socket, 'message');
  const again = setInterval(() => {
    socket.send('question', port, type === 'udp4' ? '127.0.0.1' : '::1');
  }, 20);
  const [datagram] = (await answered) as [Buffer];
  clearInterval(again);
  return String(datagram);
}

it('serves both families after clients that vanish, and past servers that refuse or never answer', async () => {
  const works = await startAnswering();
  const [, silent] = await bind();
  const { port, process } = await balance(works, silent, `127.0.0.1:${await freePort()}`);
  for (let n = 0; n < RESETS; n++) {
    const socket = createSocket(n % 2 === 0 ? 'udp4' : 'udp6');
    socket.send('x'.repeat(n % 1400), port, n % 2 === 0 ? '127.0.0.1' : '::1', () =>
      socket.close(),
    );
    if (n % 50 === 49) await once(socket, 'close');
  }
  expect([await ask(port), await ask(port, 'udp6')]).toEqual([works, works]);
  expect(process.exitCode).toBeNull();
});

it('goes on with a server that is stopped and continues', async () => {
  const stopped = await startStoppable(
    `Object.assign(require('node:dgram').createSocket('udp4'), { listen({ port, host }, done) {
      this.on('message', (_, from) => this.send(name(), from.port, from.address)).bind(port, host, done);
    } })`,
  );
  const { port } = await balance(stopped.name);
  stopped.process.kill('SIGSTOP');
  const asked = ask(port);
  setTimeout(() => stopped.process.kill('SIGCONT'), 200);
  expect(await asked).toBe(stopped.name);
});

it('brings the answers that are missing at SIGTERM, and ends', async () => {
  const [server, name] = await bind();
  const questions: RemoteInfo[] = [];
  server.on('message', (_, from: RemoteInfo) => void questions.push(from));
  const { port, process, exited } = await balance(name);
  const clients = await Promise.all(Array.from({ length: 100 }, async () => bind()));
  const answered = clients.map(async ([socket]) => once(socket, 'message'));
  for (const [socket] of clients) socket.send('question', port, '127.0.0.1');
  await until(() => questions.length === clients.length);
  process.kill('SIGTERM');
  for (const from of questions) server.send('answer', from.port, from.address);
  await Promise.all(answered);
  expect(await exited).toBe(0);
});

/** Sends a datagram each from many ports of many addresses, as a flood with forged senders does. */
const FLOOD = `
import socket, struct, sys
raw = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
port, count = int(sys.argv[1]), int(sys.argv[2])
for n in range(count):
    udp = struct.pack('!HHHH', 1024 + n % 60000, port, 12, 0) + b'abcd'
    ip = struct.pack('!BBHHHBBH4s4s', 69, 0, 20 + len(udp), 0, 0, 64, 17, 0,
        bytes([127, 0, 1 + n // 60000, 1]), bytes([127, 0, 0, 1]))
    raw.sendto(ip + udp, ('127.0.0.1', 0))`;
const rawSockets = spawnSync('python3', ['-c', FLOOD, '9', '1']).status === 0;

it.skipIf(!rawSockets)(
  `still serves clients after a flood of ${RESETS} forged ones${rawSockets ? '' : ' (needs python3 and raw sockets)'}`,
  async () => {
    const [, silent] = await bind();
    const { port, process } = await balance(silent, await startAnswering());
    spawnSync('python3', ['-c', FLOOD, String(port), String(RESETS + 100)]);
    expect(await ask(port)).not.toBe('');
    expect(process.exitCode).toBeNull();
  },
);
