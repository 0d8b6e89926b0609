/**
 * What services ask for: servers, ports of protocols, kernels that have their scheduler.
 */
import type { LintRule } from '../lint-rule.js';
import { addressMembers, rules, VIRTUAL_SERVER, valuePlace } from './support.js';

const FTP_CONTROL = 21;
const DNS = 53;

/** Rules on services. */
export const serviceRules: readonly LintRule[] = [
  {
    code: 'LVS201',
    name: 'service-without-servers',
    severity: 'warning',
    title: 'A service without servers',
    why: 'Every connection is refused with "port unreachable" from the virtual address, although the address may have a listener of its own: the service takes its packets.',
    fix: 'Add a server, or remove the service.',
    see: { command: 'ipvs simulate bad', shows: ['100,000 refused'] },
    found: () => [rules('-A -t 192.0.2.1:80 -s rr\n')],
    clean: () => [rules('-A -t 192.0.2.1:80 -s rr\n-a -t 192.0.2.1:80 -r 10.0.0.1:80 -m\n')],
    check({ services }, report) {
      for (const { line, label, servers } of services) {
        if (servers.length === 0)
          report(valuePlace(line, VIRTUAL_SERVER), `${label} has no server`);
      }
    },
  },
  {
    code: 'LVS202',
    name: 'all-weights-zero',
    severity: 'error',
    title: 'All weights are 0',
    why: 'A server of weight 0 gets no new connection. When all have it, every new connection is refused; old ones go on, so the service seems to work for a while.',
    fix: 'Give at least one server a weight.',
    see: { program: 'all-weights-zero' },
    found: () => [
      rules(
        '-A -t 192.0.2.1:80 -s wrr\n-a -t 192.0.2.1:80 -r 10.0.0.1:80 -m -w 0\n-a -t 192.0.2.1:80 -r 10.0.0.2:80 -m -w 0\n',
      ),
    ],
    clean: () => [
      rules(
        '-A -t 192.0.2.1:80 -s wrr\n-a -t 192.0.2.1:80 -r 10.0.0.1:80 -m -w 0\n-a -t 192.0.2.1:80 -r 10.0.0.2:80 -m -w 1\n',
      ),
    ],
    check({ services }, report) {
      for (const { line, label, servers } of services) {
        const own = servers.filter(({ isSorry }) => !isSorry);
        if (own.length === 0 || own.some(({ weight }) => weight > 0)) continue;
        // With a sorry server it is another matter, and another rule.
        if (own.length < servers.length) continue;
        report(valuePlace(line, VIRTUAL_SERVER), `all servers of ${label} have weight 0`);
      }
    },
  },
  {
    code: 'LVS203',
    name: 'sorry-server-serves',
    severity: 'warning',
    title: 'A server on the director that takes its share',
    why: 'A server at 127.0.0.1 beside others is usually the page that says sorry. With a weight it takes its share of connections like any server, also while the others are well.',
    fix: 'Give it weight 0, and let what watches the servers change that.',
    see: { command: 'ipvs simulate bad', shows: ['127.0.0.1:80'] },
    found: () => [
      rules(
        '-A -t 192.0.2.1:80 -s rr\n-a -t 192.0.2.1:80 -r 10.0.0.1:80 -g\n-a -t 192.0.2.1:80 -r 127.0.0.1:80 -g\n',
      ),
    ],
    clean: () => [
      rules(
        '-A -t 192.0.2.1:80 -s rr\n-a -t 192.0.2.1:80 -r 10.0.0.1:80 -g\n-a -t 192.0.2.1:80 -r 127.0.0.1:80 -g -w 0\n',
      ),
    ],
    check({ services }, report) {
      for (const { servers } of services) {
        const local = servers.filter(({ address }) => /^(?:127\.|::1$)/.test(String(address)));
        if (local.length === 0 || local.length === servers.length) continue;
        for (const { line, weight, address, isSorry } of local) {
          if (weight > 0 && !isSorry)
            report(line.place, `${address} has weight ${weight} beside other servers`);
        }
      }
    },
  },
  {
    code: 'LVS204',
    name: 'ftp-data',
    severity: 'warning',
    title: 'FTP without its data connections',
    why: 'Passive FTP opens a second connection to a port that the server chooses. With direct routing or tunnels nothing belongs to port 21 but the control connection: the second one meets no service.',
    fix: 'Use a persistent service for all ports (`-t VIP:0 -p`), or NAT with the module ip_vs_ftp.',
    see: { program: 'ftp-data' },
    found: () => [rules('-A -t 192.0.2.1:21 -s wlc\n-a -t 192.0.2.1:21 -r 192.0.2.11:21 -g\n')],
    clean: () => [rules('-A -t 192.0.2.1:0 -s wlc -p\n-a -t 192.0.2.1:0 -r 192.0.2.11:0 -g\n')],
    check({ services }, report) {
      const isForAll = new Set<string>();
      for (const service of services) {
        for (const { protocol, address, port } of addressMembers(service)) {
          if (protocol === 'tcp' && port === 0) isForAll.add(String(address));
        }
      }
      for (const service of services) {
        const isDirect = service.servers.some(({ method }) => method !== 'masquerading');
        for (const { port, protocol, address } of addressMembers(service)) {
          if (port !== FTP_CONTROL || protocol !== 'tcp' || !isDirect) continue;
          if (isForAll.has(String(address))) continue;
          report(
            valuePlace(service.line, VIRTUAL_SERVER),
            'data connections of FTP meet no service',
          );
        }
      }
    },
  },
  {
    code: 'LVS205',
    name: 'port-shadows-all-ports',
    severity: 'note',
    title: 'A port beside a service for all ports',
    why: 'The more exact service wins, and has templates of its own: a client that is kept at a server for all ports may get another one for this port.',
    fix: 'Leave the port to the service for all ports, or group the ports by a firewall mark.',
    see: { program: 'port-shadows-all-ports' },
    found: () => [
      rules(
        '-A -t 192.0.2.1:0 -s rr -p\n-a -t 192.0.2.1:0 -r 10.0.0.1:0 -g\n-A -t 192.0.2.1:443 -s rr -p\n-a -t 192.0.2.1:443 -r 10.0.0.2:443 -g\n',
      ),
    ],
    clean: () => [
      rules(
        '-A -t 192.0.2.1:0 -s rr -p\n-a -t 192.0.2.1:0 -r 10.0.0.1:0 -g\n-A -t 192.0.2.2:443 -s rr -p\n-a -t 192.0.2.2:443 -r 10.0.0.2:443 -g\n',
      ),
    ],
    check({ services }, report) {
      const all = new Set<string>();
      for (const service of services) {
        for (const { protocol, address, port } of addressMembers(service)) {
          if (port === 0) all.add(`${protocol} ${address}`);
        }
      }
      if (all.size === 0) return;
      for (const service of services) {
        for (const { protocol, address, port } of addressMembers(service)) {
          if (port === 0 || !all.has(`${protocol} ${address}`)) continue;
          report(
            valuePlace(service.line, VIRTUAL_SERVER),
            `port ${port} is taken out of the service for all ports`,
          );
        }
      }
    },
  },
  {
    code: 'LVS206',
    name: 'datagrams-stick',
    severity: 'note',
    title: 'A name service that keeps each resolver at one server',
    why: 'Datagrams with the same ports are one connection for 300 s. Resolvers that ask from few ports stay with their server, also when it is slow, and hold an entry each.',
    fix: '`-o` schedules each datagram for itself. With `-m` the answers are then not translated: see one-packet-nat.',
    see: { program: 'datagrams-stick' },
    found: () => [rules('-A -u 192.0.2.53:53 -s rr\n-a -u 192.0.2.53:53 -r 10.2.0.53:53 -g\n')],
    clean: () => [rules('-A -u 192.0.2.53:53 -s rr -o\n-a -u 192.0.2.53:53 -r 10.2.0.53:53 -g\n')],
    check({ services }, report) {
      for (const service of services) {
        const isDns = addressMembers(service).some(
          ({ protocol, port }) => protocol === 'udp' && port === DNS,
        );
        const isDirect = service.servers.every(({ method }) => method !== 'masquerading');
        if (
          isDns &&
          isDirect &&
          !service.settings.onePacket &&
          service.settings.persistence === false
        ) {
          report(
            valuePlace(service.line, VIRTUAL_SERVER),
            'queries from one port stay at one server for 300 s',
          );
        }
      }
    },
  },
  {
    code: 'LVS207',
    name: 'kernel-without-scheduler',
    severity: 'error',
    title: 'A scheduler that the kernel does not have',
    why: 'Debian builds `twos` for its 6.12 kernels only. On 6.1 the service is refused ("Scheduler or persistence engine not found"), and all its servers with it.',
    fix: 'Choose `wlc` or `sed`, or a newer kernel. The kernel is a line of the topology, such as `kernel 6.1.176`.',
    see: { command: 'ipvs kernel 6.1.176', shows: ['6.1.176'] },
    topology: 'kernel 6.1.176\n',
    found: () => [rules('-A -t 192.0.2.1:80 -s twos\n-a -t 192.0.2.1:80 -r 10.0.0.1:80 -m\n')],
    clean: () => [rules('-A -t 192.0.2.1:80 -s rr\n-a -t 192.0.2.1:80 -r 10.0.0.1:80 -m\n')],
    check({ services, topology }, report) {
      if (!topology.kernel.startsWith('6.1.')) return;
      for (const { line, settings } of services) {
        if (settings.scheduler === 'twos')
          report(valuePlace(line, /\s-s\s*(\S+)/), `Linux ${topology.kernel} has no twos`);
      }
    },
  },
  {
    code: 'LVS208',
    name: 'load-of-old-kernel',
    severity: 'note',
    title: 'A load that another kernel computes otherwise',
    why: 'Up to 6.1.182 and 6.12.103 the load is 256 times the active connections and the inactive ones, later 257 times. Two directors with releases on both sides choose other servers for the same state, and thresholds open at other moments.',
    fix: 'Run the same release on all directors of a service. The release decides, not the line: both are "6.1".',
    see: { command: 'ipvs kernel 6.1.176', shows: ['until 6.1.183'] },
    topology: 'kernel 6.1.176\n',
    found: () => [
      rules('-A -t 192.0.2.1:80 -s wlc\n-a -t 192.0.2.1:80 -r 10.0.0.1:80 -m -x 100\n'),
    ],
    clean: () => [rules('-A -t 192.0.2.1:80 -s rr\n-a -t 192.0.2.1:80 -r 10.0.0.1:80 -m\n')],
    check(subject, report) {
      const [, line, patch] = /^(6\.1|6\.12)\.(\d+)/.exec(subject.topology.kernel) ?? [];
      if (line === undefined || Number(patch) >= (line === '6.1' ? 183 : 104)) return;
      const limited = new Set(
        subject.servers
          .filter(([, { upperThreshold }]) => upperThreshold > 0)
          .map(([service]) => service),
      );
      for (const service of subject.services) {
        const { scheduler } = service.settings;
        if (!/^(?:w?lc|lblcr?|twos)$/.test(scheduler) && !limited.has(service)) continue;
        report(
          valuePlace(service.line, VIRTUAL_SERVER),
          `${scheduler} and thresholds decide otherwise on ${subject.topology.kernel} than on newer releases`,
        );
      }
    },
  },
];
