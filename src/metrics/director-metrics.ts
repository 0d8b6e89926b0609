/**
 * The figures of a director, by the names that node_exporter's collector of the kernel's IPVS has for them.
 */
import type { Director } from '../director/director.js';
import type { Traffic } from '../statistics/statistics.js';
import { backendMetrics } from './backend-metrics.js';
import type { MetricFamily } from './metric-family.js';
import { syncMetrics } from './sync-metrics.js';

const TOTALS: readonly (readonly [name: string, key: keyof Traffic, help: string])[] = [
  ['connections_total', 'connections', 'The total number of connections made.'],
  ['incoming_packets_total', 'packetsIn', 'The total number of incoming packets.'],
  ['outgoing_packets_total', 'packetsOut', 'The total number of outgoing packets.'],
  ['incoming_bytes_total', 'bytesIn', 'The total amount of incoming data.'],
  ['outgoing_bytes_total', 'bytesOut', 'The total amount of outgoing data.'],
];

/**
 * The metrics of a director: its traffic, the connections and weights of its real servers, and what its
 * synchronization daemons have sent and received.
 *
 * Counters are exact at this moment and never go back, whatever `ipvsadm --zero` does to listings.
 *
 * @param director - The director.
 * @returns The metrics, for {@link formatMetrics}.
 */
export function directorMetrics(director: Director): MetricFamily[] {
  const counted = director.statistics.total.counted();
  const totals = TOTALS.map(([name, key, help]): MetricFamily => ({
    name: `node_ipvs_${name}`,
    help,
    type: 'counter',
    samples: [{ labels: {}, value: counted[key] }],
  }));
  return [...totals, ...backendMetrics(director.services), ...syncMetrics(director.syncStatistics)];
}
