/**
 * Lines that are not done, or do something else than they seem to say.
 */
import { IpAddress } from '../../ip-address.js';
import type { LintRule } from '../lint-rule.js';
import type { LintRefusal } from '../subject/subject.js';
import { placeIn } from '../subject/keepalived-services.js';
import { claimedMessage } from './keepalived-messages.js';
import {
  keepalived,
  REAL_SERVER,
  rules,
  serverScript,
  valuePlace,
  VIRTUAL_SERVER,
} from './support.js';

const PORT_ZERO = 'Zero port specified for non-persistent service';
const ONE_PACKET = 'One-Packet Scheduling is only for UDP virtual services';
const OUT_OF_RANGE = 'Numerical result out of range';
const TWICE = 'Destination already exists';
/** Messages that have a rule of their own. */
const CLAIMED = [PORT_ZERO, ONE_PACKET, OUT_OF_RANGE, TWICE];

/** Rules on lines. */
export const lineRules: readonly LintRule[] = [
  {
    code: 'LVS001',
    name: 'refused-line',
    severity: 'error',
    title: 'A line that ipvsadm refuses',
    why: 'The line is not done. With `ipvsadm -R` a line of exit status 255 is skipped and the next one is done, any other ends the restore; what came before stays. The exit status is that of the last line, so a skipped line in the middle goes unnoticed.',
    fix: 'Correct the line; load files with `ipvs admin --all-or-nothing` first.',
    see: { command: 'ipvs admin bad', shows: ['illegal weight specified'] },
    found: () => [
      rules('-A -t 192.0.2.1:80 -s wlc\n-a -t 192.0.2.1:80 -r 10.0.0.1:80 -m -w many\n'),
    ],
    clean: () => [rules('-A -t 192.0.2.1:80 -s wlc\n-a -t 192.0.2.1:80 -r 10.0.0.1:80 -m -w 5\n')],
    check({ refusals }, report) {
      for (const { line, error } of refusals) {
        if (CLAIMED.includes(error.message)) continue;
        const hint = error.hint === '' ? error.message : error.hint;
        report(line.place, error.message.startsWith('Try ') ? hint : error.message);
      }
    },
  },
  {
    code: 'LVS002',
    name: 'keepalived-message',
    severity: 'warning',
    title: 'Something that keepalived drops or adjusts',
    why: 'keepalived goes on with what is left, and says so only in its log.',
    fix: 'Correct the statement; `keepalived -t -f FILE` says the same.',
    see: { command: 'ipvs admin bad', shows: ["Unknown keyword 'lb_algorithm'"] },
    found: () => [
      keepalived(`virtual_server 192.0.2.1 80 {
    lb_algorithm rr
    lb_algo rr
    lb_kind NAT
    protocol TCP
    real_server 10.0.0.1 80 {
        TCP_CHECK {
        }
    }
}
`),
    ],
    clean: () => [
      keepalived(`virtual_server 192.0.2.1 80 {
    lb_algo rr
    lb_kind NAT
    protocol TCP
    real_server 10.0.0.1 80 {
        TCP_CHECK {
        }
    }
}
`),
    ],
    check({ configurations }, report) {
      for (const { file, parsed } of configurations) {
        for (const { text, about, severity } of parsed.messages) {
          if (severity === 'notice' || claimedMessage(text)) continue;
          report(placeIn(file, about), text, severity === 'warning' ? 'warning' : 'error');
        }
      }
    },
  },
  {
    code: 'LVS003',
    name: 'silent-edit',
    severity: 'error',
    title: 'An edit that changes what it does not name',
    why: '`-e` and `-E` set every setting; what is not written returns to its default. Draining a NAT server with `-e … -w 0` turns it into direct routing, and the connections that are opened later go nowhere.',
    fix: 'Write all settings again: the method, the weight and the thresholds of a server; the scheduler and `-p` of a service.',
    see: { command: 'ipvs admin bad -- -S -n', shows: ['-r 10.0.0.1:80 -g -w 0'] },
    found: () => [
      rules(`-A -t 192.0.2.1:80 -s wlc
-a -t 192.0.2.1:80 -r 10.0.0.1:80 -m -w 5
-a -t 192.0.2.1:80 -r 10.0.0.2:80 -m -w 5
-e -t 192.0.2.1:80 -r 10.0.0.1:80 -w 0
`),
    ],
    clean: () => [
      rules(`-A -t 192.0.2.1:80 -s wlc
-a -t 192.0.2.1:80 -r 10.0.0.1:80 -m -w 5
-a -t 192.0.2.1:80 -r 10.0.0.2:80 -m -w 5
-e -t 192.0.2.1:80 -r 10.0.0.1:80 -m -w 0
`),
    ],
    check({ edits }, report) {
      for (const { line, silent } of edits) {
        for (const change of silent) report(line.place, `${change}: the line does not name it`);
      }
    },
  },
  {
    code: 'LVS004',
    name: 'server-twice',
    severity: 'error',
    title: 'The same real server twice',
    why: 'A server is an address and a port within its service. With `-g` and `-i` the port is that of the service, so two ports written for one address are the same server; the second line is refused.',
    fix: 'Remove the line, or use `-m`, which has ports of its own.',
    see: { command: 'ipvs admin bad', shows: ['Destination already exists'] },
    found: () => [
      rules(`-A -t 192.0.2.1:80 -s rr
-a -t 192.0.2.1:80 -r 10.0.0.1:80 -g
-a -t 192.0.2.1:80 -r 10.0.0.1 -g -w 2
`),
    ],
    clean: () => [
      rules(`-A -t 192.0.2.1:80 -s rr
-a -t 192.0.2.1:80 -r 10.0.0.1:80 -m
-a -t 192.0.2.1:80 -r 10.0.0.1:81 -m
`),
    ],
    check({ refusals }, report) {
      for (const { line } of withMessage(refusals, TWICE)) {
        report(valuePlace(line, REAL_SERVER), 'the service has this server already');
      }
    },
  },
  {
    code: 'LVS005',
    name: 'octal-address',
    severity: 'warning',
    title: 'An IPv4 address that is read otherwise than it looks',
    why: 'The tool reads a part with a leading 0 as octal, 0x as hexadecimal, and lets the last part fill what is missing: `010.1.1.1` is 8.1.1.1, and `192.168.101` is 192.168.0.101.',
    fix: 'Write four decimal parts without leading zeros.',
    see: { command: 'ipvs admin bad', shows: ['8.0.0.12:80'] },
    found: () => [rules('-A -t 192.0.2.1:80 -s rr\n-a -t 192.0.2.1:80 -r 010.0.0.12:80 -m\n')],
    clean: () => [rules('-A -t 192.0.2.1:80 -s rr\n-a -t 192.0.2.1:80 -r 10.0.0.12:80 -m\n')],
    check({ services }, report) {
      for (const { line, servers } of services) {
        for (const [text, option] of [
          [line, VIRTUAL_SERVER] as const,
          ...servers.map((server) => [server.line, REAL_SERVER] as const),
        ]) {
          const written = option.exec(text.text)?.[1];
          const problem = written === undefined ? undefined : oddAddress(written);
          if (problem !== undefined) report(valuePlace(text, option), problem);
        }
      }
    },
  },
  {
    code: 'LVS006',
    name: 'bracketed-ipv4-port',
    severity: 'error',
    title: 'An IPv4 address in brackets loses its port',
    why: 'The tool takes `[192.0.2.1]:80` for 192.0.2.1 without a port. The service is then for all ports, or the server gets another port than the one written.',
    fix: 'Write IPv4 addresses without brackets.',
    see: { command: 'ipvs admin bad', shows: ['192.0.2.1:0'] },
    found: () => [rules('-A -t [192.0.2.1]:80 -s rr -p\n-a -t [192.0.2.1]:80 -r 10.0.0.1 -m\n')],
    clean: () => [rules('-A -t 192.0.2.1:80 -s rr -p\n-a -t 192.0.2.1:80 -r 10.0.0.1:80 -m\n')],
    check({ services }, report) {
      for (const { line } of services) {
        if (!/\[\d+(?:\.\d+)*\]:/.test(line.text)) continue;
        report(
          valuePlace(line, VIRTUAL_SERVER),
          'the port behind a bracketed IPv4 address is ignored',
        );
      }
    },
  },
  {
    code: 'LVS007',
    name: 'negative-mark',
    severity: 'note',
    title: 'A mark that cannot be restored',
    why: '`ipvsadm -S` writes marks above 2147483647 as negative numbers, and `ipvsadm -R` refuses these: the saved file loses the service.',
    fix: 'Choose marks up to 2147483647.',
    see: { command: 'ipvs admin bad', shows: ['-294967296'] },
    found: () => [rules('-A -f 4000000000 -s rr\n-a -f 4000000000 -r 10.0.0.1:0 -g\n')],
    clean: () => [rules('-A -f 4000 -s rr\n-a -f 4000 -r 10.0.0.1:0 -g\n')],
    check({ services }, report) {
      for (const { line, members } of services) {
        const marks = members.flatMap((member) => ('fwmark' in member ? [member.fwmark] : []));
        for (const mark of marks) {
          if (mark > 2147483647)
            report(line.place, `mark ${mark} is saved as ${mark - 4294967296}`);
        }
      }
    },
  },
  {
    code: 'LVS008',
    name: 'port-zero',
    severity: 'error',
    title: 'Port 0 without persistence',
    why: 'Port 0 stands for all ports of an address, and only a persistent service may have it: the line is refused, and with it all lines of its servers.',
    fix: 'Add `-p`, or name the port.',
    see: { command: 'ipvs admin bad', shows: [PORT_ZERO] },
    found: () => [rules('-A -t 192.0.2.1:0 -s rr\n')],
    clean: () => [rules('-A -t 192.0.2.1:0 -s rr -p 600\n-a -t 192.0.2.1:0 -r 10.0.0.1:0 -g\n')],
    check({ refusals }, report) {
      for (const { line } of withMessage(refusals, PORT_ZERO)) {
        report(valuePlace(line, VIRTUAL_SERVER), 'a service for all ports needs -p');
      }
    },
  },
  {
    code: 'LVS009',
    name: 'one-packet-stream',
    severity: 'error',
    title: 'One-packet scheduling with TCP or SCTP',
    why: '`-o` schedules each packet for itself, which would tear a stream apart; the tool refuses the line.',
    fix: 'Remove `-o`.',
    see: { command: 'ipvs admin bad', shows: [ONE_PACKET] },
    found: () => [rules('-A -t 192.0.2.1:80 -s rr -o\n')],
    clean: () => [rules('-A -u 192.0.2.1:53 -s rr -o\n-a -u 192.0.2.1:53 -r 10.0.0.1:53 -g\n')],
    check({ refusals }, report) {
      for (const { line } of withMessage(refusals, ONE_PACKET)) {
        report(line.place, '-o is for UDP services only');
      }
    },
  },
  {
    code: 'LVS010',
    name: 'thresholds-upside-down',
    severity: 'error',
    title: 'A lower threshold above the upper one',
    why: 'A server would be overloaded and recovered at once, so the line is refused. A lower threshold without an upper one is above it, too: no upper one is 0.',
    fix: 'Make `-x` the greater number.',
    see: { command: 'ipvs admin bad', shows: [OUT_OF_RANGE] },
    found: () => [
      rules('-A -t 192.0.2.1:80 -s lc\n-a -t 192.0.2.1:80 -r 10.0.0.1:80 -m -x 100 -y 200\n'),
    ],
    clean: () => [
      rules('-A -t 192.0.2.1:80 -s lc\n-a -t 192.0.2.1:80 -r 10.0.0.1:80 -m -x 200 -y 100\n'),
    ],
    check({ refusals, services }, report) {
      for (const { line } of withMessage(refusals, OUT_OF_RANGE)) {
        report(
          valuePlace(line, /\s(?:-y|--l-threshold)[\s=]*(\S+)/),
          'the lower threshold is above the upper one',
        );
      }
      for (const { configuration, servers } of services) {
        if (configuration === undefined) continue;
        for (const { line, upperThreshold, lowerThreshold } of servers) {
          if (lowerThreshold > upperThreshold)
            report(line.place, 'lthreshold is above uthreshold: the kernel refuses the server');
        }
      }
    },
  },
  {
    code: 'LVS011',
    name: 'not-followed',
    severity: 'warning',
    title: 'A part of a script that depends on what only its machine knows',
    why: 'What the part adds is not checked: its words, or whether it runs at all, are known only where the script runs. `ipvs admin`, `simulate` and `plan` refuse the script with the same words.',
    fix: 'Write the value into the script, or check what the script made: `ipvsadm -Sn > made.rules` on its machine.',
    see: { command: 'ipvs admin bad', shows: ['a variable that the script sets'] },
    found: () => [
      serverScript('ipvsadm -A -t $VIP:80 -s rr\nipvsadm -a -t $VIP:80 -r 10.0.0.1 -m\n'),
    ],
    clean: () => [
      serverScript(
        'VIP=192.0.2.1\nipvsadm -A -t $VIP:80 -s rr\nipvsadm -a -t $VIP:80 -r 10.0.0.1 -m\n',
      ),
    ],
    check({ unfollowed }, report) {
      for (const { place, message } of unfollowed) report(place, message);
    },
  },
];

function withMessage(refusals: readonly LintRefusal[], message: string): LintRefusal[] {
  return refusals.filter(({ error }) => error.message === message);
}

/** What is odd about an address as it is written; `undefined` when nothing is. */
function oddAddress(written: string): string | undefined {
  const host = written.includes(':') ? written.slice(0, written.lastIndexOf(':')) : written;
  if (!/^[\da-fx.]+$/i.test(host) || !host.includes('.')) return undefined;
  if (IpAddress.tryParse(host) !== undefined && !/(?:^|\.)0\d/.test(host)) return undefined;
  return `'${host}' has octal, hexadecimal or missing parts`;
}
