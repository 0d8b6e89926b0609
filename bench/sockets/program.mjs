/**
 * What `npm run bench -- sockets` measures, each in a process of its own:
 *
 *     node program.mjs origin PORT PORT                answers GET /BYTES
 *     node program.mjs pipe PORT SERVER                copies bytes by two pipes, with no choice of a server
 *     node program.mjs pipeline PORT SERVER            copies bytes by a pipeline, likewise
 *     node program.mjs KIND PORT SERVER                an HTTP proxy by http-proxy, http-proxy-3 or undici
 *     node program.mjs load                            obeys orders of its parent
 */
import { readdirSync, readFileSync } from 'node:fs';
import { Agent, createServer as createHttpServer } from 'node:http';
import { connect, createServer } from 'node:net';
import { pipeline } from 'node:stream';
import { setTimeout } from 'node:timers/promises';
/** @import { Socket } from 'node:net' */
/**
 * @typedef {{
 *   port: number, bytes: number, connections: number, keeps: boolean, pid: number,
 *   settleMs: number, measureMs: number,
 * }} Order
 * @typedef {{
 *   done: number, failed: number, isOver: boolean, port: number, keeps: boolean,
 *   sockets: Set<Socket>,
 * }} State
 */

/** How many times as long as its work a measurement may take. */
const MOST_WAITING = 20;
/** Of a head. */
const END = '\r\n\r\n';

const [kind = '', ...words] = process.argv.slice(2);
const [first = 0, second = 0] = words.map(Number);

if (kind === 'origin') for (const port of [first, second]) origin(port);
else if (kind === 'load') load();
else if (kind === 'pipe') copy((client, upstream) => client.pipe(upstream).pipe(client));
else if (kind === 'pipeline') copy((...ends) => pipeline(...ends, ends[0], () => undefined));
else if (kind === 'undici') await undiciProxy();
else await httpProxy(kind);

/**
 * As little as a server can do, so that it does not hold the proxies back: it reads no more of a request than its path.
 *
 * @param {number} port - Where it listens.
 */
function origin(port) {
  const answers = new Map();
  createServer((socket) => {
    let text = '';
    socket.on('error', () => undefined);
    socket.on('data', (data) => {
      text += data.toString('latin1');
      for (let end = text.indexOf(END); end >= 0; end = text.indexOf(END)) {
        const head = text.slice(0, end);
        text = text.slice(end + END.length);
        const bytes = Number(/^GET \/(\d+)/.exec(head)?.[1] ?? 0);
        const answer = answers.get(bytes) ?? answerOf(bytes);
        answers.set(bytes, answer);
        socket.write(answer);
        if (/\r\nconnection: close/i.test(head)) socket.end();
      }
    });
  }).listen(port, '127.0.0.1');
}

/** @param {number} bytes - Of the body. */
function answerOf(bytes) {
  const lines = [
    'HTTP/1.1 200 OK',
    'Content-Type: text/plain; charset=utf-8',
    `Content-Length: ${bytes}`,
    'ETag: W/"3e8-5f2a"',
    'Cache-Control: public, max-age=0',
    `Date: ${new Date(0).toUTCString()}`,
    'Connection: keep-alive',
  ];
  return Buffer.from(`${lines.join('\r\n')}${END}${'x'.repeat(bytes)}`);
}

/** @param {(client: Socket, upstream: Socket) => unknown} join - Copies in both directions. */
function copy(join) {
  createServer({ allowHalfOpen: true, pauseOnConnect: true }, (client) => {
    const upstream = connect({ host: '127.0.0.1', port: second, allowHalfOpen: true });
    upstream.on('error', () => client.destroy());
    upstream.once('connect', () => join(client, upstream));
    client.on('error', () => upstream.destroy());
  }).listen(first, '127.0.0.1');
}

/** @param {string} name - The package. */
async function httpProxy(name) {
  const { default: faces, createProxyServer } = await import(name);
  const make = createProxyServer ?? faces.createProxyServer;
  const agent = new Agent({ keepAlive: true });
  const proxy = make({ target: `http://127.0.0.1:${second}`, agent, xfwd: true });
  proxy.on('error', () => undefined);
  createHttpServer((request, response) => proxy.web(request, response)).listen(first, '127.0.0.1');
}

async function undiciProxy() {
  const name = 'undici';
  const { Agent: Pool } = await import(name);
  const pool = new Pool();
  createHttpServer((request, response) => {
    const { method, url, headers } = request;
    const { host: _host, connection: _connection, ...passed } = headers;
    const origin = `http://127.0.0.1:${second}`;
    pool
      .request({ origin, path: url, method, headers: passed })
      .then((/** @type {import('undici-types').Dispatcher.ResponseData} */ answer) => {
        const { statusCode, headers: own, body } = answer;
        delete own['connection'];
        delete own['keep-alive'];
        response.writeHead(statusCode, own);
        body.pipe(response);
      })
      .catch(() => response.destroy());
  }).listen(first, '127.0.0.1');
}

function load() {
  process.on('message', (/** @type {Order} */ order) => void obey(order));
  process.on('disconnect', () => process.exit());
}

/** @param {Order} order - What to ask for, how often, and of whom. */
async function obey({ port, bytes, connections, keeps, pid, settleMs, measureMs }) {
  const text = `GET /${bytes} HTTP/1.1\r\nhost: 127.0.0.1\r\nuser-agent: bench\r\naccept: */*\r\n`;
  const request = Buffer.from(`${text}${keeps ? '' : 'connection: close\r\n'}\r\n`);
  const state = { done: 0, failed: 0, isOver: false, port, keeps, sockets: new Set() };
  for (let i = 0; i < connections; i++) talk(request, state);
  await worked(pid, settleMs);
  const [done, since] = [state.done, performance.now()];
  const workMs = await worked(pid, measureMs);
  const count = (state.done - done) * 1000;
  const perSecond = count / (performance.now() - since);
  state.isOver = true;
  for (const socket of state.sockets) socket.destroy();
  // The subject ends its own sockets, too, before another one is measured.
  await setTimeout(50);
  process.send?.({ perSecond, perProcessorSecond: count / workMs, failed: state.failed });
}

/**
 * Waits until a process has worked for some time, which takes longer where others work, too.
 *
 * @param {number} pid - The process.
 * @param {number} ms - Of its work.
 * @returns How long it has worked, in milliseconds.
 */
async function worked(pid, ms) {
  const before = workOf(pid);
  const end = performance.now() + MOST_WAITING * ms;
  for (;;) {
    await setTimeout(10);
    const work = (workOf(pid) - before) / 1e6;
    if (work >= ms || performance.now() > end) return work;
  }
}

/**
 * Nanoseconds that all threads of a process have worked.
 *
 * @param {number} pid - The process.
 */
function workOf(pid) {
  const tasks = `/proc/${pid}/task`;
  return readdirSync(tasks)
    .map((task) => Number(readFileSync(`${tasks}/${task}/schedstat`, 'latin1').split(' ')[0]))
    .reduce((sum, each) => sum + each, 0);
}

/**
 * Sends one request after the other, on one connection or on a new one each time.
 *
 * @param {Buffer} request - The request.
 * @param {State} state - What is counted.
 */
function talk(request, state) {
  const { port, keeps, sockets } = state;
  const socket = connect(port, '127.0.0.1');
  sockets.add(socket);
  let head = '';
  /** Bytes of the body that are to come; −1 while the head is. */
  let left = -1;
  socket.write(request);
  socket.on('error', () => (state.failed += 1));
  socket.on('close', () => {
    sockets.delete(socket);
    if (!state.isOver) talk(request, state);
  });
  socket.on('data', (data) => {
    let from = 0;
    if (left < 0) {
      head += data.toString('latin1');
      const end = head.indexOf('\r\n\r\n');
      if (end < 0) return;
      from = data.length - (head.length - end - 4);
      left = Number(/content-length: *(\d+)/i.exec(head)?.[1]);
      if (!/^HTTP\/1.1 200/.test(head) || !(left >= 0)) state.failed += 1;
    }
    left -= data.length - from;
    if (left > 0) return;
    state.done += 1;
    head = '';
    left = -1;
    if (keeps) socket.write(request);
    else socket.end();
  });
}
