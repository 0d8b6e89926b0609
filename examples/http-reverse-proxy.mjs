/**
 * An HTTP reverse proxy: each request goes to the real server with the fewest requests per unit of
 * weight (wlc); servers that fail are taken out until their health page answers again.
 *
 *   node http-reverse-proxy.mjs 8080 127.0.0.1:3001 127.0.0.1:3002
 *
 * SIGTERM: no new connections; exits when the last request has its answer, or after 30 s.
 */
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import { ServerList } from 'ipvs';
import { HealthChecker } from 'ipvs/health';
import { httpProbe } from 'ipvs/health/node';
import { Agent } from 'undici';
import { isServersFault, isUnsent, ServerChoice } from './choose-server.mjs';
import { drainAtSigterm } from './drain.mjs';
import { Exchange } from './http-exchange.mjs';
import { hasBody, isCoded } from './http-messages.mjs';
import { questionFor } from './http-question.mjs';
import { stayWithHttp1, upgrade } from './http-upgrade.mjs';
import { cannotListen, change, parameters } from './server-lines.mjs';
/** @import { IncomingMessage as Request, ServerResponse as Response } from 'node:http' */
/** @import { RealServer } from 'ipvs' */

/** A server that accepts and never answers fails the request in time. */
const TIMEOUTS = { connectTimeout: 3000, headersTimeout: 60_000, bodyTimeout: 60_000 };
/**
 * For the sockets to servers. One read fills the 64 kB that undici asks for, so Node would stop reading after each.
 *
 * @type {object}
 */
const READS_AHEAD = { highWaterMark: 256 * 1024 };
/** A client that is silent, or does not read, is cut off after this. */
const IDLE_MS = 600_000;
/** It is a proxy in front of its servers, not one that opens tunnels to others. */
const REFUSES_TUNNELS = 'HTTP/1.1 405 Method Not Allowed\r\nConnection: close\r\n\r\n';

/**
 * @param {ServerList} servers - Edit it at any time: requests under way are not touched.
 * @param {HealthChecker} [checker] - Is notified of the failures that requests meet.
 */
export function createReverseProxy(servers, checker) {
  const choice = new ServerChoice(servers);
  const agent = new Agent({ ...TIMEOUTS, connect: READS_AHEAD });

  /** @param {Response} response @param {number} status @param {string} text */
  function refuse(response, status, text) {
    // The rest of a body that no server wants is not waited for.
    if (hasBody(response.req)) response.setHeader('connection', 'close');
    response.statusMessage = ''; // not that of an answer that could not be passed on
    response.writeHead(status).end(`${text}\n`);
  }

  /**
   * @param {Request} request @param {Response} response
   * @param {RealServer[]} tried - Those that have failed this request.
   */
  function forward(request, response, tried) {
    // It asks what the proxy can do, not one of the servers (RFC 9110, section 9.3.7).
    if (request.url === '*' && request.method === 'OPTIONS') return response.writeHead(204).end();
    if (isCoded(request)) return refuse(response, 501, 'only chunked bodies are taken');
    const server = choice.next(tried);
    if (server === undefined)
      return refuse(response, tried.length === 0 ? 503 : 502, 'no server can take the request');
    const isLast = () => !proxy.listening; // the proxy is about to end
    const exchange = new Exchange(response, isLast, (error) => {
      response.off('close', gone);
      server.close();
      if (error === undefined) return checker?.report(server, true);
      if (response.destroyed || request.errored || response.headersSent)
        return void response.destroy();
      if (!exchange.isAnswered && !isServersFault(error))
        return refuse(response, 400, 'bad request');
      checker?.report(server, false, error);
      const asOften = /^(?:GET|HEAD)$/.test(request.method ?? '') && !hasBody(request);
      if (asOften || isUnsent(error)) forward(request, response, [...tried, server]);
      else refuse(response, 502, 'the server failed');
    });
    const gone = () => exchange.abort();
    response.once('close', gone);
    server.open();
    agent.dispatch(questionFor(server, request), exchange);
  }

  const proxy = createServer((request, response) => forward(request, response, []));
  proxy.timeout = IDLE_MS;
  proxy.requestTimeout = 0; // an upload that goes on is not cut after Node's five minutes
  proxy.on('connect', (_, socket) => socket.on('error', () => {}).end(REFUSES_TUNNELS));
  Object.assign(proxy, { httpAllowHalfOpen: true }); // who has said all may still wait for the answer
  return proxy.on('upgrade', (request, socket, head) => {
    if (/^h2c$/i.test(request.headers.upgrade ?? ''))
      return stayWithHttp1(proxy, request, socket, head);
    upgrade(request, socket, head, choice, (server, error) => {
      checker?.report(server, false, error);
    });
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { numbers, servers: names } = parameters('PORT SERVER[=WEIGHT]...');
  const servers = new ServerList();
  for (const name of names) console.log(await change(servers, name));
  const checker = new HealthChecker(servers, { probe: httpProbe(), log: console.log });
  checker.start();
  const proxy = createReverseProxy(servers, checker).once('error', cannotListen);
  drainAtSigterm(proxy, () => checker.stop());
  proxy.listen(numbers[0], () => console.log(`listening on ${numbers[0]}`));
}
