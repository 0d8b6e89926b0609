/**
 * The metrics of a director over HTTP.
 */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { serveMetrics } from '../../src/run/metrics-server.js';

test.each([
  ['/metrics', 200, 'a 1\n'],
  ['/metrics?format=prometheus', 200, 'a 1\n'],
  ['/', 404, ''],
])('%s is answered with %i', async (path, status, body) => {
  const server = serveMetrics(
    '127.0.0.1:0',
    () => Promise.resolve('a 1\n'),
    (error) => {
      throw error;
    },
  );
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const answer = await fetch(`http://127.0.0.1:${port}${path}`);
  expect([answer.status, await answer.text()]).toEqual([status, body]);
  server.close();
});
