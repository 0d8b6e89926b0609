/**
 * The commands and options of the rule language: how they are written, and what they are called in
 * messages. Source: ipvsadm(8).
 */

/** The commands, by the names messages use. */
export type CommandName =
  | 'add-service'
  | 'edit-service'
  | 'delete-service'
  | 'add-server'
  | 'edit-server'
  | 'delete-server'
  | 'list'
  | 'zero'
  | 'flush'
  | 'save'
  | 'restore'
  | 'set'
  | 'start-daemon'
  | 'stop-daemon'
  | 'help'
  | 'version';

/** The options by the names messages use, in the order in which they are looked at. */
export const OPTION_NAMES = [
  'numeric',
  'connection',
  'service-address',
  'scheduler',
  'persistent',
  'netmask',
  'real-server',
  'forwarding-method',
  'weight',
  'u-threshold',
  'l-threshold',
  'mcast-interface',
  'timeout',
  'daemon',
  'stats',
  'rate',
  'thresholds',
  'persistent-conn',
  'nosort',
  'syncid',
  'exact',
  'ops',
  'pe',
  'sched-flags',
  'mcast-group',
  'mcast-port',
  'mcast-ttl',
  'sync-maxlen',
  'tun-info',
  'tun-type',
  'tun-port',
  'tun-nocsum',
  'tun-csum',
  'tun-remcsum',
] as const;

/** The name of an option. */
export type OptionName = (typeof OPTION_NAMES)[number];

/** Whether something is followed by a value. */
export type ValueKind = 'none' | 'required' | 'optional';

/** One way to write a command or an option. */
export interface Spelling {
  /** The long form, without its dashes. */
  readonly long: string;
  /** The letter of the short form; empty when there is none. */
  readonly short: string;
  /** Whether a value follows. */
  readonly value: ValueKind;
  /** The command it means, if it is one. */
  readonly command?: CommandName;
  /** The option it means; none for commands, `--sort` and `--ipv6`. */
  readonly option?: OptionName;
}

/** The long form, the short one, and what it means. */
type Row<Name> = readonly [string, string, Name];

const commands: readonly Row<CommandName>[] = [
  ['add-service', 'A', 'add-service'],
  ['edit-service', 'E', 'edit-service'],
  ['delete-service', 'D', 'delete-service'],
  ['add-server', 'a', 'add-server'],
  ['edit-server', 'e', 'edit-server'],
  ['delete-server', 'd', 'delete-server'],
  ['list', 'L', 'list'],
  ['list', 'l', 'list'],
  ['zero', 'Z', 'zero'],
  ['clear', 'C', 'flush'],
  ['save', 'S', 'save'],
  ['restore', 'R', 'restore'],
  ['set', '', 'set'],
  ['start-daemon', '', 'start-daemon'],
  ['stop-daemon', '', 'stop-daemon'],
  ['help', 'h', 'help'],
  ['version', 'v', 'version'],
];

const plainOptions: readonly Row<OptionName>[] = [
  ['numeric', 'n', 'numeric'],
  ['connection', 'c', 'connection'],
  ['gatewaying', 'g', 'forwarding-method'],
  ['ipip', 'i', 'forwarding-method'],
  ['masquerading', 'm', 'forwarding-method'],
  ['timeout', '', 'timeout'],
  ['daemon', '', 'daemon'],
  ['stats', '', 'stats'],
  ['rate', '', 'rate'],
  ['thresholds', '', 'thresholds'],
  ['persistent-conn', '', 'persistent-conn'],
  ['nosort', '', 'nosort'],
  ['exact', '', 'exact'],
  ['ops', 'o', 'ops'],
  ['tun-info', '', 'tun-info'],
  ['tun-nocsum', '', 'tun-nocsum'],
  ['tun-csum', '', 'tun-csum'],
  ['tun-remcsum', '', 'tun-remcsum'],
];

const valuedOptions: readonly Row<OptionName>[] = [
  ['tcp-service', 't', 'service-address'],
  ['udp-service', 'u', 'service-address'],
  ['sctp-service', '', 'service-address'],
  ['fwmark-service', 'f', 'service-address'],
  ['scheduler', 's', 'scheduler'],
  ['netmask', 'M', 'netmask'],
  ['real-server', 'r', 'real-server'],
  ['weight', 'w', 'weight'],
  ['u-threshold', 'x', 'u-threshold'],
  ['l-threshold', 'y', 'l-threshold'],
  ['mcast-interface', '', 'mcast-interface'],
  ['syncid', '', 'syncid'],
  ['pe', '', 'pe'],
  ['sched-flags', 'b', 'sched-flags'],
  ['mcast-group', '', 'mcast-group'],
  ['mcast-port', '', 'mcast-port'],
  ['mcast-ttl', '', 'mcast-ttl'],
  ['sync-maxlen', '', 'sync-maxlen'],
  ['tun-type', '', 'tun-type'],
  ['tun-port', '', 'tun-port'],
];

const spellings: readonly Spelling[] = [
  ...commands.map(([long, short, command]): Spelling => {
    const value = command.endsWith('-daemon') ? 'required' : 'none';
    return { long, short, value, command };
  }),
  ...plainOptions.map(([long, short, option]): Spelling => {
    return { long, short, value: 'none', option };
  }),
  ...valuedOptions.map(([long, short, option]): Spelling => {
    return { long, short, value: 'required', option };
  }),
  { long: 'persistent', short: 'p', value: 'optional', option: 'persistent' },
  { long: 'sort', short: '', value: 'none' },
  { long: 'ipv6', short: '6', value: 'none' },
];

const byLong = new Map(spellings.map((spelling) => [spelling.long, spelling]));
const byShort = new Map(spellings.map((spelling) => [spelling.short, spelling]));

/**
 * Finds what a long form means.
 *
 * @param name - The form without its dashes.
 * @returns The command or option, or `undefined`.
 */
export function findLong(name: string): Spelling | undefined {
  return byLong.get(name);
}

/**
 * Finds what a short form means.
 *
 * @param letter - The letter without its dash.
 * @returns The command or option, or `undefined`.
 */
export function findShort(letter: string): Spelling | undefined {
  return byShort.get(letter);
}

/** The options of tunnels: the kind, the port, and the kinds of checksums. */
export const TUNNEL_OPTIONS: readonly OptionName[] = [
  'tun-type',
  'tun-port',
  'tun-nocsum',
  'tun-csum',
  'tun-remcsum',
];
