/**
 * The commands and options of the rule language: how they are written, what they are called in
 * messages, and which go together. Source: ipvsadm(8).
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

function command(name: CommandName, short: string, long: string = name): Spelling {
  const value = name === 'start-daemon' || name === 'stop-daemon' ? 'required' : 'none';
  return { long, short, value, command: name };
}

function option(option: OptionName, short = '', long: string = option): Spelling {
  return { long, short, value: 'none', option };
}

function valued(option: OptionName, short = '', long: string = option): Spelling {
  return { long, short, value: 'required', option };
}

const spellings: readonly Spelling[] = [
  command('add-service', 'A'),
  command('edit-service', 'E'),
  command('delete-service', 'D'),
  command('add-server', 'a'),
  command('edit-server', 'e'),
  command('delete-server', 'd'),
  command('list', 'L'),
  command('list', 'l'),
  command('zero', 'Z'),
  command('flush', 'C', 'clear'),
  command('save', 'S'),
  command('restore', 'R'),
  command('set', ''),
  command('start-daemon', ''),
  command('stop-daemon', ''),
  command('help', 'h'),
  command('version', 'v'),
  option('numeric', 'n'),
  option('connection', 'c'),
  valued('service-address', 't', 'tcp-service'),
  valued('service-address', 'u', 'udp-service'),
  valued('service-address', '', 'sctp-service'),
  valued('service-address', 'f', 'fwmark-service'),
  valued('scheduler', 's'),
  { long: 'persistent', short: 'p', value: 'optional', option: 'persistent' },
  valued('netmask', 'M'),
  valued('real-server', 'r'),
  option('forwarding-method', 'g', 'gatewaying'),
  option('forwarding-method', 'i', 'ipip'),
  option('forwarding-method', 'm', 'masquerading'),
  valued('weight', 'w'),
  valued('u-threshold', 'x'),
  valued('l-threshold', 'y'),
  valued('mcast-interface'),
  option('timeout'),
  option('daemon'),
  option('stats'),
  option('rate'),
  option('thresholds'),
  option('persistent-conn'),
  option('nosort'),
  valued('syncid'),
  option('exact'),
  option('ops', 'o'),
  valued('pe'),
  valued('sched-flags', 'b'),
  valued('mcast-group'),
  valued('mcast-port'),
  valued('mcast-ttl'),
  valued('sync-maxlen'),
  option('tun-info'),
  valued('tun-type'),
  valued('tun-port'),
  option('tun-nocsum'),
  option('tun-csum'),
  option('tun-remcsum'),
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
