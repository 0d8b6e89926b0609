/**
 * The figures of a director's synchronization daemons.
 */
import type { BackupStatistics, MasterStatistics, SyncStatistics } from '../sync/sync-part.js';
import type { MetricFamily, MetricSample } from './metric-family.js';

const NAME = 'ipvs_sync';
/** What may become of an entry that is received. */
const RESULTS = ['added', 'updated', 'outdated', 'refused'] as const;

/**
 * The metrics of the daemons that run; they count from the start of each.
 *
 * @param statistics - What they have done; `undefined` without synchronization.
 * @returns The metrics; none when no daemon runs.
 */
export function syncMetrics(statistics: SyncStatistics | undefined): MetricFamily[] {
  if (statistics === undefined) return [];
  const { sent, received } = statistics;
  return [
    ...(sent === undefined ? [] : masterMetrics(sent)),
    ...(received === undefined ? [] : backupMetrics(received)),
  ];
}

function masterMetrics({ messages, entries }: MasterStatistics): MetricFamily[] {
  return [
    counter('sent_messages_total', 'Messages that the master sent.', [only(messages)]),
    counter('sent_entries_total', 'Connections and templates in them.', [only(entries)]),
  ];
}

function backupMetrics(received: BackupStatistics): MetricFamily[] {
  const results = RESULTS.map((result) => ({ labels: { result }, value: received[result] }));
  const faults = [...received.faults].map(([reason, value]) => ({ labels: { reason }, value }));
  return [
    counter('received_messages_total', 'Messages that arrived.', [only(received.messages)]),
    counter('received_entries_total', 'What became of the entries in them.', results),
    counter('received_faults_total', 'Messages, rests and entries passed over.', faults),
  ];
}

function counter(name: string, help: string, samples: readonly MetricSample[]): MetricFamily {
  return { name: `${NAME}_${name}`, help, type: 'counter', samples };
}

function only(value: number): MetricSample {
  return { labels: {}, value };
}
