/**
 * How packets reach real servers, and how answers come back.
 */
import type { IpAddress } from '../../ip-address.js';
import type { LintRule, LintReport } from '../lint-rule.js';
import { contains, isLoopback, isPrivate, type LintNetwork, usualNetwork } from '../network.js';
import { placeIn } from '../subject/keepalived-services.js';
import type { LintServer, LintService, LintSubject } from '../subject/subject.js';
import { PORTS_IGNORED } from './keepalived-messages.js';
import {
  addressMembers,
  directorNetworks,
  directorSetting,
  firewall,
  REAL_SERVER,
  rules,
  sysctls,
  tunable,
  valuePlace,
} from './support.js';

/** Rules on forwarding. */
export const forwardingRules: readonly LintRule[] = [
  {
    code: 'LVS101',
    name: 'ignored-port',
    severity: 'error',
    title: 'Direct routing or a tunnel with another port',
    why: 'Direct routing and tunnels leave the packet as it is, so the port of the server is that of the service, whatever is written. The server must listen on the virtual port.',
    fix: "Let the server listen on the service's port, or use `-m`.",
    see: { command: 'ipvs admin bad', shows: ['10.0.0.1:80 '] },
    found: () => [rules('-A -t 192.0.2.1:80 -s rr\n-a -t 192.0.2.1:80 -r 10.0.0.1:8080 -g\n')],
    clean: () => [rules('-A -t 192.0.2.1:80 -s rr\n-a -t 192.0.2.1:80 -r 10.0.0.1:8080 -m\n')],
    check(subject, report) {
      for (const [, server] of subject.servers) reportIgnoredPort(server, report);
      for (const { file, parsed } of subject.configurations) {
        for (const { text, place } of parsed.messages) {
          if (PORTS_IGNORED.test(text))
            report(placeIn(file, place), text.replace(/^WARNING - /, ''));
        }
      }
    },
  },
  {
    code: 'LVS102',
    name: 'server-off-link',
    severity: 'error',
    title: 'A direct routing server that is not on a network of the director',
    why: 'Direct routing changes the hardware address only: the frame must reach the server without a router in between. A router would send the packet back to the virtual address, that is to the director.',
    fix: 'Give the director an address in the network of the server, or use a tunnel.',
    see: { program: 'server-off-link' },
    topology: 'director 192.0.2.2/24\ndirector 10.0.0.254/24\n',
    found: () => [
      rules(
        '-A -t 192.0.2.1:80 -s rr\n-a -t 192.0.2.1:80 -r 10.0.0.1:80 -g\n-a -t 192.0.2.1:80 -r 10.7.0.2:80 -g\n',
      ),
    ],
    clean: () => [
      rules(
        '-A -t 192.0.2.1:80 -s rr\n-a -t 192.0.2.1:80 -r 10.0.0.1:80 -g\n-a -t 192.0.2.1:80 -r 10.7.0.2:80 -i\n',
      ),
    ],
    check(subject, report) {
      const known = directorNetworks(subject);
      for (const service of subject.services) {
        const direct = service.servers.filter(isDirect);
        const networks = known.length > 0 ? known : guessedNetworks(service, direct);
        for (const { line, address } of direct) {
          if (networks.length === 0 || networks.some((each) => contains(each, address))) continue;
          const place = valuePlace(line, REAL_SERVER);
          if (known.length > 0) report(place, `${address} is in no network of the director`);
          else
            report(
              place,
              `${address} is not in the network of the other servers (guessed from the addresses)`,
              'warning',
            );
        }
      }
    },
  },
  {
    code: 'LVS103',
    name: 'answers-pass-by',
    severity: 'error',
    title: 'NAT whose answers do not pass the director',
    why: 'With `-m` the director translates answers back. An answer that takes another path reaches the client from an address that it never spoke to, and is refused.',
    fix: "Make the director the server's default gateway, or translate the client's address, too (conntrack=1 and a masquerade rule).",
    see: { program: 'answers-pass-by' },
    topology: 'director 192.0.2.2/24\ndirector 10.0.0.254/24\nserver 10.0.0.1 gateway 10.0.0.253\n',
    found: () => [rules('-A -t 192.0.2.1:80 -s rr\n-a -t 192.0.2.1:80 -r 10.0.0.1:80 -m\n')],
    clean: () => [rules('-A -t 192.0.2.1:80 -s rr\n-a -t 192.0.2.1:80 -r 10.0.0.2:80 -m\n')],
    check(subject, report) {
      if (translatesClients(subject)) return;
      const { servers, director } = subject.topology;
      for (const [, server] of subject.servers) {
        if (server.method !== 'masquerading') continue;
        const gateway = servers.find(({ address }) => address.equals(server.address))?.gateway;
        if (gateway === undefined || director.some(({ address }) => address.equals(gateway)))
          continue;
        report(
          valuePlace(server.line, REAL_SERVER),
          `${server.address} answers by way of ${gateway}, which is no address of the director`,
        );
      }
      reportGatewaysOfHosts(subject, report);
    },
  },
  {
    code: 'LVS104',
    name: 'one-network-nat',
    severity: 'warning',
    title: 'NAT servers in the network of the virtual address',
    why: 'Clients of that network get their answers straight from the server, past the director, and refuse them. Others are served as long as the director is the default gateway.',
    fix: 'Put the servers into a network of their own, use direct routing, or translate the address of the client, too.',
    see: { program: 'answers-pass-by' },
    found: () => [rules('-A -t 192.0.2.1:80 -s rr\n-a -t 192.0.2.1:80 -r 192.0.2.11:80 -m\n')],
    clean: () => [rules('-A -t 192.0.2.1:80 -s rr\n-a -t 192.0.2.1:80 -r 10.0.0.11:80 -m\n')],
    check(subject, report) {
      if (translatesClients(subject)) return;
      const { director } = subject.topology;
      for (const [service, { line, method, address }] of subject.servers) {
        if (method !== 'masquerading' || isLoopback(address)) continue;
        for (const member of addressMembers(service)) {
          const network =
            director.find((each) => contains(each, member.address)) ?? usualNetwork(member.address);
          if (!contains(network, address)) continue;
          report(
            valuePlace(line, REAL_SERVER),
            `${address} is in the network of ${member.address}: clients there get answers past the director`,
          );
          break;
        }
      }
    },
  },
  {
    code: 'LVS105',
    name: 'forwarding-off',
    severity: 'error',
    title: 'A director that does not forward',
    why: 'NAT needs `net.ipv4.ip_forward`: answers of the servers are packets that the director routes. Without it requests arrive at the servers, and no answer comes back.',
    fix: '`sysctl -w net.ipv4.ip_forward=1` (IPv6: `net.ipv6.conf.all.forwarding=1`).',
    see: { host: 'sysctl net.ipv4.ip_forward', prints: 'net.ipv4.ip_forward = 0' },
    found: () => [
      rules('-A -t 192.0.2.1:80 -s rr\n-a -t 192.0.2.1:80 -r 10.0.0.1:80 -m\n'),
      sysctls('net.ipv4.ip_forward = 0\n'),
    ],
    clean: () => [
      rules('-A -t 192.0.2.1:80 -s rr\n-a -t 192.0.2.1:80 -r 10.0.0.1:80 -m\n'),
      sysctls('net.ipv4.ip_forward = 1\n'),
    ],
    check(subject, report) {
      for (const [family, name] of FORWARDING_SYSCTLS) {
        const setting = directorSetting(subject, name);
        const isUsed = subject.servers.some(
          ([, { method, address }]) => method === 'masquerading' && address.family === family,
        );
        if (setting !== undefined && Number(setting.value) === 0 && isUsed) {
          report(setting.place, `${name} is 0, and there are servers behind NAT`);
        }
      }
    },
  },
  {
    code: 'LVS106',
    name: 'nat-to-loopback',
    severity: 'error',
    title: 'NAT to a loopback address',
    why: 'A packet from the network whose destination was changed to 127.0.0.1 or ::1 is dropped silently by the host. Clients on the director are served, so a test from there says that all is well.',
    fix: 'Use `-g` for a server on the director: the packet is then delivered as it came.',
    see: { program: 'nat-to-loopback' },
    found: () => [rules('-A -t 192.0.2.1:80 -s rr\n-a -t 192.0.2.1:80 -r 127.0.0.1:80 -m\n')],
    clean: () => [rules('-A -t 192.0.2.1:80 -s rr\n-a -t 192.0.2.1:80 -r 127.0.0.1:80 -g\n')],
    check(subject, report) {
      for (const [, { line, method, address }] of subject.servers) {
        if (method !== 'masquerading' || !isLoopback(address)) continue;
        report(
          valuePlace(line, REAL_SERVER),
          `${address} with -m drops every client from the network`,
        );
      }
    },
  },
  {
    code: 'LVS107',
    name: 'private-tunnel-end',
    severity: 'warning',
    title: 'A tunnel to a private address among public ones',
    why: 'The outer packet is routed by the address of the server. A private address can only be reached inside the own network, so a server elsewhere gets nothing.',
    fix: 'Name the public address of the server, or list its network in the topology (`network 10.9.0.0/16`).',
    see: {
      host: 'ip route get 10.9.0.3',
      prints: 'the default route, which leads to the provider',
    },
    found: () => [
      rules(
        '-A -t 192.0.2.1:80 -s rr\n-a -t 192.0.2.1:80 -r 203.0.113.2:80 -i\n-a -t 192.0.2.1:80 -r 10.9.0.3:80 -i\n',
      ),
    ],
    clean: () => [
      rules(
        '-A -t 192.0.2.1:80 -s rr\n-a -t 192.0.2.1:80 -r 203.0.113.2:80 -i\n-a -t 192.0.2.1:80 -r 203.0.113.3:80 -i\n',
      ),
    ],
    check(subject, report) {
      const reachable = [...subject.topology.networks, ...directorNetworks(subject)];
      for (const { servers } of subject.services) {
        const tunneled = servers.filter(({ method }) => method === 'tunneling');
        if (tunneled.every(({ address }) => isPrivate(address))) continue;
        for (const { line, address } of tunneled) {
          if (!isPrivate(address) || reachable.some((each) => contains(each, address))) continue;
          report(
            valuePlace(line, REAL_SERVER),
            `${address} is private, other tunnels of the service end at public addresses`,
          );
        }
      }
    },
  },
  {
    code: 'LVS108',
    name: 'no-room-for-tunnel',
    severity: 'warning',
    title: 'A tunnel without room, and clients that do not learn of it',
    why: 'The outer header takes 20 bytes or more. A full packet does not fit any more, and the client has to learn the smaller size by an ICMP error. With `pmtu_disc` 0, or a firewall that drops ICMP, it does not: small requests work, and uploads hang.',
    fix: 'Leave `pmtu_disc` at 1 and let ICMP pass, or give the links to the servers a larger MTU.',
    see: { program: 'no-room-for-tunnel' },
    found: () => [
      rules('-A -t 192.0.2.1:80 -s rr\n-a -t 192.0.2.1:80 -r 203.0.113.2:80 -i\n'),
      sysctls('net.ipv4.vs.pmtu_disc = 0\n'),
    ],
    clean: () => [
      rules('-A -t 192.0.2.1:80 -s rr\n-a -t 192.0.2.1:80 -r 203.0.113.2:80 -i\n'),
      sysctls('net.ipv4.vs.pmtu_disc = 1\n'),
    ],
    check(subject, report) {
      if (!hasTunnel(subject)) return;
      const setting = directorSetting(subject, 'net.ipv4.vs.pmtu_disc');
      if (setting !== undefined && Number(setting.value) === 0) {
        report(setting.place, 'pmtu_disc is 0, and there are tunnels');
      }
    },
  },
  {
    code: 'LVS109',
    name: 'icmp-dropped',
    severity: 'warning',
    title: 'A firewall that drops ICMP, and tunnels',
    why: 'A packet that is too long for the tunnel is answered with "fragmentation needed". Routers on the path send the same to the director, which passes it on. A rule that drops ICMP makes a black hole of it: connections open, and stop at the first full packet.',
    fix: 'Let `fragmentation-needed` (IPv6: `packet-too-big`) pass.',
    see: { program: 'no-room-for-tunnel' },
    found: () => [
      rules('-A -t 192.0.2.1:80 -s rr\n-a -t 192.0.2.1:80 -r 203.0.113.2:80 -i\n'),
      firewall('*filter\n-A INPUT -p icmp -j DROP\nCOMMIT\n'),
    ],
    clean: () => [
      rules('-A -t 192.0.2.1:80 -s rr\n-a -t 192.0.2.1:80 -r 203.0.113.2:80 -i\n'),
      firewall('*filter\n-A INPUT -p icmp --icmp-type echo-request -j DROP\nCOMMIT\n'),
    ],
    check(subject, report) {
      if (!hasTunnel(subject)) return;
      for (const { what, place } of subject.firewall.drops) {
        if (what === 'icmp') report(place, 'ICMP is dropped, and there are tunnels');
      }
    },
  },
  {
    code: 'LVS110',
    name: 'short-link-to-tunnel',
    severity: 'note',
    title: 'A path to a tunnel that is no longer than that of the clients',
    why: 'With the same MTU on both links every full packet of a client is refused once, until the client has learned the smaller size. Clients behind a firewall that drops ICMP never learn it.',
    fix: "Raise the MTU towards the servers by the header of the tunnel: 20 bytes (ipip), 24 (gre), 32 (gue), 20 more over IPv6; or lower TCP's segment size at the servers (`advmss`).",
    see: { program: 'no-room-for-tunnel' },
    topology: 'director 192.0.2.2/24 mtu 1500\nserver 203.0.113.2 mtu 1500\n',
    found: () => [rules('-A -t 192.0.2.1:80 -s rr\n-a -t 192.0.2.1:80 -r 203.0.113.2:80 -i\n')],
    clean: () => [rules('-A -t 192.0.2.1:80 -s rr\n-a -t 192.0.2.1:80 -r 203.0.113.2:80 -m\n')],
    check(subject, report) {
      const { director, servers } = subject.topology;
      for (const [service, { line, address, method, tunnel }] of subject.servers) {
        const path = servers.find((server) => server.address.equals(address))?.mtu;
        if (method !== 'tunneling' || path === undefined) continue;
        const clients = clientMtu(service, director);
        const header = HEADERS[tunnel.type] + (address.family === 6 ? 20 : 0);
        if (clients === undefined || clients + header <= path) continue;
        report(
          valuePlace(line, REAL_SERVER),
          `packets of ${clients} bytes and a header of ${header} do not fit into ${path}`,
        );
      }
    },
  },
  {
    code: 'LVS111',
    name: 'redirects-on',
    severity: 'warning',
    title: 'A NAT director that sends redirects',
    why: 'When a request leaves by the interface it came in, the director advises the sender of a shorter path. Servers that follow it send answers past the director, where nothing translates them.',
    fix: 'Set `net.ipv4.conf.all.send_redirects` and that of the interfaces to 0.',
    see: { host: 'ip monitor neigh & tcpdump -n icmp', prints: 'ICMP redirect host' },
    found: () => [
      rules('-A -t 192.0.2.1:80 -s rr\n-a -t 192.0.2.1:80 -r 10.0.0.1:80 -m\n'),
      sysctls('net.ipv4.conf.all.send_redirects = 1\n'),
    ],
    clean: () => [
      rules('-A -t 192.0.2.1:80 -s rr\n-a -t 192.0.2.1:80 -r 10.0.0.1:80 -m\n'),
      sysctls('net.ipv4.conf.all.send_redirects = 0\n'),
    ],
    check(subject, report) {
      const hasNat = subject.servers.some(([, { method }]) => method === 'masquerading');
      if (!hasNat) return;
      for (const host of subject.hosts) {
        const setting = host.isServer ? undefined : host.effective('send_redirects');
        if (setting !== undefined && Number(setting.value) > 0) {
          report(setting.place, 'redirects are sent, and there are servers behind NAT');
        }
      }
    },
  },
];

const FORWARDING_SYSCTLS = [
  [4, 'net.ipv4.ip_forward'],
  [6, 'net.ipv6.conf.all.forwarding'],
] as const;

/** What a tunnel adds over IPv4, without a checksum. */
const HEADERS = { ipip: 20, gre: 24, gue: 32 } as const;

function reportIgnoredPort({ line, method, port }: LintServer, report: LintReport): void {
  if (method === 'masquerading') return;
  const written = /[\]\d]:(\d+)$/.exec(REAL_SERVER.exec(line.text)?.[1] ?? '')?.[1];
  if (written === undefined || Number(written) === port || (port === 0 && Number(written) === 0))
    return;
  const isBare = /:.*:/.test(REAL_SERVER.exec(line.text)?.[1] ?? '') && !line.text.includes(']:');
  if (isBare) return;
  const used = port === 0 ? 'the port of each packet' : `port ${port}`;
  report(valuePlace(line, REAL_SERVER), `port ${written} is ignored, the server gets ${used}`);
}

function isDirect({ method, address }: LintServer): boolean {
  return method === 'gatewaying' && !isLoopback(address);
}

/** Networks that at least two of a service's addresses share; none when no network can be guessed. */
function guessedNetworks(service: LintService, servers: readonly LintServer[]): LintNetwork[] {
  const virtual = addressMembers(service).map(({ address }) => address);
  const all: IpAddress[] = [...virtual, ...servers.map(({ address }) => address)];
  if (servers.length < 2 || servers.length > MOST_GUESSED) return [];
  return all
    .map(usualNetwork)
    .filter((network) => all.filter((address) => contains(network, address)).length > 1);
}

/** Longer lists are not guessed about. */
const MOST_GUESSED = 64;

/** Whether the firewall changes the address of clients, so that answers come back in any case. */
function translatesClients(subject: LintSubject): boolean {
  return subject.firewall.translations.length > 0 && tunable(subject, 'conntrack') === 1;
}

/** Server scripts whose default route leads past the director. */
function reportGatewaysOfHosts(subject: LintSubject, report: LintReport): void {
  const addresses = [
    ...subject.topology.director.map(({ address }) => address),
    ...subject.hosts
      .filter((host) => host.isDirector)
      .flatMap((host) => host.addresses.map(({ network }) => network.address)),
  ];
  const hasNat = subject.servers.some(([, { method }]) => method === 'masquerading');
  if (addresses.length === 0 || !hasNat) return;
  for (const host of subject.hosts.filter((each) => each.isServer)) {
    for (const { address, place } of host.gateways) {
      if (addresses.some((each) => each.equals(address))) continue;
      report(place, `the default route leads to ${address}, which is no address of the director`);
    }
  }
}

function hasTunnel(subject: LintSubject): boolean {
  return subject.servers.some(([, { method }]) => method === 'tunneling');
}

/** The MTU of the link on which the clients of a service come in. */
function clientMtu(
  service: LintService,
  director: LintSubject['topology']['director'],
): number | undefined {
  const virtual = addressMembers(service).map(({ address }) => address);
  return director.find((each) => virtual.some((address) => contains(each, address)))?.mtu;
}
