/**
 * Several directors: synchronization and what it excludes.
 */
import type { LintRule } from '../lint-rule.js';
import { rules, sysctls, tunable, VS, directorSetting } from './support.js';
import { hasDaemon } from './sysctl-rules.js';

const DAEMON = '--start-daemon master --mcast-interface eth0\n';
const TCP = '-A -t 192.0.2.1:80 -s wlc\n-a -t 192.0.2.1:80 -r 10.0.0.1:80 -m\n';

/** Rules on several directors. */
export const directorRules: readonly LintRule[] = [
  {
    code: 'LVS901',
    name: 'families-mixed',
    severity: 'error',
    title: 'Servers of another family, and a synchronization daemon',
    why: 'An IPv4 service with an IPv6 tunnel, or the other way round, and a synchronization daemon exclude each other: whichever comes second is refused.',
    fix: 'Use servers of the family of the service, or do without synchronization.',
    see: { command: 'ipvs admin bad', shows: ['Invalid operation'] },
    found: () => [
      rules(`-A -t 192.0.2.1:80 -s wlc\n-a -t 192.0.2.1:80 -r [2001:db8::1]:80 -i\n${DAEMON}`),
    ],
    clean: () => [rules(TCP + DAEMON)],
    check(subject, report) {
      if (!hasDaemon(subject)) return;
      for (const [service, { line, address }] of subject.servers) {
        const family = service.members.map((member) =>
          'fwmark' in member ? member.family : member.address.family,
        );
        if (!family.includes(address.family))
          report(
            line.place,
            `${address} is of another family than its service, and a synchronization daemon runs`,
          );
      }
    },
  },
  {
    code: 'LVS902',
    name: 'backup-without-daemon',
    severity: 'warning',
    title: 'Settings of synchronization, and no daemon',
    why: '`backup_only`, `sync_persist_mode` and the like concern the daemons; without one they do nothing, and a director that takes over knows no connection.',
    fix: 'Start one: `ipvsadm --start-daemon master --mcast-interface eth0`, and `backup` on the other.',
    see: { command: 'ipvs admin bad -- -L --daemon', shows: [''] },
    found: () => [rules(TCP), sysctls('net.ipv4.vs.backup_only = 1\n')],
    clean: () => [rules(TCP + DAEMON), sysctls('net.ipv4.vs.backup_only = 1\n')],
    check(subject, report) {
      if (hasDaemon(subject) || subject.services.length === 0) return;
      for (const name of [
        'backup_only',
        'sync_persist_mode',
        'sync_refresh_period',
        'sync_retries',
      ]) {
        const setting = directorSetting(subject, VS + name);
        if (setting !== undefined && (tunable(subject, name) ?? 0) > 0)
          report(setting.place, `${name} is set, and no daemon is started`);
      }
    },
  },
  {
    code: 'LVS903',
    name: 'old-sync-version',
    severity: 'warning',
    title: 'Synchronization in version 0',
    why: 'Version 0 carries IPv4 without timeouts and without flags of newer kernels: IPv6 connections are not announced, and a director that takes over guesses how long they live.',
    fix: 'Set `sync_version` to 1 on all directors.',
    see: { host: 'tcpdump -n udp port 8848', prints: 'messages without entries of IPv6' },
    found: () => [rules(TCP + DAEMON), sysctls('net.ipv4.vs.sync_version = 0\n')],
    clean: () => [rules(TCP + DAEMON), sysctls('net.ipv4.vs.sync_version = 1\n')],
    check(subject, report) {
      const setting = directorSetting(subject, `${VS}sync_version`);
      if (setting !== undefined && Number(setting.value) === 0 && hasDaemon(subject))
        report(setting.place, 'version 0 leaves out timeouts and IPv6');
    },
  },
];
