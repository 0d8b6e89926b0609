/**
 * How many datagrams Linux has dropped at the UDP sockets of this process, because their buffers were full.
 *
 * Source: proc_pid_net(5), udp: the last column; the inode distinguishes the sockets of this process from those of others
 * at the same port.
 */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

const TABLES: readonly string[] = ['/proc/self/net/udp', '/proc/self/net/udp6'];
const LOCAL_ADDRESS = 1;
const INODE = 9;
const DROPS = 12;

/**
 * Counts what was dropped.
 *
 * @param ports - The local ports of the sockets.
 * @returns Datagrams since the sockets were opened; 0 where the system does not say.
 */
export function socketDrops(ports: ReadonlySet<number>): number {
  try {
    const own = ownSockets();
    return TABLES.reduce((sum, table) => sum + dropsIn(readFileSync(table, 'utf8'), ports, own), 0);
  } catch {
    return 0;
  }
}

/**
 * Counts what was dropped, from the text of a table.
 *
 * @param table - The table.
 * @param ports - The local ports of the sockets.
 * @param inodes - The inodes of the sockets.
 * @returns Datagrams.
 */
export function dropsIn(
  table: string,
  ports: ReadonlySet<number>,
  inodes: ReadonlySet<string>,
): number {
  let drops = 0;
  for (const line of table.split('\n').slice(1)) {
    const columns = line.trim().split(/\s+/);
    const port = Number.parseInt(columns[LOCAL_ADDRESS]?.split(':')[1] ?? '', 16);
    if (ports.has(port) && inodes.has(columns[INODE])) drops += Number(columns[DROPS]);
  }
  return drops;
}

/** The inodes of the sockets that this process has open. */
function ownSockets(): Set<string> {
  const inodes = new Set<string>();
  for (const descriptor of readdirSync('/proc/self/fd')) {
    const inode = /^socket:\[(\d+)\]$/.exec(linkOf(`/proc/self/fd/${descriptor}`))?.[1];
    if (inode !== undefined) inodes.add(inode);
  }
  return inodes;
}

/** A descriptor may have been closed since the folder was read. */
function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}
