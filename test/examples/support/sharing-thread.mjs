/** One of the threads of a test: a service that is shared with the others, and does what it is asked. */
import { parentPort } from 'node:worker_threads';
import { leastConnection, VirtualService } from 'ipvs';
import { shareService } from 'ipvs/sync';
import { workerChannel } from 'ipvs/sync/node';

const service = new VirtualService({
  address: '192.0.2.1',
  port: 80,
  scheduler: leastConnection(),
  persistence: { timeoutSeconds: 300 },
  servers: ['10.0.0.1:80', '10.0.0.2:80', '10.0.0.3:80'],
});
shareService(service, workerChannel());

parentPort?.on('message', (/** @type {{ open?: string, asks?: boolean }} */ { open, asks }) => {
  if (open !== undefined) {
    const connection = service.connect({ address: open, port: 4000 });
    parentPort?.postMessage({ opened: open, server: String(connection?.server) });
  }
  if (asks) parentPort?.postMessage({ totals: [...service.servers].map(({ total }) => total) });
});
