/**
 * The files of a twin's folder.
 */

/** The files of a twin's folder, in the order in which they are read, with the command that writes each. */
export const TWIN_FILES: Readonly<Record<string, string>> = {
  services: 'ipvsadm -L -n --nosort',
  tunnels: 'ipvsadm -L -n --nosort --tun-info',
  thresholds: 'ipvsadm -L -n --nosort --thresholds',
  stats: 'ipvsadm -L -n --nosort --stats --exact',
  rates: 'ipvsadm -L -n --nosort --rate --exact',
  timeouts: 'ipvsadm -L -n --timeout',
  daemons: 'ipvsadm -L -n --daemon',
  sysctls: "sysctl -a 2>/dev/null | grep '^net\\.ipv4\\.vs\\.'",
  kernel: "uname -rv | sed 's/^/# uname -rv: /'",
  connections: 'ipvsadm -L -n -c',
};

/**
 * Puts the files of a folder in the order in which they are read.
 *
 * @param names - The names of the files.
 * @returns Those of a twin; none when it is another folder.
 */
export function twinFiles(names: Iterable<string>): string[] {
  const present = new Set(names);
  return Object.keys(TWIN_FILES).filter((name) => present.has(name));
}
