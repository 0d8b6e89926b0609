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
/** @import { IncomingHttpHeaders, IncomingMessage as Request, ServerResponse as Response } from 'node:http' */

/** Headers that belong to one connection, not to the message. */
const HOP_BY_HOP = /^(?:connection|keep-alive|proxy-.*|te|transfer-encoding|upgrade|expect)$/;

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
  const agent = new Agent();

  /** @param {Request} request @param {Response} response @param {AbortSignal} gone @param {number} attempts */
  async function forward(request, response, gone, attempts) {
    const { method = 'GET', url: path = '/', headers, socket } = request;
    const client = socket.remoteAddress?.replace('::ffff:', '') ?? '0.0.0.0';
    const server = scheduler.schedule(createFlow({ source: client, destination: '0.0.0.0' }));
    if (server === undefined) return void response.writeHead(503).end('no server is available\n');
    const bodiless = headers['content-length'] === undefined && !headers['transfer-encoding'];
    server.open();
    try {
      const answer = await agent.request({
        origin: `http://${server}`,
        path,
        method: /** @type {import('undici').Dispatcher.HttpMethod} */ (method),
        headers: { ...endToEnd(headers), 'x-forwarded-for': client },
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
      // Three failures take a server out, so this reaches one that is well, if there is any.
      if (repeatable && attempts > 1) return await forward(request, response, gone, attempts - 1);
      if (response.headersSent) response.destroy();
      else response.writeHead(502).end('the server failed\n');
    } finally {
      server.close();
    }
  }
  return createServer((request, response) => {
    const gone = new AbortController();
    response.once('close', () => gone.abort());
    void forward(request, response, gone.signal, 3 * servers.size);
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [port, ...list] = process.argv.slice(2);
  const urls = list.map((text) => new URL(`http://${text}`));
  const endpoints = urls.map((url) => ({ address: url.hostname, port: Number(url.port) }));
  const servers = new ServerList(endpoints);
  const checker = new HealthChecker(servers, { probe: httpProbe(), log: console.log });
  checker.start();
  createReverseProxy(servers, checker).listen(Number(port));
}
