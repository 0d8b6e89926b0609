/**
 * What a real server has to be set up like: its ARP, its virtual address, its reverse path filter.
 */
import type { LintRule } from '../lint-rule.js';
import type { LintHost, LintHostAddress } from '../subject/host.js';
import type { LintSubject } from '../subject/subject.js';
import { directorNetworks, rules, serverHosts, serverScript, virtualAddresses } from './support.js';

const DIRECT = '-A -t 192.0.2.1:80 -s rr\n-a -t 192.0.2.1:80 -r 192.0.2.11:80 -g\n';
const TUNNEL = '-A -t 192.0.2.1:80 -s rr\n-a -t 192.0.2.1:80 -r 203.0.113.2:80 -i\n';
const ADDRESS = 'ip addr add 192.0.2.1/32 dev lo\n';
const IGNORE = 'echo 1 > /proc/sys/net/ipv4/conf/all/arp_ignore\n';
const ANNOUNCE = 'echo 2 > /proc/sys/net/ipv4/conf/all/arp_announce\n';
const TUNNEL_ADDRESS = 'ip addr add 192.0.2.1/32 dev tunl0\n';

/** Rules on real servers. */
export const realServerRules: readonly LintRule[] = [
  {
    code: 'LVS121',
    name: 'vip-answers-arp',
    severity: 'error',
    title: 'A real server that answers ARP for the virtual address',
    why: 'With the virtual address on `lo` a host answers ARP for it on every interface, and faster than the director: all clients of the link go to one server, and the director sees none of them. `arp_ignore` on `lo` alone does nothing, since requests come in by another interface.',
    fix: '`sysctl -w net.ipv4.conf.all.arp_ignore=1`. IPv6 has no such problem with an address on `lo`.',
    see: {
      host: 'arping -c 3 -I eth0 192.0.2.1',
      prints: 'answers from more than one hardware address',
    },
    found: () => [
      rules(DIRECT),
      serverScript(`${ADDRESS}echo 1 > /proc/sys/net/ipv4/conf/lo/arp_ignore\n${ANNOUNCE}`),
    ],
    clean: () => [rules(DIRECT), serverScript(ADDRESS + IGNORE + ANNOUNCE)],
    check(subject, report) {
      for (const [host, { place, network }] of shared(subject)) {
        const setting = host.effective('arp_ignore');
        if (Number(setting?.value ?? 0) >= 1) continue;
        report(
          setting?.place ?? place,
          `the server answers ARP for ${network.address}: arp_ignore is not 1`,
        );
      }
    },
  },
  {
    code: 'LVS122',
    name: 'vip-announced',
    severity: 'error',
    title: 'A real server that asks with the virtual address',
    why: '`arp_ignore` alone does not cure it. A server that looks for its client asks with the virtual address as sender, and whatever hears it learns that the address is there: the traffic moves from the director to this server.',
    fix: '`sysctl -w net.ipv4.conf.all.arp_announce=2`.',
    see: {
      host: 'tcpdump -n -e arp',
      prints: 'requests for CLIENT with 192.0.2.1 as sender, from the server',
    },
    found: () => [rules(DIRECT), serverScript(ADDRESS + IGNORE)],
    clean: () => [rules(DIRECT), serverScript(ADDRESS + IGNORE + ANNOUNCE)],
    check(subject, report) {
      for (const [host, { place, network }] of shared(subject)) {
        const setting = host.effective('arp_announce');
        if (Number(setting?.value ?? 0) >= 2) continue;
        report(
          setting?.place ?? place,
          `the server asks from ${network.address}: arp_announce is not 2`,
        );
      }
    },
  },
  {
    code: 'LVS123',
    name: 'vip-with-network',
    severity: 'error',
    title: 'The virtual address on lo with a network',
    why: 'An address on `lo` with a shorter prefix makes the whole network local: the server sends packets for its neighbors, the clients of that network among them, to itself.',
    fix: 'Use /32 (`netmask 255.255.255.255`); IPv6: /128.',
    see: { host: 'ip route get 192.0.2.77', prints: 'local 192.0.2.77 dev lo' },
    found: () => [
      rules(DIRECT),
      serverScript(`ip addr add 192.0.2.1/24 dev lo\n${IGNORE}${ANNOUNCE}`),
    ],
    clean: () => [rules(DIRECT), serverScript(ADDRESS + IGNORE + ANNOUNCE)],
    check(subject, report) {
      for (const [, { place, network, device }] of virtualOnServers(subject)) {
        const { address, length } = network;
        if (length === address.bitLength) continue;
        report(place, `${address}/${length} on ${device} makes its whole network local`);
      }
    },
  },
  {
    code: 'LVS124',
    name: 'vip-on-network-device',
    severity: 'warning',
    title: 'The virtual address on an interface of the network',
    why: '`arp_ignore=1` answers for addresses of the interface that was asked. An address on that very interface is answered for, so the server takes the traffic of the director.',
    fix: 'Put it on `lo`, or on the device of the tunnel.',
    see: {
      host: 'arping -c 3 -I eth0 192.0.2.1',
      prints: 'answers from more than one hardware address',
    },
    found: () => [
      rules(DIRECT),
      serverScript(`ip addr add 192.0.2.1/32 dev eth0\n${IGNORE}${ANNOUNCE}`),
    ],
    clean: () => [rules(DIRECT), serverScript(ADDRESS + IGNORE + ANNOUNCE)],
    check(subject, report) {
      for (const [host, { place, network, device }] of virtualOnServers(subject)) {
        if (/^(?:lo|dummy|tunl|tun|gre|ipip|ip6tnl|sit|fou)/.test(device) || host.quietArp)
          continue;
        report(place, `${network.address} on ${device} is answered for on that interface`);
      }
    },
  },
  {
    code: 'LVS125',
    name: 'reverse-path-filter',
    severity: 'error',
    title: 'A reverse path filter on a tunnel',
    why: 'What comes out of the tunnel has the address of a client, whose route leads elsewhere, so a strict filter drops it without a word. Of `all` and the device itself the greater value counts: 0 for the one does not help when the other is 1.',
    fix: 'Set `rp_filter` of the tunnel device and of `all` to 0, or both to 2.',
    see: {
      host: 'nstat -az TcpExtIPReversePathFilter',
      prints: 'a number that grows with each request',
    },
    found: () => [
      rules(TUNNEL),
      serverScript(
        `${TUNNEL_ADDRESS}${IGNORE}${ANNOUNCE}echo 0 > /proc/sys/net/ipv4/conf/all/rp_filter\necho 1 > /proc/sys/net/ipv4/conf/tunl0/rp_filter\n`,
      ),
    ],
    clean: () => [
      rules(TUNNEL),
      serverScript(
        `${TUNNEL_ADDRESS}${IGNORE}${ANNOUNCE}echo 0 > /proc/sys/net/ipv4/conf/all/rp_filter\necho 0 > /proc/sys/net/ipv4/conf/tunl0/rp_filter\n`,
      ),
    ],
    check(subject, report) {
      for (const [host, { place, device }] of virtualOnServers(subject)) {
        if (!/^(?:tunl|tun|gre|ipip|fou)/.test(device)) continue;
        const own = host.settings.get(`net.ipv4.conf.${device}.rp_filter`);
        const all = host.settings.get('net.ipv4.conf.all.rp_filter');
        const strict = [own, all].find(
          (setting) => setting !== undefined && Number(setting.value) === 1,
        );
        const isLoose = [own, all].some((setting) => Number(setting?.value) === 2);
        if (strict !== undefined && !isLoose)
          report(strict.place, `${device} drops what comes out of the tunnel: ${strict.name} is 1`);
        else if (own === undefined && all === undefined)
          report(
            place,
            `rp_filter of ${device} is not set: most distributions set it to 1 or 2`,
            'warning',
          );
      }
    },
  },
  {
    code: 'LVS126',
    name: 'answers-through-director',
    severity: 'error',
    title: 'Answers of direct routing that pass the director',
    why: 'An answer has the virtual address as its source, which is an address of the director: Linux takes a packet from itself that comes from outside for a forgery, and drops it without a counter. NAT is not concerned, its answers have the address of the server.',
    fix: 'Let the server answer through another router, or set `accept_local` of the interface toward the servers to 1 and its `rp_filter` to 0.',
    see: {
      host: 'ip route get 198.51.100.7 from 192.0.2.1 iif eth1',
      prints: 'RTNETLINK answers: Invalid argument',
    },
    topology: 'director 192.0.2.2/24\n',
    found: () => [
      rules(DIRECT),
      serverScript(`${ADDRESS}${IGNORE}${ANNOUNCE}ip route replace default via 192.0.2.2\n`),
    ],
    clean: () => [
      rules(DIRECT),
      serverScript(`${ADDRESS}${IGNORE}${ANNOUNCE}ip route replace default via 192.0.2.254\n`),
    ],
    check(subject, report) {
      if (acceptsOwnAddresses(subject)) return;
      const own = directorNetworks(subject).map(({ address }) => address);
      for (const [{ gateways }, { network }] of shared(subject)) {
        for (const { address, place } of gateways) {
          if (!own.some((each) => each.equals(address))) continue;
          report(
            place,
            `the director drops answers from ${network.address}: it is its own address`,
          );
        }
      }
    },
  },
];

/** The virtual addresses that hosts have, other than the director. */
function* virtualOnServers(
  subject: LintSubject,
): Generator<readonly [host: LintHost, address: LintHostAddress]> {
  const hosts = serverHosts(subject);
  if (hosts.length === 0) return;
  const virtual = new Set(virtualAddresses(subject).map(String));
  for (const host of hosts) {
    for (const address of host.addresses) {
      const isVirtual = virtual.has(String(address.network.address));
      const isOwn = /^(?:lo|tunl|tun|gre|ipip|fou|dummy)/.test(address.device);
      if (isVirtual || (virtual.size === 0 && isOwn)) yield [host, address];
    }
  }
}

/** IPv4 addresses of services that a server shares with the director on one link. */
function* shared(
  subject: LintSubject,
): Generator<readonly [host: LintHost, address: LintHostAddress]> {
  const isTranslated = subject.servers.every(([, { method }]) => method === 'masquerading');
  if (isTranslated && subject.services.length > 0) return;
  for (const [host, address] of virtualOnServers(subject)) {
    if (address.network.address.family === 4 && !host.quietArp) yield [host, address];
  }
}

/** Whether the director takes packets that come from one of its own addresses. */
function acceptsOwnAddresses({ hosts }: LintSubject): boolean {
  return hosts
    .filter((host) => !host.isServer)
    .flatMap(({ settings }) => [...settings.values()])
    .some(({ name, value }) => /^net\.ipv4\.conf\..+\.accept_local$/.test(name) && value === '1');
}
