/**
 * An HTTP reverse proxy: each request goes to the real server with the fewest requests per unit of
 * weight (wlc); servers that fail are taken out until their health page answers again.
 *
 *   node http-reverse-proxy.mjs 8080 127.0.0.1:3001 127.0.0.1:3002
 */
import { createServer } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { createFlow, ServerList } from 'ipvs';
import { HealthChecker } from 'ipvs/health';
import { httpProbe } from 'ipvs/health/node';
import { weightedLeastConnection } from 'ipvs/schedulers/weighted-least-connection';
import { Agent } from 'undici';
import { upgrade } from './http-upgrade.mjs';
import { cannotListen, parameters } from './server-lines.mjs';
/** @import { IncomingHttpHeaders, IncomingMessage as Request, ServerResponse as Response } from 'node:http' */
/** @import { RealServer } from 'ipvs' */

/** Headers that belong to one connection, not to the message. */
const HOP_BY_HOP = /^(?:connection|keep-alive|proxy-.*|te|transfer-encoding|upgrade|expect)$/;

/** wlc looks at the servers alone: any flow will do, whatever the client's socket says. */
const flow = createFlow({ source: '0.0.0.0', destination: '0.0.0.0' });

/** @param {IncomingHttpHeaders} headers */
function endToEnd(headers) {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !HOP_BY_HOP.test(name)));
}

/**
 * @param {ServerList} servers - Edit it at any time: requests under way are not touched.
 * @param {HealthChecker} [checker] - Is told of the failures that requests meet.
 */
export function createReverseProxy(servers, checker) {
  const scheduler = weightedLeastConnection()(servers);
  // A server that accepts and never answers fails the request in time.
  const agent = new Agent({ connectTimeout: 3000, headersTimeout: 60_000, bodyTimeout: 60_000 });

  /** @param {RealServer[]} tried - Servers that have failed this request: it gets another one. */
  function choose(tried) {
    for (const server of tried) server.suspend();
    const chosen = scheduler.schedule(flow);
    for (const server of tried) server.resume();
    return chosen;
  }

  /** @param {Request} request @param {Response} response @param {AbortSignal} gone @param {RealServer[]} tried */
  async function forward(request, response, gone, tried) {
    const { method = 'GET', url: path = '/', headers, socket } = request;
    const client = socket.remoteAddress?.replace('::ffff:', '');
    const server = choose(tried);
    if (server === undefined) return void response.writeHead(503).end('no server is available\n');
    const bodiless = headers['content-length'] === undefined && !headers['transfer-encoding'];
    server.open();
    try {
      const answer = await agent.request({
        origin: `http://${server}`,
        path,
        method,
        headers: { ...endToEnd(headers), ...(client && { 'x-forwarded-for': client }) },
        body: bodiless ? null : request,
        signal: gone,
      });
      response.writeHead(answer.statusCode, endToEnd(answer.headers));
      await pipeline(answer.body, response);
      checker?.report(server, true);
    } catch (error) {
      if (gone.aborted) return; // the client's doing, not the server's
      checker?.report(server, false, error);
      const repeatable = bodiless && /^(?:GET|HEAD)$/.test(method) && !response.headersSent;
      if (repeatable) return await forward(request, response, gone, [...tried, server]);
      if (response.headersSent) response.destroy();
      else response.writeHead(502).end('the server failed\n');
    } finally {
      server.close();
    }
  }
  const proxy = createServer((request, response) => {
    const gone = new AbortController();
    response.once('close', () => gone.abort());
    void forward(request, response, gone.signal, []);
  });
  return proxy.on('upgrade', (request, socket, head) => {
    const server = scheduler.schedule(flow);
    upgrade(
      request,
      socket,
      head,
      server,
      (error) => server && checker?.report(server, false, error),
    );
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { numbers, servers: names } = parameters('PORT SERVER...');
  const [port] = numbers;
  const servers = new ServerList(names);
  const checker = new HealthChecker(servers, { probe: httpProbe(), log: console.log });
  checker.start();
  const proxy = createReverseProxy(servers, checker).once('error', cannotListen);
  proxy.listen(port, () => console.log(`listening on ${port}`));
}
