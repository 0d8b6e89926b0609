/**
 * The kernel path: rules of nftables by which the kernel itself forwards the packets of busy connections, with the
 * addresses, ports and marks that the director has decided on.
 *
 * A connection has an element per direction in a set, one in a map that leads to the chain of its service and server,
 * and one in a map for its end. The chain rewrites and counts. Packets that may change the state of a TCP connection
 * (SYN, FIN, RST) take both directions out of the set and go to the director, and so do fragments and packets at the
 * end of their life. Elements of the set end by themselves, so that the director sees each connection again before its
 * timer matters.
 *
 * At first the end is watched for, and nothing is forwarded. When the director then says that the connection has not
 * ended before, the kernel forwards. So no packet behind a FIN is kept from the director, whatever is on its way.
 */
import { type Step, step } from './step.js';

/** How long the kernel forwards a connection before the director looks at it again. */
export const KERNEL_PATH_SECONDS = 10;
/** The mark of packets that were rewritten. */
export const KERNEL_PATH_MARK = 0x4951_0000;
/** The table. */
export const KERNEL_PATH_TABLE = 'inet ipvs_path';
const MOST_ELEMENTS = 65_536;
/** Before connection tracking, so that it sees what is forwarded. */
const PRIORITY = -310;

const KEY: Readonly<Record<4 | 6, string>> = {
  4: 'meta l4proto . ip saddr . th sport . ip daddr . th dport',
  6: 'meta l4proto . ip6 saddr . th sport . ip6 daddr . th dport',
};

/** A connection with many packets, which the kernel may forward by itself. */
export interface BusyConnection {
  /** What the engine calls it; no other engine calls one so. */
  readonly id: string;
  /** The family of its addresses. */
  readonly family: 4 | 6;
  /** Its protocol. */
  readonly protocol: 'tcp' | 'udp';
  /** How its packets reach the server. */
  readonly method: 'masquerading' | 'gatewaying';
  /** The client's address. */
  readonly client: string;
  /** The client's port. */
  readonly clientPort: number;
  /** The virtual address. */
  readonly virtual: string;
  /** The virtual port. */
  readonly virtualPort: number;
  /** The server's address. */
  readonly server: string;
  /** The server's port. */
  readonly serverPort: number;
  /** Its service, as the listing names it. */
  readonly service: string;
  /** Its server, as the listing names it. */
  readonly serverName: string;
}

/** Counts of the kernel path of one service and server since they were read last. */
export interface KernelPathCounts {
  /** The service, as its listing names it. */
  readonly service: string;
  /** The server. */
  readonly server: string;
  /** Packets and bytes from clients, packets and bytes to clients. */
  readonly counts: readonly [number, number, number, number];
}

/**
 * The table of the kernel path, without connections, in the place of one that there may be.
 *
 * @param device - The device of the director: what comes from there is decided on already.
 * @returns Commands of nft.
 */
export function kernelPathTable(device: string): string {
  return `add table ${KERNEL_PATH_TABLE}
delete table ${KERNEL_PATH_TABLE}
table ${KERNEL_PATH_TABLE} {
${([4, 6] as const).map(elementsOf).join('')}  chain enter {
    type filter hook prerouting priority ${PRIORITY}; policy accept;
    iifname ${device} accept
    ip ttl < 2 return
    ip6 hoplimit < 2 return
    ip frag-off & 0x3fff != 0 return
    exthdr frag exists return
    tcp flags & (fin|syn|rst) != 0 ${KEY[4]} vmap @ends4
    tcp flags & (fin|syn|rst) != 0 ${KEY[6]} vmap @ends6
    ${KEY[4]} @live4 ${KEY[4]} vmap @chains4
    ${KEY[6]} @live6 ${KEY[6]} vmap @chains6
  }
}
`;
}

/**
 * Plans the kernel path: its table, and rules for packets that it has rewritten, so that they are routed like
 * other packets of the host and not led into the device.
 *
 * @param device - The device of the director.
 * @param families - The families in use.
 * @param preferences - Of the rule that leads packets of servers into the device: the ones before and after it.
 * @returns The plan; a kernel that cannot do it does without.
 */
export function planKernelPath(
  device: string,
  families: readonly (4 | 6)[],
  [before, after]: readonly [number, number],
): Step[] {
  const undo = `nft delete table ${KERNEL_PATH_TABLE}`.split(' ');
  const rule = (family: number, words: string): Step =>
    step(`ip -${family} rule add ${words}`, `ip -${family} rule del ${words}`);
  return [
    ...families.flatMap((family) => [
      rule(family, `pref ${after} nop`),
      rule(family, `pref ${before} fwmark ${KERNEL_PATH_MARK} goto ${after}`),
    ]),
    { run: ['nft', '-f', '-'], input: kernelPathTable(device), undo, mayFail: true },
  ];
}

/**
 * The name of the chains of a connection: equal for connections that are rewritten alike.
 *
 * @param connection - The connection.
 * @returns A text.
 */
export function pathOf(connection: BusyConnection): string {
  const { protocol, method, virtual, virtualPort, server, serverPort, serverName } = connection;
  return `${protocol} ${method} ${virtual} ${virtualPort} ${server} ${serverPort} ${connection.service} ${serverName}`;
}

/**
 * The rules of the chains of a service and a server.
 *
 * @param number - The number of the chains.
 * @param connection - A connection that uses them.
 * @param gateway - The mark that leads to the server, when it is one of direct routing.
 * @returns Commands of nft.
 */
export function chainRules(
  number: number,
  connection: BusyConnection,
  gateway: number | undefined,
): string {
  const { family, protocol, method, virtual, virtualPort, server, serverPort } = connection;
  const ip = family === 4 ? 'ip' : 'ip6';
  const isRouted = method === 'gatewaying';
  const inward = isRouted ? '' : `${ip} daddr set ${server} ${protocol} dport set ${serverPort} `;
  const outward = `${ip} saddr set ${virtual} ${protocol} sport set ${virtualPort} `;
  const reply = `meta l4proto . ${server} . ${serverPort} . ${ip} saddr . th sport`;
  const request = `meta l4proto . ${ip} daddr . th dport . ${virtual} . ${virtualPort}`;
  const rules = (name: string, other: string, change: string, mark: number): string => {
    const end = [`delete @live${family} { ${KEY[family]} }`];
    if (other !== '') end.push(`delete @live${family} { ${other} }`);
    return [
      `add counter ${KERNEL_PATH_TABLE} ${name}\n`,
      ...(protocol === 'tcp' ? [chain(`${name}end`, end.join(' '))] : []),
      chain(name, `${change}counter name ${name} meta mark set ${mark} accept`),
    ].join('');
  };
  const both = [rules(`in${number}`, isRouted ? '' : reply, inward, gateway ?? KERNEL_PATH_MARK)];
  if (!isRouted) both.push(rules(`out${number}`, request, outward, KERNEL_PATH_MARK));
  return both.join('');
}

/** A direction of a connection. */
export interface Direction {
  /** The key of its packets. */
  readonly key: string;
  /** The chain that forwards them. */
  readonly chain: string;
}

/**
 * The directions that the kernel forwards.
 *
 * @param number - The number of the chains.
 * @param connection - The connection.
 * @returns Both; only that to the server of direct routing.
 */
export function directionsOf(number: number, connection: BusyConnection): Direction[] {
  const { protocol, method, client, clientPort } = connection;
  const { virtual, virtualPort, server, serverPort } = connection;
  const from = `${client} . ${clientPort}`;
  const inward = `${protocol} . ${from} . ${virtual} . ${virtualPort}`;
  const outward = `${protocol} . ${server} . ${serverPort} . ${from}`;
  const directions = [{ key: inward, chain: `in${number}` }];
  if (method !== 'gatewaying') directions.push({ key: outward, chain: `out${number}` });
  return directions;
}

/**
 * Begins to watch for the end of a direction, or ends that.
 *
 * @param what - Whether it begins.
 * @param family - The family.
 * @param direction - The direction.
 * @returns Commands of nft.
 */
export function watchEnd(
  what: 'add' | 'delete',
  family: 4 | 6,
  { key, chain: name }: Direction,
): string {
  const value = what === 'add' ? ` : goto ${name}end` : '';
  return `${what} element ${KERNEL_PATH_TABLE} ends${family} { ${key}${value} }\n`;
}

/**
 * Lets a direction be forwarded until a packet ends it, or its time is over.
 *
 * @param family - The family.
 * @param direction - The direction.
 * @returns Commands of nft.
 */
export function liveElement(family: 4 | 6, { key }: Direction): string {
  return `add element ${KERNEL_PATH_TABLE} live${family} { ${key} }\n`;
}

/**
 * Forwards a direction while it is live, or ends that.
 *
 * @param what - Whether it begins.
 * @param family - The family.
 * @param direction - The direction.
 * @returns Commands of nft.
 */
export function forwardElement(
  what: 'add' | 'delete',
  family: 4 | 6,
  { key, chain: name }: Direction,
): string {
  const value = what === 'add' ? ` : goto ${name}` : '';
  return `${what} element ${KERNEL_PATH_TABLE} chains${family} { ${key}${value} }\n`;
}

/** The commands that take all connections off the kernel path; chains and their counters stay. */
export const EMPTY_KERNEL_PATH: string = ([4, 6] as const)
  .map(
    (family) =>
      `flush set ${KERNEL_PATH_TABLE} live${family}\nflush map ${KERNEL_PATH_TABLE} chains${family}\nflush map ${KERNEL_PATH_TABLE} ends${family}\n`,
  )
  .join('');

function chain(name: string, rule: string): string {
  return `add chain ${KERNEL_PATH_TABLE} ${name}\nadd rule ${KERNEL_PATH_TABLE} ${name} ${rule}\n`;
}

function elementsOf(family: 4 | 6): string {
  const address = `ipv${family}_addr`;
  const key = `inet_proto . ${address} . inet_service . ${address} . inet_service`;
  return `  set live${family} { type ${key}; flags dynamic,timeout; size ${MOST_ELEMENTS}; timeout ${KERNEL_PATH_SECONDS}s; }
  map chains${family} { type ${key} : verdict; size ${MOST_ELEMENTS}; }
  map ends${family} { type ${key} : verdict; size ${MOST_ELEMENTS}; }
`;
}
