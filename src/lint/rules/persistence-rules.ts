/**
 * Persistence, one-packet scheduling and marks.
 */
import type { LintRule } from '../lint-rule.js';
import {
  addressMembers,
  firewall,
  rules,
  sysctls,
  tunable,
  valuePlace,
  VIRTUAL_SERVER,
} from './support.js';

/** Persistence that is longer than a working day, in seconds. */
const LONG_SECONDS = 12 * 3600;
const MASK = /\s(?:-M|--netmask)[\s=]*(\S+)/;
const PERSISTENT = /\s(?:-p|--persistent)(?:[\s=]*(\d+))?/;

/** Rules on persistence. */
export const persistenceRules: readonly LintRule[] = [
  {
    code: 'LVS401',
    name: 'template-outlives-drain',
    severity: 'warning',
    title: 'Persistence that outlives a drained server',
    why: 'A client with a template goes to its server whatever the weight, and each connection renews the template. A server at weight 0 is never empty as long as its clients come back.',
    fix: 'Set `net.ipv4.vs.expire_quiescent_template` to 1 before the weight.',
    see: { program: 'template-outlives-drain' },
    found: () => [
      rules(
        '-A -t 192.0.2.1:443 -s wrr -p 300\n-a -t 192.0.2.1:443 -r 10.0.0.1:443 -g -w 0\n-a -t 192.0.2.1:443 -r 10.0.0.2:443 -g -w 1\n',
      ),
    ],
    clean: () => [
      rules(
        '-A -t 192.0.2.1:443 -s wrr -p 300\n-a -t 192.0.2.1:443 -r 10.0.0.1:443 -g -w 0\n-a -t 192.0.2.1:443 -r 10.0.0.2:443 -g -w 1\n',
      ),
      sysctls('net.ipv4.vs.expire_quiescent_template = 1\n'),
    ],
    check(subject, report) {
      if (tunable(subject, 'expire_quiescent_template') === 1) return;
      for (const { settings, servers } of subject.services) {
        if (settings.persistence === false || servers.every(({ weight }) => weight === 0)) continue;
        for (const { line, address, weight } of servers) {
          if (weight !== 0 || /^(?:127\.|::1$)/.test(String(address))) continue;
          report(
            line.place,
            `clients with a template still go to ${address}: expire_quiescent_template is not 1`,
          );
        }
      }
    },
  },
  {
    code: 'LVS402',
    name: 'thresholds-passed',
    severity: 'note',
    title: 'Thresholds that persistent clients pass',
    why: 'While a template is valid the scheduler is not asked: a client with one gets its server also when that is overloaded, so `-x` is no limit.',
    fix: 'Leave room below what the server can hold, or limit in the server.',
    see: { program: 'thresholds-passed' },
    found: () => [
      rules('-A -t 192.0.2.1:443 -s wlc -p 300\n-a -t 192.0.2.1:443 -r 10.0.0.1:443 -g -x 100\n'),
    ],
    clean: () => [
      rules('-A -t 192.0.2.1:443 -s wlc\n-a -t 192.0.2.1:443 -r 10.0.0.1:443 -g -x 100\n'),
    ],
    check({ services }, report) {
      for (const { line, settings, servers } of services) {
        const limited = servers.some(({ upperThreshold }) => upperThreshold > 0);
        if (settings.persistence === false || !limited) continue;
        report(
          valuePlace(line, VIRTUAL_SERVER),
          'known clients pass the upper thresholds of a persistent service',
        );
      }
    },
  },
  {
    code: 'LVS403',
    name: 'odd-mask',
    severity: 'error',
    title: 'A mask that is none',
    why: '`-M` takes an IPv4 address bit for bit: `-M 24` is 0.0.0.24. Clients are then grouped by two bits in the middle of the last byte, and thousands of strangers share one server.',
    fix: 'Write a mask such as 255.255.255.0; only IPv6 services take a prefix length.',
    see: { command: 'ipvs admin bad', shows: ['mask 0.0.0.24'] },
    found: () => [
      rules('-A -t 192.0.2.1:80 -s rr -p 300 -M 24\n-a -t 192.0.2.1:80 -r 10.0.0.1:80 -m\n'),
    ],
    clean: () => [
      rules(
        '-A -t 192.0.2.1:80 -s rr -p 300 -M 255.255.255.0\n-a -t 192.0.2.1:80 -r 10.0.0.1:80 -m\n',
      ),
    ],
    check({ services }, report) {
      for (const { line, settings } of services) {
        const netmask = settings.persistence === false ? undefined : settings.persistence.netmask;
        if (netmask === undefined || netmask.family !== 4) continue;
        const hostBits = ~netmask.word3 >>> 0;
        if ((hostBits & (hostBits + 1)) !== 0)
          report(valuePlace(line, MASK), `${netmask} is no mask of leading bits`);
      }
    },
  },
  {
    code: 'LVS404',
    name: 'mask-without-effect',
    severity: 'warning',
    title: 'A mask that does nothing',
    why: 'Without `-p` a mask is stored and not used. In front of an IPv6 address or `-6` it is lost, since these set the mask to 128.',
    fix: 'Add `-p`, and write `-M` behind the service.',
    see: { command: 'ipvs admin bad -- -S -n', shows: ['-A -t 192.0.2.1:80 -s rr\n'] },
    found: () => [
      rules('-A -t 192.0.2.1:80 -s rr -M 255.255.255.0\n-a -t 192.0.2.1:80 -r 10.0.0.1:80 -m\n'),
    ],
    clean: () => [
      rules('-A -t 192.0.2.1:80 -s rr -p -M 255.255.255.0\n-a -t 192.0.2.1:80 -r 10.0.0.1:80 -m\n'),
    ],
    check({ services }, report) {
      for (const { line, settings } of services) {
        if (!MASK.test(line.text)) continue;
        if (settings.persistence === false)
          report(valuePlace(line, MASK), 'the mask has no effect without -p');
        else if (/\s-M[\s=]*\S+.*\s(?:-6|-\w*[tu][\s=]*\[)/.test(line.text)) {
          report(
            valuePlace(line, MASK),
            'the mask is lost: the IPv6 service to its right sets it to 128',
          );
        }
      }
    },
  },
  {
    code: 'LVS405',
    name: 'long-persistence',
    severity: 'note',
    title: 'Persistence of half a day and more',
    why: 'A client that comes back within the time keeps its server, and renews the time. Draining a server then takes longer than anyone waits, and addresses that many clients share pile up on one server.',
    fix: 'Some minutes are enough for a session that is also in a cookie; use `sh` or `mh` for lasting affinity.',
    see: { program: 'template-outlives-drain' },
    found: () => [
      rules('-A -t 192.0.2.1:443 -s wlc -p 86400\n-a -t 192.0.2.1:443 -r 10.0.0.1:443 -g\n'),
    ],
    clean: () => [
      rules('-A -t 192.0.2.1:443 -s wlc -p 600\n-a -t 192.0.2.1:443 -r 10.0.0.1:443 -g\n'),
    ],
    check({ services }, report) {
      for (const { line, settings } of services) {
        const seconds = settings.persistence === false ? 0 : settings.persistence.timeoutSeconds;
        if (seconds >= LONG_SECONDS)
          report(valuePlace(line, PERSISTENT), `a client keeps its server for ${seconds} s`);
      }
    },
  },
  {
    code: 'LVS406',
    name: 'one-packet-nat',
    severity: 'error',
    title: 'One-packet scheduling with NAT',
    why: 'The entry is gone when the answer comes, so nothing translates it: the client gets an answer from the address of the server, and drops it.',
    fix: 'Use `-g` or `-i`, or drop `-o`.',
    see: { program: 'one-packet-nat' },
    found: () => [rules('-A -u 192.0.2.53:53 -s rr -o\n-a -u 192.0.2.53:53 -r 10.2.0.53:53 -m\n')],
    clean: () => [rules('-A -u 192.0.2.53:53 -s rr -o\n-a -u 192.0.2.53:53 -r 10.2.0.53:53 -g\n')],
    check({ services }, report) {
      for (const { settings, servers } of services) {
        if (!settings.onePacket) continue;
        for (const { line, method, address } of servers) {
          if (method === 'masquerading')
            report(line.place, `answers of ${address} leave untranslated with -o`);
        }
      }
    },
  },
  {
    code: 'LVS407',
    name: 'mark-never-set',
    severity: 'error',
    title: 'A mark that no firewall rule sets',
    why: 'A service by mark sees only packets that the firewall marked before. Without such a rule it never gets one, and packets to the address are left to the host.',
    fix: 'Mark in prerouting: `iptables -t mangle -A PREROUTING -d VIP -p tcp --dport 80 -j MARK --set-mark 1`; or list the mark in the topology (`mark 1`).',
    see: { program: 'mark-never-set' },
    found: () => [
      rules('-A -f 1 -s wrr -p\n-a -f 1 -r 192.0.2.11:0 -g\n'),
      firewall(
        '*mangle\n-A PREROUTING -d 192.0.2.1/32 -p tcp -m tcp --dport 80 -j MARK --set-xmark 0x2/0xffffffff\nCOMMIT\n',
      ),
    ],
    clean: () => [
      rules('-A -f 1 -s wrr -p\n-a -f 1 -r 192.0.2.11:0 -g\n'),
      firewall(
        '*mangle\n-A PREROUTING -d 192.0.2.1/32 -p tcp -m tcp --dport 80 -j MARK --set-xmark 0x1/0xffffffff\nCOMMIT\n',
      ),
    ],
    check({ services, firewall: rulesOf, topology }, report) {
      if (!rulesOf.given && topology.marks.length === 0) return;
      const marks = new Set([...topology.marks, ...rulesOf.marks.map(({ mark }) => mark)]);
      for (const { line, members } of services) {
        for (const member of members) {
          if ('fwmark' in member && !marks.has(member.fwmark))
            report(line.place, `no firewall rule sets mark ${member.fwmark}`);
        }
      }
    },
  },
  {
    code: 'LVS408',
    name: 'mark-unused',
    severity: 'note',
    title: 'A mark that no service has',
    why: 'The firewall marks packets, and no service takes them: they go where their address says.',
    fix: 'Add the service, or correct the number. Marks for routing may stay: silence the rule for them.',
    see: { program: 'mark-never-set' },
    found: () => [
      rules('-A -f 1 -s wrr -p\n-a -f 1 -r 192.0.2.11:0 -g\n'),
      firewall(
        '*mangle\n-A PREROUTING -p tcp --dport 80 -j MARK --set-mark 1\n-A PREROUTING -p tcp --dport 443 -j MARK --set-mark 2\nCOMMIT\n',
      ),
    ],
    clean: () => [
      rules('-A -f 1 -s wrr -p\n-a -f 1 -r 192.0.2.11:0 -g\n'),
      firewall(
        '*mangle\n-A PREROUTING -p tcp -m multiport --dports 80,443 -j MARK --set-mark 1\nCOMMIT\n',
      ),
    ],
    check({ services, firewall: rulesOf }, report) {
      const marks = new Set(
        services.flatMap(({ members }) =>
          members.flatMap((member) => ('fwmark' in member ? [member.fwmark] : [])),
        ),
      );
      if (marks.size === 0) return;
      for (const { mark, place } of rulesOf.marks) {
        if (!marks.has(mark)) report(place, `no service has mark ${mark}`);
      }
    },
  },
  {
    code: 'LVS409',
    name: 'mark-too-late',
    severity: 'error',
    title: 'A mark that is set behind IPVS',
    why: 'IPVS looks for the mark when a packet is delivered to the host. What is marked in forward, output or postrouting has passed by then, or never comes from the network.',
    fix: 'Mark in prerouting.',
    see: { program: 'mark-never-set' },
    found: () => [
      rules('-A -f 1 -s wrr -p\n-a -f 1 -r 192.0.2.11:0 -g\n'),
      firewall('*mangle\n-A POSTROUTING -d 192.0.2.1/32 -j MARK --set-mark 1\nCOMMIT\n'),
    ],
    clean: () => [
      rules('-A -f 1 -s wrr -p\n-a -f 1 -r 192.0.2.11:0 -g\n'),
      firewall('*mangle\n-A PREROUTING -d 192.0.2.1/32 -j MARK --set-mark 1\nCOMMIT\n'),
    ],
    check({ services, firewall: rulesOf }, report) {
      const marks = new Set(
        services.flatMap(({ members }) =>
          members.flatMap((member) => ('fwmark' in member ? [member.fwmark] : [])),
        ),
      );
      const early = new Set(
        rulesOf.marks.flatMap(({ mark, hook }) =>
          hook === 'forward' || hook === 'output' || hook === 'postrouting' ? [] : [mark],
        ),
      );
      for (const { mark, hook, place } of rulesOf.marks) {
        if (marks.has(mark) && !early.has(mark))
          report(place, `mark ${mark} is set in ${hook}, where IPVS has passed`);
      }
    },
  },
  {
    code: 'LVS410',
    name: 'engine-without-effect',
    severity: 'warning',
    title: 'A persistence engine that does nothing',
    why: 'The engine `sip` finds the call of a datagram for a persistent UDP service. Without persistence, or for TCP, it is stored and not asked.',
    fix: 'Add `-p`, and use it with `-u` and `-o`.',
    see: { command: 'ipvs admin bad', shows: ['192.0.2.1:5060 rr'] },
    found: () => [
      rules('-A -u 192.0.2.1:5060 -s rr --pe sip\n-a -u 192.0.2.1:5060 -r 10.0.0.1:5060 -g\n'),
    ],
    clean: () => [
      rules(
        '-A -u 192.0.2.1:5060 -s rr -p 600 --pe sip\n-a -u 192.0.2.1:5060 -r 10.0.0.1:5060 -g\n',
      ),
    ],
    check({ services }, report) {
      for (const service of services) {
        if (service.engine === '') continue;
        const isStream = addressMembers(service).some(({ protocol }) => protocol !== 'udp');
        const place = valuePlace(service.line, /\s--pe[\s=]*(\S+)/);
        if (service.settings.persistence === false)
          report(place, 'the engine has no effect without -p');
        else if (isStream) report(place, 'the engine sip is for UDP');
      }
    },
  },
];
