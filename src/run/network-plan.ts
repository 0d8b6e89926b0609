/**
 * The plan that leads packets through a device of the director's own, by policy routing.
 *
 * | packets                                      | are led                                          |
 * | -------------------------------------------- | ------------------------------------------------ |
 * | to a virtual address, or with a known mark   | into the device                                  |
 * | that are forwarded from the servers' interface | into the device                                |
 * | ICMP errors of the host itself               | into the device, which translates them           |
 * | out of the device, to a virtual address      | to the host: what the director has accepted      |
 * | with a gateway's mark, out of the device     | to the link address of that server               |
 * | out of the device, to any other address      | along the host's own routes                      |
 *
 * The rule for local addresses moves from preference 0 to {@link LOCAL_PREFERENCE}, so that the rules for virtual
 * addresses come before it. The addresses themselves stay local, so the kernel answers ARP and neighbor discovery
 * for them, resolves neighbors, and routes. Everything has fixed numbers, so taking it back needs no memory.
 */
import type { IpAddress } from '../ip-address.js';
import { planKernelPath } from './kernel-path.js';
import { markTable, markTableAgain } from './mark-table.js';
import type { FamilyMark } from './settings.js';
import { type Step, step, withoutUndo } from './step.js';

/** The device's name. */
export const DEVICE = 'lvs0';
/** The device's link address: the last four bytes of a source address are a mark, so this is mark 0. */
export const DEVICE_ADDRESS = '02:00:00:00:00:00';
/** The address of the device. */
export const DEVICE_IPV4 = '169.254.213.1';
/** An address beyond the device: a datagram to it wakes the engine. */
export const BELL_IPV4 = '169.254.213.2';

/** The preference of the rule for local addresses while the director runs. */
const LOCAL_PREFERENCE = 50;
const PREFERENCE = {
  gateway: 10,
  mark: 20,
  virtual: 21,
  ownErrors: 22,
  beforeServers: 9999,
  servers: 10_000,
  afterServers: 10_001,
} as const;
const TABLE = { virtual: 20_000, device: 20_001, gateways: 20_100 } as const;
/** The upper half of the marks of gateways. */
const GATEWAY_MARK = 0x4950_0000;
/** The protocols that are led into the device. */
const PROTOCOLS: Readonly<Record<4 | 6, readonly string[]>> = {
  4: ['tcp', 'udp', 'sctp', 'icmp'],
  6: ['tcp', 'udp', 'sctp', 'ipv6-icmp'],
};
/** The errors that the host itself makes about packets of the director; over IPv6 they cannot be distinguished from others. */
const OWN_ERRORS: Readonly<Record<4 | 6, string>> = {
  4: `iif lo from ${DEVICE_IPV4} ipproto icmp`,
  6: 'iif lo ipproto ipv6-icmp',
};
/** The metric of a route that is taken when there is no other one. */
const LAST_METRIC = 20_000;
/** The greatest MTU of the device. */
const LONGEST_PACKET = 65_521;

const NFT = ['nft', '-f', '-'] as const;

/** What the plan depends on. */
export interface NetworkSettings {
  /** The interfaces toward the clients and toward the servers; one and the same when the director has one arm. */
  readonly clientInterface: string;
  /** The interface toward the servers. */
  readonly serverInterface: string;
  /** The virtual addresses. */
  readonly virtualAddresses: readonly IpAddress[];
  /** The virtual addresses that the host has already. */
  readonly presentAddresses: readonly IpAddress[];
  /** The servers of direct routing; the position is the number of the gateway. */
  readonly gateways: readonly IpAddress[];
  /** The firewall marks of services, by family. */
  readonly marks: readonly FamilyMark[];
  /** The MTU of the device, or `'super'`: packets as long as the kernel merges them. */
  readonly mtu: number | 'super';
  /** The interfaces that are to merge datagrams, and do not yet. */
  readonly datagramMergers: readonly string[];
  /** Whether marks ride in the link header. */
  readonly hasMarks: boolean;
  /** Whether the kernel forwards busy connections by itself. */
  readonly hasKernelPath: boolean;
  /** Whether packets to servers get the director's own source address. */
  readonly masquerade: boolean;
  /** The present values of the settings that the plan changes, by path below `/proc/sys`. */
  readonly present: Readonly<Record<string, string>>;
}

/** What the part of the plan depends on that ends with the device. */
export type DeviceSettings = Pick<
  NetworkSettings,
  'clientInterface' | 'serverInterface' | 'virtualAddresses' | 'marks' | 'mtu' | 'hasMarks'
>;

/**
 * The mark that leads a packet to a gateway.
 *
 * @param index - The gateway's number.
 * @returns The mark.
 */
export function gatewayMark(index: number): number {
  return (GATEWAY_MARK | index) >>> 0;
}

/**
 * Plans the way of packets through the device.
 *
 * @param settings - What it depends on.
 * @returns The plan.
 */
export function planNetwork(settings: NetworkSettings): Step[] {
  const families = familiesOf(settings);
  return [
    ...planDevice(settings),
    ...families.flatMap((family) => planRules(settings, family)),
    ...settings.virtualAddresses.flatMap((address) => planVirtual(address)),
    ...settings.gateways.flatMap((address, index) =>
      planGateway(settings.serverInterface, address, index),
    ),
    ...planMarks(settings),
    ...(settings.hasKernelPath
      ? planKernelPath(DEVICE, families, [PREFERENCE.beforeServers, PREFERENCE.afterServers])
      : []),
    // Taken back first: without the rules, the host would reset connections to an address of its own, and forward what
    // servers send as it is.
    ...settings.virtualAddresses
      .filter((address) => !settings.presentAddresses.some((each) => each.equals(address)))
      .flatMap((address) => planAddress(settings.clientInterface, address)),
    ...settings.datagramMergers.map((each) => ({
      ...step(...datagramMerging(each)),
      mayFail: true,
    })),
    ...planSettings(settings, families),
  ];
}

/**
 * The commands that let an interface merge datagrams, and end it.
 *
 * @param name - The interface.
 * @returns Both commands.
 */
export function datagramMerging(name: string): [on: string, off: string] {
  const command = `ethtool -K ${name} rx-udp-gro-forwarding`;
  return [`${command} on`, `${command} off`];
}

/**
 * Plans a virtual address on an interface.
 *
 * @param clientInterface - The interface toward the clients.
 * @param address - The address.
 * @returns The plan.
 */
export function planAddress(clientInterface: string, address: IpAddress): Step[] {
  // Deprecated, so that the host's own connections, health checks among them, do not come from it.
  const flags = address.family === 6 ? ' nodad preferred_lft 0' : '';
  const where = `${hostPrefix(address)} dev ${clientInterface}`;
  return [step(`ip addr add ${where}${flags}`, `ip addr del ${where}`)];
}

/**
 * Plans the route of a virtual address into the device.
 *
 * @param address - The address.
 * @returns The plan.
 */
export function planVirtual(address: IpAddress): Step[] {
  return planRoute(address.family, hostPrefix(address), TABLE.virtual);
}

/**
 * A route into the device, which ends with it, and one that drops meanwhile: the host would take packets for its own
 * and reset their connections.
 */
function planRoute(family: 4 | 6, prefix: string, table: number): Step[] {
  const route = `ip -${family} route`;
  const dropping = `blackhole ${prefix} table ${table} metric ${LAST_METRIC}`;
  return [
    step(`${route} replace ${dropping}`, `${route} del ${dropping}`),
    step(`${route} replace ${prefix} dev ${DEVICE} table ${table}`),
  ];
}

/**
 * Plans the way to a server of direct routing.
 *
 * @param serverInterface - The interface toward the servers.
 * @param address - The server's address.
 * @param index - The gateway's number.
 * @returns The plan.
 */
export function planGateway(serverInterface: string, address: IpAddress, index: number): Step[] {
  const { family } = address;
  const table = TABLE.gateways + index;
  const rule = `pref ${PREFERENCE.gateway} fwmark ${gatewayMark(index)} lookup ${table}`;
  const route = `default via ${address} dev ${serverInterface} table ${table}`;
  return [
    step(`ip -${family} route replace ${route} onlink`, `ip -${family} route del ${route}`),
    step(`ip -${family} rule add ${rule}`, `ip -${family} rule del ${rule}`),
  ];
}

/**
 * Plans what ended with a device that was deleted. Rules, addresses and routes that drop packets outlive it.
 *
 * @param settings - What is set up at this moment.
 * @returns The plan; nothing has to be taken back that is not yet.
 */
export function planDeviceAgain(settings: DeviceSettings): Step[] {
  const families = familiesOf(settings);
  const wanted = Object.entries(wantedSettings(settings, families));
  const steps: Step[] = [
    ...planDevice(settings),
    ...wanted
      .filter(([path]) => path.includes(`/${DEVICE}/`))
      .map(([path, value]) => ({ run: writing(path, value) })),
    ...families.flatMap((family) => planRoute(family, 'default', TABLE.device)),
    ...settings.virtualAddresses.flatMap((address) => planVirtual(address)),
    ...(settings.hasMarks ? [{ run: NFT, input: markTableAgain(DEVICE, settings.marks) }] : []),
  ];
  return steps.map(withoutUndo);
}

function planDevice({ mtu }: Pick<NetworkSettings, 'mtu'>): Step[] {
  const length = mtu === 'super' ? LONGEST_PACKET : mtu;
  return [
    step(`ip tuntap add dev ${DEVICE} mode tap vnet_hdr`, `ip link del dev ${DEVICE}`),
    step(
      `ip link set dev ${DEVICE} address ${DEVICE_ADDRESS} mtu ${length} txqueuelen 2000 arp off`,
    ),
    // Fails where IPv6 is off.
    { ...step(`ip link set dev ${DEVICE} addrgenmode none`), mayFail: true },
    step(`ip link set dev ${DEVICE} up`),
    step(`ip addr add ${DEVICE_IPV4}/30 dev ${DEVICE}`),
  ];
}

/** Puts the rule for local addresses back, unless it is there: the kernel would take a second one. */
function localRuleBack(family: 4 | 6): string {
  const rule = `ip -${family} rule`;
  return `${rule} show pref 0 | grep -q 'lookup local' || ${rule} add pref 0 lookup local`;
}

/** The rules that lead packets with a mark into the device. */
function planMarkRules(interfaces: readonly string[], { family, mark }: FamilyMark): Step[] {
  return interfaces.map((each) =>
    planRule(family, `pref ${PREFERENCE.mark} iif ${each} fwmark ${mark} lookup ${TABLE.device}`),
  );
}

/**
 * Plans a mark that is new while the director runs.
 *
 * @param interfaces - The interfaces toward clients and servers, each once.
 * @param added - The new mark.
 * @param marks - All marks, with the new one.
 * @returns The plan; the table that carries marks is replaced in one go.
 */
export function planNewMark(
  interfaces: readonly string[],
  added: FamilyMark,
  marks: readonly FamilyMark[],
): Step[] {
  return [
    ...planMarkRules(interfaces, added),
    // A device of an IPv4 director has no default route for the other family.
    ...planRoute(added.family, 'default', TABLE.device),
    { run: NFT, input: markTableAgain(DEVICE, marks) },
  ];
}

function planRule(family: 4 | 6, words: string): Step {
  return step(`ip -${family} rule add ${words}`, `ip -${family} rule del ${words}`);
}

function planRules(settings: NetworkSettings, family: 4 | 6): Step[] {
  const { clientInterface, serverInterface, marks } = settings;
  const interfaces = [...new Set([clientInterface, serverInterface])];
  const rule = (words: string): Step => planRule(family, words);
  return [
    step(
      `ip -${family} rule add pref ${LOCAL_PREFERENCE} lookup local`,
      `ip -${family} rule del pref ${LOCAL_PREFERENCE} lookup local`,
    ),
    {
      run: `ip -${family} rule del pref 0 lookup local`.split(' '),
      undo: ['sh', '-c', localRuleBack(family)],
    },
    ...planRoute(family, 'default', TABLE.device),
    ...marks
      .filter((each) => each.family === family)
      .flatMap((each) => planMarkRules(interfaces, each)),
    ...interfaces.flatMap((each) =>
      PROTOCOLS[family].map((protocol) =>
        rule(`pref ${PREFERENCE.virtual} iif ${each} ipproto ${protocol} lookup ${TABLE.virtual}`),
      ),
    ),
    rule(`pref ${PREFERENCE.ownErrors} ${OWN_ERRORS[family]} lookup ${TABLE.device}`),
    rule(`pref ${PREFERENCE.servers} iif ${serverInterface} lookup ${TABLE.device}`),
  ];
}

/** Turns forwarding on, and off what drops packets whose source is an address of the host. */
function planSettings(settings: NetworkSettings, families: readonly (4 | 6)[]): Step[] {
  const wanted = Object.entries(wantedSettings(settings, families));
  const changes = wanted.filter(([path, value]) => settings.present[path] !== value);
  return changes.map(([path, value]) => {
    const before = settings.present[path];
    return {
      run: writing(path, value),
      // The settings of the device go with it.
      ...(before !== undefined && { undo: writing(path, before) }),
    };
  });
}

/**
 * The settings below `/proc/sys` that a plan changes.
 *
 * @param settings - What the plan depends on.
 * @param families - The families in use.
 * @returns Values by path.
 */
export function wantedSettings(
  settings: Pick<NetworkSettings, 'clientInterface' | 'serverInterface'>,
  families: readonly (4 | 6)[],
): Record<string, string> {
  const { clientInterface, serverInterface } = settings;
  const interfaces = [...new Set([clientInterface, serverInterface])];
  const wanted: Record<string, string> = {
    'net/ipv4/ip_forward': '1',
    // Errors about packets that the director has sent come from the device's address, by which they are known.
    'net/ipv4/icmp_errors_use_inbound_ifaddr': '1',
    'net/ipv4/conf/all/rp_filter': '0',
    [`net/ipv4/conf/${DEVICE}/rp_filter`]: '0',
    [`net/ipv4/conf/${DEVICE}/accept_local`]: '1',
  };
  for (const each of interfaces) {
    wanted[`net/ipv4/conf/${each}/rp_filter`] = '0';
    wanted[`net/ipv4/conf/${each}/accept_local`] = '1';
    wanted[`net/ipv4/conf/${each}/send_redirects`] = '0';
  }
  if (families.includes(6)) wanted['net/ipv6/conf/all/forwarding'] = '1';
  return wanted;
}

/** Marks ride in the link header: from the device as the mark of a service, into it as that of a gateway. */
function planMarks({ marks, masquerade, hasMarks, serverInterface }: NetworkSettings): Step[] {
  if (!hasMarks) return [];
  const table = markTable(DEVICE, marks);
  const hiding = `table inet ipvs {
  chain hide {
    type nat hook postrouting priority 100;
    iifname ${DEVICE} oifname ${serverInterface} meta mark 0 masquerade
  }
}
`;
  return [
    { run: NFT, input: table, undo: ['nft', 'delete', 'table', 'netdev', 'ipvs'] },
    ...(masquerade
      ? [
          {
            run: NFT,
            input: hiding,
            undo: ['nft', 'delete', 'table', 'inet', 'ipvs'],
          },
        ]
      : []),
  ];
}

function familiesOf({
  virtualAddresses,
  marks,
}: Pick<NetworkSettings, 'virtualAddresses' | 'marks'>): (4 | 6)[] {
  const used = new Set<4 | 6>([
    ...virtualAddresses.map(({ family }) => family),
    ...marks.map(({ family }) => family),
  ]);
  return ([4, 6] as const).filter((family) => used.has(family));
}

function hostPrefix(address: IpAddress): string {
  return `${address}/${address.bitLength}`;
}

function writing(path: string, value: string): readonly string[] {
  return ['sh', '-c', `echo ${value} > /proc/sys/${path}`];
}
