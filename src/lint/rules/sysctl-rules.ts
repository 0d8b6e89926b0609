/**
 * Sysctls of the director that fight each other, or do more than they seem to.
 */
import { TUNABLE_NAMES, Tunables } from '../../director/tunables.js';
import type { LintRule } from '../lint-rule.js';
import type { LintSubject } from '../subject/subject.js';
import { directorSetting, rules, sysctls, tunable, VS } from './support.js';

const SERVICE = '-A -t 192.0.2.1:80 -s wlc\n-a -t 192.0.2.1:80 -r 10.0.0.1:80 -m\n';
const UDP_SERVICE = '-A -u 192.0.2.1:69 -s rr\n-a -u 192.0.2.1:69 -r 10.0.0.1:69 -m\n';

/** Rules on sysctls. */
export const sysctlRules: readonly LintRule[] = [
  {
    code: 'LVS501',
    name: 'unknown-tunable',
    severity: 'error',
    title: 'A tunable that does not exist, or a value it refuses',
    why: '`sysctl -p` reports it and goes on with the next line, and the file seems to be loaded.',
    fix: 'Compare with `sysctl net.ipv4.vs`.',
    see: { program: 'unknown-tunable' },
    found: () => [rules(SERVICE), sysctls('net.ipv4.vs.conn_reuse_mod = 0\n')],
    clean: () => [rules(SERVICE), sysctls('net.ipv4.vs.conn_reuse_mode = 1\n')],
    check({ hosts }, report) {
      for (const { settings } of hosts) {
        for (const { name, value, place } of settings.values()) {
          const problem = name.startsWith(VS) ? problemOf(name.slice(VS.length), value) : undefined;
          if (problem !== undefined) report(place, problem);
        }
      }
    },
  },
  {
    code: 'LVS502',
    name: 'reuse-sticks',
    severity: 'warning',
    title: 'conn_reuse_mode 0: a client port goes back to its old server',
    why: 'A client, or a NAT in front of many, that uses a port again within the two minutes of TIME_WAIT gets the server of the old connection: also one at weight 0, and the load does not level out.',
    fix: 'Leave `conn_reuse_mode` at 1.',
    see: { program: 'reuse-sticks' },
    found: () => [rules(SERVICE), sysctls('net.ipv4.vs.conn_reuse_mode = 0\n')],
    clean: () => [rules(SERVICE), sysctls('net.ipv4.vs.conn_reuse_mode = 1\n')],
    check(subject, report) {
      if (subject.firewall.kubeProxy !== undefined) return;
      reportValue(subject, 'conn_reuse_mode', 0, (setting) =>
        report(setting, 'connections of a used port go back to their old server'),
      );
    },
  },
  {
    code: 'LVS503',
    name: 'nodest-with-conntrack',
    severity: 'warning',
    title: 'expire_nodest_conn with conntrack: the first SYN is lost',
    why: 'With `conntrack` 1 a SYN on a live connection whose server has weight 0 ends the entry and is itself dropped; the client is served by its retransmission, a second later. Without conntrack that very SYN is scheduled.',
    fix: 'Turn `conntrack` off unless the firewall translates what IPVS forwards.',
    see: {
      host: 'sysctl -w net.ipv4.vs.conntrack=1 net.ipv4.vs.expire_nodest_conn=1; time curl --local-port 5001 http://VIP/',
      prints: 'a time above 1 s for a port that is in use at a drained server',
    },
    found: () => [
      rules(SERVICE),
      sysctls('net.ipv4.vs.conntrack = 1\nnet.ipv4.vs.expire_nodest_conn = 1\n'),
    ],
    clean: () => [
      rules(SERVICE),
      sysctls('net.ipv4.vs.conntrack = 0\nnet.ipv4.vs.expire_nodest_conn = 1\n'),
    ],
    check(subject, report) {
      const setting = directorSetting(subject, `${VS}expire_nodest_conn`);
      if (setting === undefined || tunable(subject, 'expire_nodest_conn') !== 1) return;
      if (tunable(subject, 'conntrack') === 1 && subject.firewall.kubeProxy === undefined) {
        report(setting.place, 'a client whose server is drained loses its first SYN');
      }
    },
  },
  {
    code: 'LVS504',
    name: 'removed-server-black-hole',
    severity: 'note',
    title: 'expire_nodest_conn 0: connections of a removed server are dropped',
    why: 'Packets of a connection whose server was removed are dropped without an answer, until the entry ends: 15 minutes for TCP, 5 for UDP, and a UDP client that goes on sending keeps it alive.',
    fix: 'Set `expire_nodest_conn` to 1, or drain before removing.',
    see: { program: 'removed-server-black-hole' },
    found: () => [rules(UDP_SERVICE), sysctls('net.ipv4.vs.expire_nodest_conn = 0\n')],
    clean: () => [rules(UDP_SERVICE), sysctls('net.ipv4.vs.expire_nodest_conn = 1\n')],
    check(subject, report) {
      if (subject.firewall.kubeProxy !== undefined) return;
      reportValue(subject, 'expire_nodest_conn', 0, (setting) =>
        report(setting, 'packets for a removed server are dropped until their entry ends'),
      );
    },
  },
  {
    code: 'LVS505',
    name: 'defense-always-on',
    severity: 'warning',
    title: 'A defense that is always on',
    why: 'Value 3 of `drop_entry`, `drop_packet` and `secure_tcp` works also when the host has memory to spare: `drop_packet` drops every `am_droprate`-th packet that would open a connection, `drop_entry` ends idle and half-open ones.',
    fix: 'Use 1: the kernel turns it on when memory is short.',
    see: { program: 'defense-always-on' },
    found: () => [rules(SERVICE), sysctls('net.ipv4.vs.drop_packet = 3\n')],
    clean: () => [rules(SERVICE), sysctls('net.ipv4.vs.drop_packet = 1\n')],
    check(subject, report) {
      for (const name of ['drop_entry', 'drop_packet', 'secure_tcp']) {
        reportValue(subject, name, 3, (setting) =>
          report(setting, `${name} 3 works whether memory is short or not`),
        );
      }
    },
  },
  {
    code: 'LVS506',
    name: 'sloppy-without-peer',
    severity: 'warning',
    title: 'sloppy_tcp without another director',
    why: 'Any segment without RST may then open a connection, which helps when a second director takes over. Alone it lets stray packets, and scans, make entries that count as connections.',
    fix: 'Set it to 0, or start a synchronization daemon.',
    see: { program: 'sloppy-without-peer' },
    found: () => [rules(SERVICE), sysctls('net.ipv4.vs.sloppy_tcp = 1\n')],
    clean: () => [
      rules(
        '-A -t 192.0.2.1:80 -s wlc\n-a -t 192.0.2.1:80 -r 10.0.0.1:80 -m\n--start-daemon backup --mcast-interface eth0\n',
      ),
      sysctls('net.ipv4.vs.sloppy_tcp = 1\n'),
    ],
    check(subject, report) {
      if (hasDaemon(subject)) return;
      reportValue(subject, 'sloppy_tcp', 1, (setting) =>
        report(setting, 'stray segments open connections, and there is no other director'),
      );
    },
  },
  {
    code: 'LVS507',
    name: 'bypass-without-marks',
    severity: 'note',
    title: 'cache_bypass without a service by mark',
    why: 'It sends packets of a service without a server to where they were going. For a service with an address that is the director itself: nothing happens.',
    fix: 'Set it to 0; it is for transparent proxies, whose services have a mark.',
    see: { program: 'bypass-without-marks' },
    found: () => [rules(SERVICE), sysctls('net.ipv4.vs.cache_bypass = 1\n')],
    clean: () => [
      rules('-A -f 7 -s lblc\n-a -f 7 -r 10.0.0.1:0 -g\n'),
      sysctls('net.ipv4.vs.cache_bypass = 1\n'),
    ],
    check(subject, report) {
      const { services } = subject;
      const hasMark = services.some(({ members }) => members.some((member) => 'fwmark' in member));
      if (hasMark || services.length === 0) return;
      reportValue(subject, 'cache_bypass', 1, (setting) =>
        report(setting, 'no service has a mark, so nothing is bypassed'),
      );
    },
  },
  {
    code: 'LVS508',
    name: 'server-speaks-first',
    severity: 'note',
    title: 'conntrack with UDP on a 6.12 kernel',
    why: 'With `conntrack` 1 and a server that speaks first, 6.12 drops the packets of the client that 6.1 passes: two entries of connection tracking clash.',
    fix: 'Turn `conntrack` off, or let clients speak first.',
    see: {
      host: 'conntrack -S',
      prints: 'clash_resolve and drop grow with the datagrams of the client',
    },
    topology: 'kernel 6.12.117\n',
    found: () => [rules(UDP_SERVICE), sysctls('net.ipv4.vs.conntrack = 1\n')],
    clean: () => [rules(UDP_SERVICE), sysctls('net.ipv4.vs.conntrack = 0\n')],
    check(subject, report) {
      const isUdp = subject.services.some(({ members, servers }) => {
        const udp = members.some((member) => 'protocol' in member && member.protocol === 'udp');
        return udp && servers.some(({ method }) => method === 'masquerading');
      });
      if (!isUdp || !subject.topology.kernel.startsWith('6.12')) return;
      reportValue(subject, 'conntrack', 1, (setting) =>
        report(setting, 'a UDP server that speaks first makes the packets of its client vanish'),
      );
    },
  },
  {
    code: 'LVS509',
    name: 'estimation-off',
    severity: 'warning',
    title: 'Statistics that do not move',
    why: '`run_estimation` 0 freezes rates and counters: listings show old figures as if they were new, and every alarm on them is silent.',
    fix: 'Set it to 1. One thread for each CPU wakes 25 times a second; only many thousand services make that count.',
    see: { program: 'estimation-off' },
    found: () => [rules(SERVICE), sysctls('net.ipv4.vs.run_estimation = 0\n')],
    clean: () => [rules(SERVICE), sysctls('net.ipv4.vs.run_estimation = 1\n')],
    check(subject, report) {
      reportValue(subject, 'run_estimation', 0, (setting) =>
        report(setting, 'rates and counters stand still'),
      );
    },
  },
  {
    code: 'LVS510',
    name: 'fast-timeouts',
    severity: 'warning',
    title: 'A TCP timeout below that of persistence',
    why: 'An established connection ends in the table after the TCP timeout without a packet. Its next packet is then no known one: it is left to the host, which answers with a reset.',
    fix: 'Choose a TCP timeout above the idle times of your clients; their keepalive is usually 7200 s, the default here 900 s.',
    see: { program: 'fast-timeouts' },
    found: () => [
      rules('--set 60 0 0\n-A -t 192.0.2.1:80 -s wlc\n-a -t 192.0.2.1:80 -r 10.0.0.1:80 -m\n'),
    ],
    clean: () => [
      rules('--set 7200 0 0\n-A -t 192.0.2.1:80 -s wlc\n-a -t 192.0.2.1:80 -r 10.0.0.1:80 -m\n'),
    ],
    check({ commands, configurations }, report) {
      for (const { line, command } of commands) {
        if (command.command !== 'set' || command.tcpSeconds === 0) continue;
        if (command.tcpSeconds < SHORT_SECONDS)
          report(
            line.place,
            `connections without a packet for ${command.tcpSeconds} s are forgotten`,
          );
      }
      for (const { file, parsed } of configurations) {
        const seconds = parsed.configuration.globals.timeouts?.tcpSeconds ?? 0;
        if (seconds > 0 && seconds < SHORT_SECONDS)
          report(
            { file, line: 1, column: 1 },
            `lvs_timeouts tcp ${seconds}: connections without a packet for so long are forgotten`,
          );
      }
    },
  },
];

/** TCP timeouts below this surprise. */
const SHORT_SECONDS = 300;

/** Reports a tunable that has a value; nothing when no service or another value is there. */
function reportValue(
  subject: LintSubject,
  name: string,
  value: number,
  report: (place: { file: string; line: number; column: number }) => void,
): void {
  const setting = directorSetting(subject, VS + name);
  if (setting !== undefined && tunable(subject, name) === value) report(setting.place);
}

function problemOf(name: string, value: string): string | undefined {
  if (!(TUNABLE_NAMES as readonly string[]).includes(name))
    return `there is no tunable ${VS}${name}`;
  try {
    new Tunables().set(name, value);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

/** Whether a synchronization daemon runs. */
export function hasDaemon({ commands, configurations }: LintSubject): boolean {
  return (
    commands.some(({ command }) => command.command === 'start-daemon') ||
    configurations.some(({ parsed }) => parsed.configuration.globals.syncDaemon !== undefined)
  );
}

/** Whether any server is reached in one of some ways. */
export function usesMethod(subject: LintSubject, methods: readonly string[]): boolean {
  return subject.servers.some(([, { method }]) => methods.includes(method));
}
