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
import { bodyOf, endToEnd, hasBody, passOn } from './http-messages.mjs';
import { upgrade } from './http-upgrade.mjs';
import { cannotListen, parameters } from './server-lines.mjs';
/** @import { IncomingMessage as Request, ServerResponse as Response } from 'node:http' */
/** @import { RealServer } from 'ipvs' */

/** A server that accepts and never answers fails the request in time. */
const TIMEOUTS = { connectTimeout: 3000, headersTimeout: 60_000, bodyTimeout: 60_000 };
/** A client that is silent, or does not read, is cut off after this. */
const IDLE_MS = 600_000;

/**
 * @param {ServerList} servers - Edit it at any time: requests under way are not touched.
 * @param {HealthChecker} [checker] - Is notified of the failures that requests meet.
 */
export function createReverseProxy(servers, checker) {
  const choice = new ServerChoice(servers);
  const agent = new Agent(TIMEOUTS);

  /** @param {Response} response @param {number} status @param {string} text */
  function refuse(response, status, text) {
    // The rest of a body that no server wants is not waited for.
    if (hasBody(response.req)) response.setHeader('connection', 'close');
    response.writeHead(status).end(`${text}\n`);
  }

  /**
   * @param {RealServer} server @param {Request} request @param {Response} response @param {AbortSignal} gone
   * @returns {Promise<unknown>} What has failed, if anything.
   */
  async function attempt(server, request, response, gone) {
    const { method = 'GET', url: path = '/', headers, socket } = request;
    const client = socket.remoteAddress?.replace('::ffff:', '');
    server.open();
    try {
      const answer = await agent.request({
        origin: `http://${server}`,
        path,
        method,
        headers: { ...endToEnd(headers), ...(client && { 'x-forwarded-for': client }) },
        body: hasBody(request) ? bodyOf(request) : null,
        signal: gone,
      });
      if (!proxy.listening) response.setHeader('connection', 'close'); // the proxy is about to end
      await passOn(answer, response);
      return checker?.report(server, true);
    } catch (error) {
      return error;
    } finally {
      server.close();
    }
  }

  /** @param {Request} request @param {Response} response @param {AbortSignal} gone */
  async function forward(request, response, gone) {
    const tried = /** @type {RealServer[]} */ ([]);
    const asOften = /^(?:GET|HEAD)$/.test(request.method ?? '') && !hasBody(request);
    for (let server = choice.next(); server !== undefined; server = choice.next(tried)) {
      const error = await attempt(server, request, response, gone);
      if (error === undefined) return;
      if (gone.aborted || request.errored || response.headersSent) return void response.destroy();
      if (!isServersFault(error)) return refuse(response, 400, 'bad request');
      checker?.report(server, false, error);
      if (!asOften && !isUnsent(error)) return refuse(response, 502, 'the server failed');
      tried.push(server);
    }
    refuse(response, tried.length === 0 ? 503 : 502, 'no server can take the request');
  }

  const proxy = createServer((request, response) => {
    const gone = new AbortController();
    response.once('close', () => gone.abort());
    void forward(request, response, gone.signal);
  });
  proxy.timeout = IDLE_MS;
  Object.assign(proxy, { httpAllowHalfOpen: true }); // who has said all may still wait for the answer
  return proxy.on('upgrade', (request, socket, head) => {
    upgrade(request, socket, head, choice, (server, error) => {
      checker?.report(server, false, error);
    });
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { numbers, servers: names } = parameters('PORT SERVER...');
  const servers = new ServerList(names);
  const checker = new HealthChecker(servers, { probe: httpProbe(), log: console.log });
  checker.start();
  const proxy = createReverseProxy(servers, checker).once('error', cannotListen);
  drainAtSigterm(proxy, () => checker.stop());
  proxy.listen(numbers[0], () => console.log(`listening on ${numbers[0]}`));
}
