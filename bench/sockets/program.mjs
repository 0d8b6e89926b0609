/**
 * What `npm run bench -- sockets` measures, each in a process of its own:
 *
 *     node program.mjs origin PORT PORT                answers GET /BYTES
 *     node program.mjs pipe PORT SERVER                copies bytes, with no choice of a server
 *     node program.mjs balancer PORT SERVER LIBRARY    the balancer of the README, with two servers
 *     node program.mjs KIND PORT SERVER                an HTTP proxy by http-proxy, http-proxy-3 or undici
 *     node program.mjs load PORT BYTES CONNECTIONS KEEP SECONDS    prints requests a second
 */
import { Agent, createServer as createHttpServer } from 'node:http';
import { connect, createServer } from 'node:net';
import { pipeline } from 'node:stream';

const [kind = '', ...words] = process.argv.slice(2);
const [first = 0, second = 0, connections = 0, keeps = 0, seconds = 0] = words.map(Number);
/** Before this, connections are made and code is compiled. */
const WARM_UP_MS = 1500;

if (kind === 'origin') for (const port of [first, second]) origin(port);
else if (kind === 'load') load();
else if (kind === 'pipe') pipe();
else if (kind === 'balancer') await balancer(words[2] ?? '');
else if (kind === 'undici') await undiciProxy();
else await httpProxy(kind);

/** @param {number} port - Where it listens. */
function origin(port) {
  const bodies = new Map();
  createHttpServer((request, response) => {
    const bytes = Number(request.url?.slice(1)) || 0;
    const body = bodies.get(bytes) ?? Buffer.alloc(bytes, 'x');
    bodies.set(bytes, body);
    response.setHeader('content-length', bytes);
    response.end(body);
  }).listen(port, '127.0.0.1');
}

function pipe() {
  createServer({ allowHalfOpen: true, pauseOnConnect: true }, (client) => {
    const upstream = connect({ host: '127.0.0.1', port: second, allowHalfOpen: true });
    upstream.once('error', () => client.destroy());
    upstream.once('connect', () => pipeline(client, upstream, client, () => undefined));
    client.on('error', () => client.destroy());
  }).listen(first, '127.0.0.1');
}

/** @param {string} library - The built package. */
async function balancer(library) {
  const { leastConnection, VirtualService } = await import(library);
  const service = new VirtualService({
    address: '127.0.0.1',
    port: first,
    scheduler: leastConnection(),
    persistence: { timeoutSeconds: 300 },
    outlierDetection: true,
    servers: [`127.0.0.1:${second}`, `127.0.0.1:${second + 1}`],
  });
  createServer({ allowHalfOpen: true, pauseOnConnect: true }, (client) => {
    let connection = service.connect(client);
    const forward = () => {
      if (connection === undefined) return void client.destroy();
      if (client.destroyed) return connection.close();
      const { host, port } = connection;
      const upstream = connect({ host, port, allowHalfOpen: true });
      upstream.setTimeout(60_000, () => upstream.destroy(new Error('no answer')));
      upstream.once('error', (error) => {
        connection = connection?.retry(error);
        forward();
      });
      upstream.once('connect', () => {
        upstream.removeAllListeners('error');
        pipeline(client, upstream, client, () => connection?.close());
      });
    };
    client.on('error', () => client.destroy());
    forward();
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
  const text = `GET /${second} HTTP/1.1\r\nhost: 127.0.0.1\r\n${keeps ? '' : 'connection: close\r\n'}\r\n`;
  const request = Buffer.from(text);
  const state = { done: 0, failed: 0, isOver: false };
  for (let i = 0; i < connections; i++) talk(request, state);
  setTimeout(() => {
    const { done } = state;
    const since = performance.now();
    setTimeout(() => {
      state.isOver = true;
      const rate = ((state.done - done) * 1000) / (performance.now() - since);
      console.log(JSON.stringify({ rate, failed: state.failed }));
      process.exit(0);
    }, seconds * 1000);
  }, WARM_UP_MS);
}

/**
 * Sends one request after the other, on one connection or on a new one each time.
 *
 * @param {Buffer} request - The request.
 * @param {{ done: number, failed: number, isOver: boolean }} state - What is counted.
 */
function talk(request, state) {
  const socket = connect(first, '127.0.0.1');
  let head = '';
  /** Bytes of the body that are to come; −1 while the head is. */
  let left = -1;
  socket.write(request);
  socket.on('error', () => (state.failed += 1));
  socket.on('close', () => {
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
