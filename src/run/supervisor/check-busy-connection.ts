/**
 * Checks what an engine reports as a busy connection before it becomes words of nftables. The engine has read the
 * packets of strangers, and nftables works with the rights of root.
 */
import type { Administrator } from '../../ipvsadm/administrator.js';
import { IpAddress } from '../../ip-address.js';
import type { RealServer } from '../../model/real-server.js';
import type { BusyConnection } from '../kernel-path.js';

const LARGEST_PORT = 0xffff;
const ID = /^\d+\.\d+$/;

/**
 * Checks a report.
 *
 * @param report - What the engine says.
 * @param services - The services in force.
 * @returns The connection, in words of our own; `undefined` when it cannot be one of these services.
 */
export function checkBusyConnection(
  report: BusyConnection,
  services: Administrator['services'],
): BusyConnection | undefined {
  const found = findServer(report, services);
  if (found === undefined) return undefined;
  const { service, server } = found;
  const { forwardingMethod } = server;
  if (forwardingMethod !== 'masquerading' && forwardingMethod !== 'gatewaying') return undefined;
  const { id, client, virtual, clientPort, virtualPort, serverPort } = report;
  if (typeof id !== 'string' || !ID.test(id)) return undefined;
  const [from, to] = [parsed(client), parsed(virtual)];
  const { family } = server.address;
  if (from?.family !== family || to?.family !== family) return undefined;
  if (service.fwmark === 0 && !service.address.equals(to)) return undefined;
  if (![clientPort, virtualPort, serverPort].every(isPort)) return undefined;
  return {
    id,
    family,
    protocol: report.protocol === 'tcp' ? 'tcp' : 'udp',
    method: forwardingMethod,
    client: from.toString(),
    clientPort,
    virtual: to.toString(),
    virtualPort,
    server: server.address.toString(),
    serverPort,
    service: service.toString(),
    serverName: server.toString(),
  };
}

function findServer(
  report: BusyConnection,
  services: Administrator['services'],
): { service: ServiceOf<typeof services>; server: RealServer } | undefined {
  for (const service of services) {
    if (service.toString() !== report.service) continue;
    for (const server of service.servers) {
      if (server.toString() === report.serverName) return { service, server };
    }
  }
  return undefined;
}

type ServiceOf<Services> = Services extends Iterable<infer Service> ? Service : never;

function parsed(text: unknown): IpAddress | undefined {
  try {
    return IpAddress.parse(String(text));
  } catch {
    return undefined;
  }
}

function isPort(value: number): boolean {
  return Number.isInteger(value) && value >= 0 && value <= LARGEST_PORT;
}
