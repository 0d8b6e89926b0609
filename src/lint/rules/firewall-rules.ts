/**
 * What the firewall and connection tracking do to packets of IPVS, and what kube-proxy needs of both.
 */
import type { LintRule } from '../lint-rule.js';
import { firewall, rules, sysctls, tunable } from './support.js';
import { directorSetting, VS } from './support.js';
import { usesMethod } from './sysctl-rules.js';

const NAT = '-A -t 192.0.2.1:80 -s wlc\n-a -t 192.0.2.1:80 -r 10.0.0.1:80 -m\n';
const DIRECT = '-A -t 192.0.2.1:80 -s wlc\n-a -t 192.0.2.1:80 -r 192.0.2.11:80 -g\n';
const UDP = '-A -u 10.96.0.10:53 -s rr\n-a -u 10.96.0.10:53 -r 10.244.0.2:53 -m\n';
const CONNTRACK = 'net.ipv4.vs.conntrack = 1\n';
const KUBE = `*nat
-A KUBE-MARK-MASQ -j MARK --set-xmark 0x4000/0x4000
-A KUBE-POSTROUTING -m mark --mark 0x4000/0x4000 -j MASQUERADE
COMMIT
`;

/** Rules on the firewall. */
export const firewallRules: readonly LintRule[] = [
  {
    code: 'LVS601',
    name: 'invalid-in-forward',
    severity: 'error',
    title: 'Dropping invalid packets in forward, with NAT',
    why: 'With `conntrack` 0 IPVS takes its packets out of connection tracking, which therefore never saw the SYN: each SYN+ACK of a server is invalid, is dropped, and no connection opens.',
    fix: 'Accept what comes from the servers before the rule, or set `net.ipv4.vs.conntrack` to 1.',
    see: {
      host: 'nft list ruleset; curl http://VIP/',
      prints: 'the counter of the rule grows by one for each SYN+ACK; curl times out',
    },
    found: () => [
      rules(NAT),
      firewall(
        'table inet filter {\n  chain forward {\n    type filter hook forward priority 0;\n    ct state invalid drop\n  }\n}\n',
      ),
    ],
    clean: () => [
      rules(NAT),
      sysctls(CONNTRACK),
      firewall(
        'table inet filter {\n  chain forward {\n    type filter hook forward priority 0;\n    ct state invalid drop\n  }\n}\n',
      ),
    ],
    check(subject, report) {
      if (tunable(subject, 'conntrack') === 1 || !usesMethod(subject, ['masquerading'])) return;
      for (const { what, hook, place } of subject.firewall.drops) {
        if (what === 'invalid' && hook === 'forward')
          report(
            place,
            'every SYN+ACK of a NAT server is invalid for conntrack=0, and dropped here',
          );
      }
    },
  },
  {
    code: 'LVS602',
    name: 'invalid-in-input',
    severity: 'error',
    title: 'Dropping invalid packets in input, with direct routing or tunnels',
    why: 'With `conntrack` 1 tracking sees the requests and no answer: everything behind the SYN is invalid, is dropped, and the connection stays in SYN_RECV.',
    fix: 'Accept packets to the virtual address before the rule, or set `net.ipv4.vs.conntrack` to 0.',
    see: { host: 'ipvsadm -L -n -c', prints: 'entries in SYN_RECV only' },
    found: () => [
      rules(DIRECT),
      sysctls(CONNTRACK),
      firewall('*filter\n-A INPUT -m conntrack --ctstate INVALID -j DROP\nCOMMIT\n'),
    ],
    clean: () => [
      rules(DIRECT),
      sysctls('net.ipv4.vs.conntrack = 0\n'),
      firewall('*filter\n-A INPUT -m conntrack --ctstate INVALID -j DROP\nCOMMIT\n'),
    ],
    check(subject, report) {
      if (tunable(subject, 'conntrack') !== 1 || !usesMethod(subject, ['gatewaying', 'tunneling']))
        return;
      for (const { what, hook, place } of subject.firewall.drops) {
        if (what === 'invalid' && hook === 'input')
          report(place, 'everything behind the SYN is invalid for conntrack=1 here, and dropped');
      }
    },
  },
  {
    code: 'LVS603',
    name: 'masquerade-not-asked',
    severity: 'error',
    title: 'A masquerade rule that is not asked',
    why: 'With `conntrack` 0 the nat table is not asked for packets that IPVS forwards: the server sees the address of the client whatever the rule says, and answers past the director if that is not its gateway.',
    fix: 'Set `net.ipv4.vs.conntrack` to 1.',
    see: {
      host: 'tcpdump -n -i SERVER_SIDE tcp port 80',
      prints: 'packets with the address of the client',
    },
    found: () => [
      rules(NAT),
      firewall('*nat\n-A POSTROUTING -m ipvs --vaddr 192.0.2.1 --vport 80 -j MASQUERADE\nCOMMIT\n'),
    ],
    clean: () => [
      rules(NAT),
      sysctls(CONNTRACK),
      firewall('*nat\n-A POSTROUTING -m ipvs --vaddr 192.0.2.1 --vport 80 -j MASQUERADE\nCOMMIT\n'),
    ],
    check(subject, report) {
      if (tunable(subject, 'conntrack') === 1 || subject.firewall.kubeProxy !== undefined) return;
      for (const { place } of subject.firewall.translations)
        report(place, 'net.ipv4.vs.conntrack is not 1, so this rule is not asked');
    },
  },
  {
    code: 'LVS604',
    name: 'conntrack-for-direct-routing',
    severity: 'note',
    title: 'Connection tracking of half conversations',
    why: 'With `conntrack` 1 and direct routing or tunnels each connection is an entry of connection tracking that never sees an answer: 120 s for TCP, whatever follows, and its table fills with what is not connected.',
    fix: 'Set `net.ipv4.vs.conntrack` to 0.',
    see: { host: 'conntrack -L -d VIP', prints: 'SYN_SENT … [UNREPLIED] for connections in use' },
    found: () => [rules(DIRECT), sysctls(CONNTRACK)],
    clean: () => [rules(NAT), sysctls(CONNTRACK)],
    check(subject, report) {
      const setting = directorSetting(subject, `${VS}conntrack`);
      if (setting === undefined || tunable(subject, 'conntrack') !== 1) return;
      if (
        usesMethod(subject, ['gatewaying', 'tunneling']) &&
        !usesMethod(subject, ['masquerading'])
      ) {
        report(setting.place, 'no server is behind NAT, so tracking sees requests only');
      }
    },
  },
  {
    code: 'LVS701',
    name: 'kube-without-conntrack',
    severity: 'error',
    title: 'kube-proxy without conntrack',
    why: 'kube-proxy marks what it has to masquerade with 0x4000, and the nat table does it. With `conntrack` 0 the table is not asked: pods see other addresses than they can answer to, and node ports and external traffic hang.',
    fix: '`net.ipv4.vs.conntrack=1`; kube-proxy sets it at its start, and another sysctl file may undo it.',
    see: {
      host: 'tcpdump -n -i any host POD',
      prints: 'requests with the address of the client instead of that of the node',
    },
    found: () => [rules(NAT), firewall(KUBE), sysctls('net.ipv4.vs.conntrack = 0\n')],
    clean: () => [rules(NAT), firewall(KUBE), sysctls(CONNTRACK)],
    check(subject, report) {
      const { kubeProxy } = subject.firewall;
      if (kubeProxy === undefined || tunable(subject, 'conntrack') === 1) return;
      const setting = directorSetting(subject, `${VS}conntrack`);
      if (setting !== undefined)
        report(setting.place, 'kube-proxy needs conntrack=1 for its masquerade rule');
    },
  },
  {
    code: 'LVS702',
    name: 'kube-reuse',
    severity: 'warning',
    title: 'kube-proxy with conn_reuse_mode 0',
    why: 'Kernels before 5.9 lost a second per reused port with mode 1, so kube-proxy sets 0 there. Copied to a newer kernel it sends reused ports to pods that are going away: errors at each roll-out under load.',
    fix: 'Linux 5.9 and later: `conn_reuse_mode=1`.',
    see: { program: 'reuse-sticks' },
    found: () => [
      rules(NAT),
      firewall(KUBE),
      sysctls('net.ipv4.vs.conntrack = 1\nnet.ipv4.vs.conn_reuse_mode = 0\n'),
    ],
    clean: () => [
      rules(NAT),
      firewall(KUBE),
      sysctls('net.ipv4.vs.conntrack = 1\nnet.ipv4.vs.conn_reuse_mode = 1\n'),
    ],
    check(subject, report) {
      const setting = directorSetting(subject, `${VS}conn_reuse_mode`);
      if (subject.firewall.kubeProxy === undefined || setting === undefined) return;
      if (Number(setting.value) === 0)
        report(setting.place, 'reused ports go to pods that are going away');
    },
  },
  {
    code: 'LVS703',
    name: 'kube-udp-black-hole',
    severity: 'error',
    title: 'kube-proxy, rules(UDP), and expire_nodest_conn 0',
    why: 'A client with a fixed port that asks again and again keeps its entry alive. When the pod is gone its datagrams are dropped for as long as it asks: the usual case is the name service.',
    fix: '`net.ipv4.vs.expire_nodest_conn=1`.',
    see: { program: 'removed-server-black-hole' },
    found: () => [
      rules(UDP),
      firewall(KUBE),
      sysctls('net.ipv4.vs.conntrack = 1\nnet.ipv4.vs.expire_nodest_conn = 0\n'),
    ],
    clean: () => [
      rules(UDP),
      firewall(KUBE),
      sysctls('net.ipv4.vs.conntrack = 1\nnet.ipv4.vs.expire_nodest_conn = 1\n'),
    ],
    check(subject, report) {
      const { kubeProxy } = subject.firewall;
      const isUdp = subject.services.some(({ members }) =>
        members.some((member) => 'protocol' in member && member.protocol === 'udp'),
      );
      const setting = directorSetting(subject, `${VS}expire_nodest_conn`);
      if (kubeProxy === undefined || !isUdp || setting === undefined || Number(setting.value) !== 0)
        return;
      report(
        setting.place,
        'datagrams to a removed pod are dropped for as long as the client asks',
      );
    },
  },
  {
    code: 'LVS704',
    name: 'kube-answers-arp',
    severity: 'error',
    title: 'kube-proxy on nodes that answer ARP for service addresses',
    why: 'All nodes have all service addresses on `kube-ipvs0`. With `arp_ignore` 0 each node answers for the address of a load balancer, not only the one that announced it.',
    fix: '`strictARP: true` for kube-proxy, that is `arp_ignore=1` and `arp_announce=2`.',
    see: {
      host: 'arping -c 3 -I eth0 LOAD_BALANCER_ADDRESS',
      prints: 'answers from more than one hardware address',
    },
    found: () => [
      rules(NAT),
      firewall(KUBE),
      sysctls('net.ipv4.vs.conntrack = 1\nnet.ipv4.conf.all.arp_ignore = 0\n'),
    ],
    clean: () => [
      rules(NAT),
      firewall(KUBE),
      sysctls('net.ipv4.vs.conntrack = 1\nnet.ipv4.conf.all.arp_ignore = 1\n'),
    ],
    check(subject, report) {
      if (subject.firewall.kubeProxy === undefined) return;
      for (const host of subject.hosts) {
        const setting = host.effective('arp_ignore');
        if (setting !== undefined && Number(setting.value) === 0)
          report(setting.place, 'every node answers ARP for every service address');
      }
    },
  },
];
