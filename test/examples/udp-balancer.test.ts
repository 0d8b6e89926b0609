import { spawnSync } from 'node:child_process';
import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { afterEach, expect, test } from 'vitest';
import { tally } from './support/clients.js';
import { freePort, type Program, start, stopPrograms } from './support/programs.js';

const sockets: Socket[] = [];

afterEach(() => {
  stopPrograms();
  for (const socket of sockets.splice(0)) socket.close();
});

async function bind(): Promise<[Socket, string]> {
  const socket = createSocket('udp4');
  sockets.push(socket);
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return [socket, `127.0.0.1:${socket.address().port}`];
}

/** A server that answers each datagram with its name and the datagram. */
async function startAnswering(): Promise<string> {
  const [socket, name] = await bind();
  socket.on('message', (datagram: Buffer, sender: RemoteInfo) => {
    socket.send(`${name} ${datagram.toString()}`, sender.port, sender.address);
  });
  return name;
}

/** Asks a number of questions, one after the other, and gives the names of those who answered. */
async function ask(port: number, questions: number): Promise<string[]> {
  const [socket] = await bind();
  const names: string[] = [];
  for (let question = 0; question < questions; question++) {
    const answered = once(socket, 'message');
    socket.send(`question ${question}`, port, '127.0.0.1');
    const [datagram] = (await answered) as [Buffer];
    const [name = '', ...rest] = datagram.toString().split(' ');
    expect(rest.join(' ')).toBe(`question ${question}`);
    names.push(name);
  }
  return names;
}

async function tell(program: Program, line: string): Promise<void> {
  program.process.stdin?.write(`${line}\n`);
  await program.line(new RegExp(`^done: ${line}$`));
}

test('the UDP balancer schedules every datagram anew, by weight, and brings each answer to its client', async () => {
  const [small, big] = [await startAnswering(), await startAnswering()];
  const port = await freePort();
  const program = await start('udp-balancer', [String(port), `${small}=1`, `${big}=3`]);
  await program.line(/^listening/);

  // One client alone meets both servers, in exact shares.
  expect(tally((await ask(port, 42)).slice(2))).toEqual({ [big]: 30, [small]: 10 });

  const answers = await Promise.all(Array.from({ length: 50 }, () => ask(port, 20)));
  expect(answers.flat()).toHaveLength(1000);

  await tell(program, `${big}=0`);
  expect(new Set(await ask(port, 10))).toEqual(new Set([small]));
});

/** Sends a datagram from port 0, which no socket does: no answer is wanted (RFC 768). */
const FROM_PORT_0 = `
import socket, struct, sys
raw = socket.socket(socket.AF_INET, socket.SOCK_RAW, 17)
raw.sendto(struct.pack('!HHHH', 0, int(sys.argv[1]), 12, 0) + b'abcd', ('127.0.0.1', 0))`;
const rawSockets = spawnSync('python3', ['-c', FROM_PORT_0, '9']).status === 0;

test.skipIf(!rawSockets)(
  `a datagram from port 0 is passed on, and its answer to nobody${rawSockets ? '' : ' (needs python3 and raw sockets)'}`,
  async () => {
    const [server, name] = await bind();
    const port = await freePort();
    const program = await start('udp-balancer', [String(port), name]);
    await program.line(/listening/);
    const arrived = once(server, 'message');
    spawnSync('python3', ['-c', FROM_PORT_0, String(port)]);
    const [datagram, from] = (await arrived) as [Buffer, RemoteInfo];
    expect(datagram.toString()).toBe('abcd');
    server.send('answer', from.port, from.address);
    server.on('message', (question: Buffer, { port: to, address }: RemoteInfo) => {
      server.send(`${name} ${question.toString()}`, to, address);
    });
    expect(await ask(port, 1)).toEqual([name]);
    expect(program.process.exitCode).toBeNull();
  },
);
