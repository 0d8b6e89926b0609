/**
 * The HTTP reverse proxy of the examples, in the process of the tests.
 */
import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ServerList } from 'ipvs';
import type { HealthChecker } from 'ipvs/health';

interface Example {
  readonly createReverseProxy: (servers: ServerList, checker?: HealthChecker) => Server;
}

const proxies = new Set<Server>();

/** Starts the proxy, and gives its address. */
export async function startProxy(servers: ServerList, checker?: HealthChecker): Promise<string> {
  const path = '../../../examples/http-reverse-proxy.mjs';
  const { createReverseProxy } = (await import(path)) as Example;
  const proxy = createReverseProxy(servers, checker).listen({
    host: '127.0.0.1',
    port: 0,
    backlog: 2048,
  });
  proxies.add(proxy);
  await once(proxy, 'listening');
  return `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
}

/** The proxies that were started. */
export function startedProxies(): readonly Server[] {
  return [...proxies];
}

/** Stops all proxies that were started. */
export function stopProxies(): void {
  for (const proxy of proxies) {
    proxy.closeAllConnections();
    proxy.close();
  }
  proxies.clear();
}
