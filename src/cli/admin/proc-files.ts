/**
 * The files of /proc/net that `ipvs admin` prints.
 */
import type { Director } from '../../director/director.js';
import {
  procConnections,
  procServices,
  procStatistics,
  procStatisticsPerCpu,
} from '../../ipvsadm/proc-files.js';

/** The name of a file. */
export type ProcName = 'ip_vs' | 'ip_vs_conn' | 'ip_vs_stats' | 'ip_vs_stats_percpu';

/** What writes each file. */
export const PROC_FILES: Readonly<Record<ProcName, (director: Director) => string>> = {
  ip_vs: ({ services }) => procServices(services),
  ip_vs_conn: (director) => procConnections(director.connections()),
  ip_vs_stats: ({ statistics }) => procStatistics(statistics.total),
  ip_vs_stats_percpu: ({ statistics }) => procStatisticsPerCpu(statistics.total),
};

/** The names of all files. */
export const PROC_NAMES: readonly ProcName[] = [
  'ip_vs',
  'ip_vs_conn',
  'ip_vs_stats',
  'ip_vs_stats_percpu',
];
