/**
 * What the real servers of a service have at this moment, by the names that node_exporter gives the figures of
 * the kernel's IPVS, so that dashboards made for a Linux director show a program of this library as well.
 */
import type { RealServer } from '../model/real-server.js';
import type { ServiceKey } from '../services/service-key.js';
import type { MetricFamily, MetricSample } from './metric-family.js';

/** A service with its servers. */
export interface ServiceWithServers extends ServiceKey {
  /** The real servers. */
  readonly servers: Iterable<RealServer>;
}

/**
 * The figures of all real servers.
 *
 * @param services - The services.
 * @returns Active and inactive connections and weights.
 */
export function backendMetrics(services: Iterable<ServiceWithServers>): MetricFamily[] {
  const pairs = [...services].flatMap((service) =>
    [...service.servers].map((server) => ({ labels: labelsOf(service, server), server })),
  );
  const samples = (read: (server: RealServer) => number): MetricSample[] =>
    pairs.map(({ labels, server }) => ({ labels, value: read(server) }));
  const by = 'by local and remote address.';
  return [
    {
      name: 'node_ipvs_backend_connections_active',
      help: `The current active connections ${by}`,
      type: 'gauge',
      samples: samples(({ active }) => active),
    },
    {
      name: 'node_ipvs_backend_connections_inactive',
      help: `The current inactive connections ${by}`,
      type: 'gauge',
      samples: samples(({ inactive }) => inactive),
    },
    {
      name: 'node_ipvs_backend_weight',
      help: `The current backend weight ${by}`,
      type: 'gauge',
      samples: samples(({ weight }) => weight),
    },
  ];
}

/** The labels of node_exporter; a service of a firewall mark has no local address. */
function labelsOf(service: ServiceKey, server: RealServer): Record<string, string> {
  const { fwmark, protocol } = service;
  const isMark = fwmark !== 0;
  return {
    local_address: isMark ? '' : String(service.address),
    local_mark: isMark ? fwmark.toString(16).toUpperCase().padStart(8, '0') : '',
    local_port: String(service.port),
    proto: isMark ? 'FWM' : protocol.toUpperCase(),
    remote_address: String(server.address),
    remote_port: String(server.port),
  };
}
