/**
 * What each host of a rule file needs: the director and every real server, step by step.
 *
 * Source: ipvsadm(8), ip(8), and set-ups that were run in network namespaces.
 */
import { type OptionNames, requireKnownOptions } from '../errors.js';
import type { IpAddress } from '../ip-address.js';
import { saveRules } from '../ipvsadm/save.js';
import type { ForwardingMethod, Tunnel } from '../model/forwarding-method.js';
import type { Service } from '../services/service.js';
import type { ServiceFirewallMark } from './marks.js';
import type { SetupHost, SetupStep, TunnelKind } from './step.js';

/** What rules do not say. */
export interface SetupOptions {
  /** The director's device with the virtual addresses; default `eth0`. */
  readonly device?: string;
  /** The director's address among servers behind NAT: their default gateway. */
  readonly gateways?: readonly IpAddress[];
  /** What is marked for services by mark. */
  readonly marks?: readonly ServiceFirewallMark[];
  /** Who marks; default nftables. */
  readonly firewall?: 'nftables' | 'iptables';
  /** Sysctls besides, such as `net.ipv4.vs.conntrack`, with their values. */
  readonly sysctls?: Readonly<Record<string, string>>;
}

const SETUP_OPTIONS: OptionNames<SetupOptions> = {
  device: true,
  gateways: true,
  marks: true,
  firewall: true,
  sysctls: true,
};

/** A real server with all that services ask of it. */
interface Server {
  readonly address: IpAddress;
  readonly uses: { method: ForwardingMethod; tunnel: Tunnel; virtual: readonly IpAddress[] }[];
}

const DEVICE = /^[A-Za-z][\w.-]{0,14}$/;
const SYSCTL = /^[a-z0-9_]+(?:[./][\w-]+)+$/i;
const VALUE = /^[\w \t,.-]*$/;

/**
 * Works out what hosts need.
 *
 * @param services - The services.
 * @param options - What rules do not say.
 * @returns The director, then the real servers in the order of the rules.
 * @throws {RangeError} When an option is missing or is no name of a device or sysctl.
 */
export function planSetup(services: readonly Service[], options: SetupOptions = {}): SetupHost[] {
  requireKnownOptions('set up hosts', options, SETUP_OPTIONS);
  const { device = 'eth0', marks = [] } = options;
  if (!DEVICE.test(device))
    throw new RangeError(`Cannot set up: '${device}' is no name of a device`);
  for (const { fwmark } of services) {
    if (fwmark === 0 || marks.some(({ mark }) => mark === fwmark)) continue;
    throw new RangeError(`Cannot set up: rules do not say which packets get mark ${fwmark}`);
  }
  const servers = serversOf(services, marks);
  const director = { name: 'director', steps: directorSteps(services, servers, device, options) };
  return [director, ...servers.map((server) => hostOf(server, options))];
}

function directorSteps(
  services: readonly Service[],
  servers: readonly Server[],
  device: string,
  options: SetupOptions,
): SetupStep[] {
  const { marks = [], firewall = 'nftables', sysctls = {} } = options;
  const uses = servers.flatMap((server) =>
    server.uses.map(({ method }) => [method, server] as const),
  );
  const nat = uses.filter(([method]) => method === 'masquerading').map(([, server]) => server);
  const steps: SetupStep[] = [];
  if (nat.some(({ address }) => address.family === 4)) {
    steps.push(sysctl('net/ipv4/ip_forward', '1'), sysctl('net/ipv4/conf/all/send_redirects', '0'));
    steps.push(sysctl(`net/ipv4/conf/${device}/send_redirects`, '0'));
  }
  if (nat.some(({ address }) => address.family === 6)) {
    steps.push(sysctl('net/ipv6/conf/all/forwarding', '1'));
  }
  for (const [name, value] of Object.entries(sysctls)) steps.push(extraSysctl(name, value));
  for (const address of virtualAddresses(services, marks)) steps.push(addressStep(address, device));
  if (marks.length > 0) steps.push({ kind: 'marks', firewall, marks });
  for (const service of services) steps.push(serviceStep(service));
  return steps;
}

function extraSysctl(name: string, value: string): SetupStep {
  if (SYSCTL.test(name) && VALUE.test(value)) return sysctl(name.replaceAll('.', '/'), value);
  throw new RangeError(
    `Cannot set up: expected a sysctl such as net.ipv4.vs.conntrack=1, got '${name}=${value}'`,
  );
}

function serviceStep(service: Service): SetupStep {
  const rules = saveRules([service]);
  const name = /^-A (\S+ \S+(?: -6)?)/.exec(rules)?.[1] ?? '';
  return { kind: 'service', name, rules };
}

function serversOf(
  services: readonly Service[],
  marks: readonly ServiceFirewallMark[],
): readonly Server[] {
  const servers = new Map<string, Server>();
  for (const service of services) {
    const virtual = virtualAddresses([service], marks);
    // A server on the director needs nothing.
    for (const { address, forwardingMethod, tunnel } of [...service.servers].toReversed()) {
      const key = String(address);
      if (/^(?:127\.|::1$)/.test(key)) continue;
      const server = servers.get(key) ?? { address, uses: [] };
      server.uses.push({ method: forwardingMethod, tunnel, virtual });
      servers.set(key, server);
    }
  }
  return [...servers.values()];
}

function virtualAddresses(
  services: readonly Service[],
  marks: readonly ServiceFirewallMark[],
): IpAddress[] {
  const all = services.flatMap(({ fwmark, address }) =>
    fwmark === 0
      ? [address]
      : marks.filter(({ mark }) => mark === fwmark).map((each) => each.address),
  );
  return [...new Map(all.map((address) => [String(address), address])).values()];
}

function hostOf({ address, uses }: Server, options: SetupOptions): SetupHost {
  const steps = new Map<string, SetupStep>();
  const add = (step: SetupStep): void => void steps.set(JSON.stringify(step), step);
  for (const { method, tunnel, virtual } of uses) {
    if (method === 'masquerading') add(gatewayStep(address, options));
    else addDirectSteps(address, method, tunnel, virtual, add);
  }
  return { name: String(address), steps: [...steps.values()] };
}

function gatewayStep({ family }: IpAddress, { gateways = [] }: SetupOptions): SetupStep {
  const gateway = gateways.find((each) => each.family === family);
  if (gateway === undefined) {
    throw new RangeError(
      `Cannot set up: servers behind NAT need the director's IPv${family} address as gateway`,
    );
  }
  return { kind: 'gateway', address: String(gateway), isIpv6: family === 6 };
}

function addDirectSteps(
  local: IpAddress,
  method: ForwardingMethod,
  tunnel: Tunnel,
  virtual: readonly IpAddress[],
  add: (step: SetupStep) => void,
): void {
  if (virtual.some(({ family }) => family === 4)) {
    add(sysctl('net/ipv4/conf/all/arp_ignore', '1'));
    add(sysctl('net/ipv4/conf/all/arp_announce', '2'));
  }
  for (const address of virtual) {
    if (method === 'gatewaying') add(addressStep(address, 'lo'));
    else addTunnelSteps(local, tunnel, address, add);
  }
}

function addTunnelSteps(
  local: IpAddress,
  { type, port, checksum }: Tunnel,
  virtual: IpAddress,
  add: (step: SetupStep) => void,
): void {
  const kind = tunnelKind(type, local.family, virtual.family);
  const device = `ipvs-${kind}`;
  const guePort = type === 'gue' ? port : 0;
  if (guePort > 0) add({ kind: 'gue', port, isIpv6: local.family === 6 });
  const hasChecksum = type === 'gre' && checksum === 'csum';
  add({ kind: 'tunnel', device, type: kind, local: String(local), checksum: hasChecksum, guePort });
  if (virtual.family === 4) {
    // What comes out of the tunnel has the addresses of clients; of both values the greater one counts.
    add(sysctl('net/ipv4/conf/all/rp_filter', '0'));
    add(sysctl(`net/ipv4/conf/${device}/rp_filter`, '0'));
  }
  add(addressStep(virtual, device));
}

function tunnelKind(type: Tunnel['type'], outer: 4 | 6, inner: 4 | 6): TunnelKind {
  if (type === 'gre') return outer === 6 ? 'ip6gre' : 'gre';
  if (outer === 6) return 'ip6tnl';
  return inner === 6 ? 'sit' : 'ipip';
}

function sysctl(path: string, value: string): SetupStep {
  return { kind: 'sysctl', path, value };
}

function addressStep(address: IpAddress, device: string): SetupStep {
  return { kind: 'address', address: `${address}/${address.bitLength}`, device };
}
