/**
 * Each kind of check, and each kind of failure, on sockets of the loopback interface.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer as createHttpServer, type RequestListener } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { TEST_CERTIFICATE, TEST_KEY } from '../../support/certificate.js';
import { at, begin, CLOSED_PORT, run } from './one-check.js';

const cleanUp: (() => void)[] = [];
afterEach(() => {
  for (const undo of cleanUp.splice(0).toReversed()) undo();
});

async function listening(server: Server): Promise<number> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanUp.push(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return (server.address() as AddressInfo).port;
}

/** Something that happens once. */
function moment(): { readonly reached: Promise<void>; readonly reach: () => void } {
  let reach: () => void = () => undefined;
  const reached = new Promise<void>((resolve) => {
    reach = resolve;
  });
  return { reached, reach };
}

const resetting = (): Server => createServer((socket) => void socket.resetAndDestroy());
const hello = (status = 200): RequestListener => {
  return (_, response) => void response.writeHead(status).end('hello');
};
const MD5 = createHash('md5').update('hello').digest('hex');
const REFUSED = { good: false };
const HTTP = { good: true, cause: 'status' };

test('TCP_CHECK: a connection that is accepted is good, a refused one is not', async () => {
  const silent = createServer();
  expect(await run(`TCP_CHECK {\n${at(await listening(silent))}\n}`)).toEqual({ good: true });
  expect(await run(`TCP_CHECK {\n${at(CLOSED_PORT)}\n}`)).toEqual(REFUSED);
});

describe.each([
  ['HTTP_GET', (listener: RequestListener) => createHttpServer(listener)],
  [
    'SSL_GET',
    (listener: RequestListener) =>
      createHttpsServer({ key: TEST_KEY, cert: TEST_CERTIFICATE }, listener),
  ],
] as const)('%s', (kind, create) => {
  const check = (port: number, url: string, more = ''): string =>
    `${kind} {\nurl {\npath /health\n${url}\n}\n${at(port)}\n${more}\n}`;

  test.each([
    ['a good status', 200, '', HTTP],
    ['a status that is named', 404, 'status_code 200 401-404', HTTP],
    ['a status that is not named', 204, 'status_code 200', REFUSED],
    ['a redirection, unless it is named', 302, '', REFUSED],
    ['a fault of the server', 500, '', REFUSED],
    ['the right digest', 200, `digest ${MD5.toUpperCase()}`, { good: true, cause: 'digest' }],
    ['another digest', 200, `digest ${'0'.repeat(32)}`, REFUSED],
    ['the right digest with another status', 500, `digest ${MD5}`, REFUSED],
    ['an expression that matches', 200, 'regex ^h.l+o$', { good: true, cause: 'regex' }],
    ['an expression that does not match', 200, 'regex HELLO', REFUSED],
    ['an expression that must not match', 200, 'regex hello\nregex_no_match', REFUSED],
    ['an expression that nothing can be', 200, 'regex (?R)', REFUSED],
  ])('judges %s', async (_, status, url, expected) => {
    const port = await listening(create(hello(status)));
    expect(await run(check(port, url))).toEqual(expected);
  });

  test.each([
    ['url', 'virtualhost url.example', '', '', 'url.example'],
    ['checker', '', 'virtualhost checker.example', '', 'checker.example'],
    ['real_server', '', '', 'virtualhost server.example', 'server.example'],
    ['virtual_server', '', '', '', 'service.example'],
  ])('names the virtualhost of the %s', async (_, url, checker, server, expected) => {
    const asked: unknown[] = [];
    const port = await listening(
      create((request, response) => {
        asked.push(request.url, request.headers.host);
        response.end();
      }),
    );
    expect(await run(check(port, url, checker), server)).toEqual(HTTP);
    expect(asked).toEqual(['/health', expected]);
  });

  test('is bad when the connection is refused, or reset', async () => {
    expect(await run(check(CLOSED_PORT, ''))).toEqual(REFUSED);
    expect(await run(check(await listening(resetting()), ''))).toEqual(REFUSED);
  });

  test.each<[string, (reach: () => void) => RequestListener]>([
    ['no answer comes', (reach) => reach],
    ['an answer has no end', (reach) => (_, response) => void response.write('hel', () => reach())],
  ])('is bad when %s in time', async (_, listener) => {
    const { reached, reach } = moment();
    const running = begin(check(await listening(create(listener(reach))), ''));
    await reached;
    running.endTime();
    expect(await running.result).toEqual(REFUSED);
  });
});

describe('SSL_GET', () => {
  const check = (port: number, more = ''): string =>
    `SSL_GET {\nurl {\npath /\nvirtualhost shop.example\n}\n${at(port)}\n${more}\n}`;

  test('names the host in TLS only with enable_sni', async () => {
    const names: unknown[] = [];
    const server = createHttpsServer({ key: TEST_KEY, cert: TEST_CERTIFICATE }, hello());
    server.on('secureConnection', (socket) => {
      // Its types do not know the name.
      names.push((socket as { readonly servername?: unknown }).servername);
    });
    const port = await listening(server);
    expect(await run(check(port))).toEqual(HTTP);
    expect(await run(check(port, 'enable_sni'))).toEqual(HTTP);
    expect(names).toEqual([false, 'shop.example']);
  });

  test('is bad when the server does not speak TLS', async () => {
    expect(await run(check(await listening(createHttpServer(hello()))))).toEqual(REFUSED);
  });

  test('is bad when the server accepts the connection and does not go on', async () => {
    const { reached, reach } = moment();
    const running = begin(check(await listening(createServer(reach))));
    await reached;
    running.endTime();
    expect(await running.result).toEqual(REFUSED);
  });
});

describe('SMTP_CHECK', () => {
  const mail = (greeting: string, reply: string): Server =>
    createServer((socket) => {
      socket.write(greeting);
      socket.on('data', (data) => socket.write(data.toString().startsWith('HELO') ? reply : ''));
    });
  const check = (port: number): string => `SMTP_CHECK {\nhelo_name probe.example\n${at(port)}\n}`;

  test.each([
    ['is good when it is greeted and HELO is done', '220 ready\r\n', '250 done\r\n', true],
    ['is bad for another greeting', '554 no\r\n', '250 done\r\n', false],
    ['is bad when HELO is refused', '220 ready\r\n', '550 no\r\n', false],
  ])('%s', async (_, greeting, reply, good) => {
    expect(await run(check(await listening(mail(greeting, reply))))).toEqual({ good });
  });

  test('is bad when the connection is refused, reset, or ended', async () => {
    expect(await run(check(CLOSED_PORT))).toEqual(REFUSED);
    expect(await run(check(await listening(resetting())))).toEqual(REFUSED);
    const ending = createServer((socket) => void socket.end('220 ready\r\n'));
    expect(await run(check(await listening(ending)))).toEqual(REFUSED);
  });

  test('is bad when the server does not greet in time', async () => {
    const { reached, reach } = moment();
    const running = begin(check(await listening(createServer(reach))));
    await reached;
    running.endTime();
    expect(await running.result).toEqual(REFUSED);
  });

  test('greets with its name', async () => {
    const lines: string[] = [];
    const server = createServer((socket) => {
      socket.write('220 ready\r\n');
      socket.once('data', (data) => {
        lines.push(data.toString());
        socket.write('250 done\r\n');
      });
    });
    await run(check(await listening(server)));
    expect(lines).toEqual(['HELO probe.example\r\n']);
  });
});

/** A server of datagrams; the answer is what a function makes of a question. */
async function datagrams(answer: (question: Buffer) => Uint8Array | undefined): Promise<number> {
  const socket = createSocket('udp4');
  socket.on('message', (question, { port, address }) => {
    const reply = answer(question);
    if (reply !== undefined) socket.send(reply, port, address);
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  cleanUp.push(() => socket.close());
  return socket.address().port;
}

/** Makes a check of a server that gets the question, and lets the time pass. */
async function unanswered(check: (port: number) => string): Promise<unknown> {
  const { reached, reach } = moment();
  const port = await datagrams(() => {
    reach();
    return undefined;
  });
  const running = begin(check(port));
  await reached;
  running.endTime();
  return running.result;
}

describe('DNS_CHECK', () => {
  const check = (port: number): string =>
    `DNS_CHECK {\ntype AAAA\nname www.example\n${at(port)}\n}`;
  const answering = (code: number, shift = 0) => {
    return (question: Buffer): Uint8Array => {
      const reply = Buffer.from(question);
      reply[1] = (reply[1] + shift) & 0xff;
      reply[3] = code;
      return reply;
    };
  };

  test.each([
    ['is good for response code 0, without any answer', answering(0), { good: true }],
    ['is bad for another one', answering(5), { good: false, cause: { responseCode: 5 } }],
    ['is bad for the answer to another question', answering(0, 1), REFUSED],
    ['is bad for half an answer', (question: Buffer) => question.subarray(0, 5), REFUSED],
  ])('%s', async (_, answer, expected) => {
    expect(await run(check(await datagrams(answer)))).toEqual(expected);
  });

  test('is bad when the question is refused, and when no answer comes in time', async () => {
    expect(await run(check(CLOSED_PORT))).toEqual(REFUSED);
    expect(await unanswered(check)).toEqual(REFUSED);
  });
});

describe('UDP_CHECK', () => {
  const check =
    (more: string) =>
    (port: number): string =>
      `UDP_CHECK {\npayload 0102\n${at(port)}\n${more}\n}`;
  const echo = (question: Buffer): Uint8Array => question;

  test.each([
    ['a reply', 'require_reply', true],
    ['the reply that is wanted', 'require_reply 0x02', true],
    ['a reply that is longer', 'require_reply 01', true],
    ['another reply', 'require_reply 0202', false],
    ['a reply that is too short', 'require_reply\nmin_reply_length 3', false],
    ['a reply that is too long', 'require_reply\nmax_reply_length 1', false],
  ])('judges %s', async (_, more, good) => {
    expect(await run(check(more)(await datagrams(echo)))).toEqual({ good });
  });

  test('takes silence as good, and as bad where a reply is wanted', async () => {
    const quick = (port: number): string => check('connect_timeout 0.01')(port);
    expect(await run(quick(await datagrams(() => undefined)))).toEqual({ good: true });
    expect(await unanswered(check('require_reply'))).toEqual(REFUSED);
  });

  test.each(['', 'require_reply'])('is bad when the datagram is refused (%s)', async (more) => {
    expect(await run(check(more)(CLOSED_PORT))).toEqual(REFUSED);
  });
});

describe('MISC_CHECK', () => {
  const check = (status: string, more = ''): string =>
    `MISC_CHECK {\nmisc_path "/bin/sh -c '${status}'"\nmisc_timeout 5\n${more}\n}`;

  test.each([
    ['status 0', 'exit 0', '', { good: true, cause: { exitStatus: 0 } }],
    ['status 1', 'exit 1', '', { good: false, cause: { exitStatus: 1 } }],
    ['status 7', 'exit 7', '', { good: false, cause: { exitStatus: 7 } }],
    ['a weight', 'exit 7', 'misc_dynamic', { good: true, cause: { exitStatus: 7 } }],
    ['the greatest weight', 'exit 255', 'misc_dynamic', { good: true, cause: { exitStatus: 255 } }],
    ['no weight', 'exit 0', 'misc_dynamic', { good: true, cause: { exitStatus: 0 } }],
    ['a signal', 'kill -9 $$', 'misc_dynamic', { good: false, cause: { signal: 9 } }],
  ])('judges %s', async (_, status, more, expected) => {
    expect(await run(check(status, more))).toEqual(expected);
  });

  test('is bad when the script takes too long', async () => {
    const running = begin(check('exec sleep 60'));
    running.endTime();
    expect(await running.result).toEqual({ good: false, cause: 'timeout' });
  });

  test('is bad without a cause when the program cannot be run', async () => {
    expect(await run('MISC_CHECK {\nmisc_path "/nonexistent/check"\n}')).toEqual(REFUSED);
  });
});

const hasPing = spawnSync('ping', ['-n', '-q', '-c', '1', '127.0.0.1']).status === 0;
describe.skipIf(!hasPing)('PING_CHECK (needs ping)', () => {
  test('is good for a host that answers, bad for an address that is no host, and when no answer comes in time', async () => {
    expect(await run(`PING_CHECK {\n${at(7)}\n}`)).toEqual({ good: true });
    expect(await run(`PING_CHECK {\n${at(7, '127.255.255.255')}\n}`)).toEqual(REFUSED);
    const running = begin(`PING_CHECK {\n${at(7)}\n}`);
    running.endTime();
    expect(await running.result).toEqual(REFUSED);
  });
});
