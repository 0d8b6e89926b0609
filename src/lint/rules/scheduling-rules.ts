/**
 * Schedulers that do not what their service seems to want of them.
 */
import type { LintRule } from '../lint-rule.js';
import { isLoopback } from '../network.js';
import type { LintServer, LintService } from '../subject/subject.js';
import { placeIn } from '../subject/keepalived-services.js';
import { mainFile } from './keepalived-support.js';
import { keepalived, rules, VIRTUAL_SERVER, valuePlace } from './support.js';

/** Schedulers that look at weights only for whether they are 0. */
const WITHOUT_WEIGHTS = ['rr', 'lc', 'dh'];
/** Schedulers that choose by the destination address. */
const BY_DESTINATION = ['dh', 'lblc', 'lblcr'];
/** Schedulers that count connections. */
const BY_LOAD = ['lc', 'wlc', 'sed', 'nq', 'lblc', 'lblcr', 'twos'];
/** Schedulers with a table of clients. */
const BY_CLIENT = ['sh', 'mh'];
/** The flag that lets a table go on to another server. */
const FALLBACK = 1;
/** Weights of `ovf` below this are taken for shares. */
const SMALL_CAPACITY = 16;

/** Rules on scheduling. */
export const schedulingRules: readonly LintRule[] = [
  {
    code: 'LVS301',
    name: 'weights-ignored',
    severity: 'warning',
    title: 'Weights that do nothing',
    why: '`rr`, `lc` and `dh` look at a weight only to see whether it is 0: all servers get the same share.',
    fix: 'Use `wrr` for `rr`, `wlc` for `lc`; `dh` has no weighted form.',
    see: { command: 'ipvs simulate bad', shows: ['50.0', '10.0.0.1:80'] },
    found: () => [
      rules(
        '-A -t 192.0.2.1:80 -s rr\n-a -t 192.0.2.1:80 -r 10.0.0.1:80 -m -w 3\n-a -t 192.0.2.1:80 -r 10.0.0.2:80 -m -w 1\n',
      ),
    ],
    clean: () => [
      rules(
        '-A -t 192.0.2.1:80 -s wrr\n-a -t 192.0.2.1:80 -r 10.0.0.1:80 -m -w 3\n-a -t 192.0.2.1:80 -r 10.0.0.2:80 -m -w 1\n',
      ),
    ],
    check({ services }, report) {
      for (const service of services) {
        const { scheduler } = service.settings;
        if (!WITHOUT_WEIGHTS.includes(scheduler)) continue;
        const weights = new Set(active(service).map(({ weight }) => weight));
        if (weights.size > 1)
          report(schedulerPlace(service), `${scheduler} does not look at weights`);
      }
    },
  },
  {
    code: 'LVS302',
    name: 'one-destination',
    severity: 'error',
    title: 'A scheduler by destination for one address',
    why: '`dh`, `lblc` and `lblcr` choose by the destination address. All packets of a service have the same one, so one server gets everything. They are for transparent proxies, whose packets are found by a firewall mark.',
    fix: 'Use `sh` or `mh` to keep a client at its server, or a service by mark.',
    see: { command: 'ipvs simulate bad', shows: ['100.0'] },
    found: () => [
      rules(
        '-A -t 192.0.2.1:80 -s dh\n-a -t 192.0.2.1:80 -r 10.0.0.1:80 -m\n-a -t 192.0.2.1:80 -r 10.0.0.2:80 -m\n',
      ),
    ],
    clean: () => [rules('-A -f 7 -s dh\n-a -f 7 -r 10.0.0.1:0 -g\n-a -f 7 -r 10.0.0.2:0 -g\n')],
    check({ services }, report) {
      for (const service of services) {
        const { scheduler } = service.settings;
        const isOne =
          service.members.length === 1 && service.members.every((member) => 'address' in member);
        if (!BY_DESTINATION.includes(scheduler) || !isOne || active(service).length < 2) continue;
        report(
          schedulerPlace(service),
          `${scheduler} chooses by destination, and ${service.label} has one`,
        );
      }
    },
  },
  {
    code: 'LVS303',
    name: 'no-fallback',
    severity: 'warning',
    title: 'A table of clients without a way out',
    why: '`sh` and `mh` keep the places of a server that has weight 0 or is overloaded: its clients are refused, while others are served.',
    fix: 'Add `-b sh-fallback` or `-b mh-fallback`.',
    see: { program: 'no-fallback' },
    found: () => [
      rules(
        '-A -t 192.0.2.1:80 -s sh\n-a -t 192.0.2.1:80 -r 10.0.0.1:80 -m -w 0\n-a -t 192.0.2.1:80 -r 10.0.0.2:80 -m -w 1\n',
      ),
    ],
    clean: () => [
      rules(
        '-A -t 192.0.2.1:80 -s sh -b sh-fallback\n-a -t 192.0.2.1:80 -r 10.0.0.1:80 -m -w 0\n-a -t 192.0.2.1:80 -r 10.0.0.2:80 -m -w 1\n',
      ),
    ],
    check({ services }, report) {
      for (const service of services) {
        const { scheduler, schedulerFlags } = service.settings;
        if (!BY_CLIENT.includes(scheduler) || (schedulerFlags & FALLBACK) !== 0) continue;
        const { servers } = service;
        const closed = servers.find(
          ({ weight, upperThreshold }) => weight === 0 || upperThreshold > 0,
        );
        if (closed === undefined || servers.length < 2) continue;
        report(
          schedulerPlace(service),
          `clients of ${closed.address} are refused while it takes none: ${scheduler} has no fallback`,
        );
      }
    },
  },
  {
    code: 'LVS304',
    name: 'one-packet-load',
    severity: 'warning',
    title: 'One-packet scheduling by load',
    why: 'With `-o` a connection ends with its datagram, so there is nothing to count: `wlc` and the like see idle servers only, and always choose the same one.',
    fix: 'Use `rr` or `wrr`.',
    see: { program: 'one-packet-load' },
    found: () => [
      rules(
        '-A -u 192.0.2.53:53 -s wlc -o\n-a -u 192.0.2.53:53 -r 10.2.0.53:53 -g\n-a -u 192.0.2.53:53 -r 10.2.0.54:53 -g\n',
      ),
    ],
    clean: () => [
      rules(
        '-A -u 192.0.2.53:53 -s wrr -o\n-a -u 192.0.2.53:53 -r 10.2.0.53:53 -g\n-a -u 192.0.2.53:53 -r 10.2.0.54:53 -g\n',
      ),
    ],
    check({ services }, report) {
      for (const service of services) {
        const { scheduler, onePacket } = service.settings;
        if (!onePacket || !BY_LOAD.includes(scheduler) || active(service).length < 2) continue;
        report(schedulerPlace(service), `${scheduler} has no connections to count with -o`);
      }
    },
  },
  {
    code: 'LVS305',
    name: 'returning-server-floods',
    severity: 'note',
    title: 'A drained server that comes back to everything',
    why: '`lc`, `wlc` and the like level the number of connections. A server that returns has none, so it gets every new connection until it has as many as the others, cold caches or not.',
    fix: 'Raise the weight in steps, or set an upper threshold (`-x`) for that time.',
    see: { program: 'returning-server-floods' },
    found: () => [
      rules(
        '-A -t 192.0.2.1:80 -s wlc\n-a -t 192.0.2.1:80 -r 10.0.0.1:80 -m -w 10\n-a -t 192.0.2.1:80 -r 10.0.0.2:80 -m -w 0\n',
      ),
    ],
    clean: () => [
      rules(
        '-A -t 192.0.2.1:80 -s wlc\n-a -t 192.0.2.1:80 -r 10.0.0.1:80 -m -w 10\n-a -t 192.0.2.1:80 -r 10.0.0.2:80 -m -w 0 -x 50\n',
      ),
    ],
    check({ services }, report) {
      for (const service of services) {
        if (!BY_LOAD.includes(service.settings.scheduler) || active(service).length === 0) continue;
        for (const { line, weight, upperThreshold, address } of service.servers) {
          if (weight !== 0 || upperThreshold !== 0 || isLoopback(address)) continue;
          report(line.place, `${address} gets every new connection when it returns`);
        }
      }
    },
  },
  {
    code: 'LVS306',
    name: 'fast-failure-attracts',
    severity: 'warning',
    title: 'Servers by load, and one that is not checked',
    why: 'A server that fails at once has the fewest connections. A scheduler by load sends it nearly everything, and nothing takes it out.',
    fix: 'Give each real_server a checker that asks for what clients ask for.',
    see: { program: 'fast-failure-attracts' },
    found: () => [
      keepalived(`virtual_server 192.0.2.1 80 {
    lb_algo wlc
    lb_kind NAT
    protocol TCP
    real_server 10.0.0.1 80 {
    }
    real_server 10.0.0.2 80 {
        TCP_CHECK {
        }
    }
}
`),
    ],
    clean: () => [
      keepalived(`virtual_server 192.0.2.1 80 {
    lb_algo wlc
    lb_kind NAT
    protocol TCP
    real_server 10.0.0.2 80 {
        TCP_CHECK {
        }
    }
}
`),
    ],
    check(subject, report) {
      for (const { configuration, settings } of subject.services) {
        if (configuration === undefined || !BY_LOAD.includes(settings.scheduler)) continue;
        for (const { checkers, place, address } of configuration.servers) {
          if (checkers.length > 0) continue;
          report(
            placeIn(mainFile(subject), place),
            `${address} has no checker, and ${settings.scheduler} prefers the server with the fewest connections`,
          );
        }
      }
    },
  },
  {
    code: 'LVS307',
    name: 'overflow-capacity',
    severity: 'warning',
    title: 'Weights of ovf that look like shares',
    why: 'For `ovf` a weight is a capacity: the server with the greatest weight takes everything until it has more active connections than its weight. When all are over, every new connection is refused.',
    fix: 'Write the number of connections that a server can hold, or use `wlc`.',
    see: { program: 'overflow-capacity' },
    found: () => [
      rules(
        '-A -t 192.0.2.1:80 -s ovf\n-a -t 192.0.2.1:80 -r 10.0.0.1:80 -m -w 2\n-a -t 192.0.2.1:80 -r 10.0.0.2:80 -m -w 1\n',
      ),
    ],
    clean: () => [
      rules(
        '-A -t 192.0.2.1:80 -s ovf\n-a -t 192.0.2.1:80 -r 10.0.0.1:80 -m -w 2000\n-a -t 192.0.2.1:80 -r 10.0.0.2:80 -m -w 1000\n',
      ),
    ],
    check({ services }, report) {
      for (const service of services) {
        const servers = active(service);
        if (service.settings.scheduler !== 'ovf' || servers.length === 0) continue;
        const total = servers.reduce((sum, { weight }) => sum + weight, 0);
        if (total / servers.length < SMALL_CAPACITY)
          report(
            schedulerPlace(service),
            `the servers hold ${total + servers.length} active connections, then all are refused`,
          );
      }
    },
  },
  {
    code: 'LVS308',
    name: 'failover-of-equals',
    severity: 'note',
    title: 'Failover among equal weights',
    why: '`fo` gives everything to the greatest weight. Among equals it is the one that was added last, and an added or returning server takes over from the one in use.',
    fix: 'Give each server a weight of its own, or use `wlc` to share the load.',
    see: { command: 'ipvs simulate bad', shows: ['100.0'] },
    found: () => [
      rules(
        '-A -t 192.0.2.1:80 -s fo\n-a -t 192.0.2.1:80 -r 10.0.0.1:80 -m\n-a -t 192.0.2.1:80 -r 10.0.0.2:80 -m\n',
      ),
    ],
    clean: () => [
      rules(
        '-A -t 192.0.2.1:80 -s fo\n-a -t 192.0.2.1:80 -r 10.0.0.1:80 -m -w 2\n-a -t 192.0.2.1:80 -r 10.0.0.2:80 -m -w 1\n',
      ),
    ],
    check({ services }, report) {
      for (const service of services) {
        const servers = active(service);
        if (service.settings.scheduler !== 'fo' || servers.length < 2) continue;
        const greatest = Math.max(...servers.map(({ weight }) => weight));
        const best = servers.filter(({ weight }) => weight === greatest);
        if (best.length > 1)
          report(
            schedulerPlace(service),
            `${best.length} servers have the weight ${greatest}: the one that was added last serves`,
          );
      }
    },
  },
];

/** The servers that take connections. */
function active({ servers }: LintService): LintServer[] {
  return servers.filter(({ weight, isSorry }) => weight > 0 && !isSorry);
}

function schedulerPlace({ line }: LintService): LintService['line']['place'] {
  const option = /\s(?:-s|--scheduler)[\s=]*(\S+)/;
  return valuePlace(line, option.test(line.text) ? option : VIRTUAL_SERVER);
}
