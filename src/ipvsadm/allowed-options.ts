/**
 * Which options a command must have and which it may have, and the order in which breaches are found:
 * option by option, in the language's own order. Source: ipvsadm(8), and recorded messages.
 */
import type { TunnelType } from '../model/forwarding-method.js';
import { IpvsadmError } from './error.js';
import { type CommandName, OPTION_NAMES, type OptionName } from './options.js';

interface Rule {
  readonly must: readonly OptionName[];
  readonly may: readonly OptionName[];
  /** Of these, only one. */
  readonly exclusive: readonly OptionName[];
}

function rule(
  must: readonly OptionName[] = [],
  may: readonly OptionName[] = [],
  exclusive: readonly OptionName[] = [],
): Rule {
  return { must, may, exclusive };
}

const service: readonly OptionName[] = ['service-address'];
const pair: readonly OptionName[] = ['service-address', 'real-server'];
const ofService: readonly OptionName[] = [
  ...(['scheduler', 'persistent', 'netmask', 'ops', 'pe', 'sched-flags'] as const),
];
const ofServer: readonly OptionName[] = [
  ...(['forwarding-method', 'weight', 'u-threshold', 'l-threshold'] as const),
  ...(['tun-type', 'tun-port', 'tun-nocsum', 'tun-csum', 'tun-remcsum'] as const),
];
const ofList: readonly OptionName[] = [
  ...(['numeric', 'connection', 'service-address', 'timeout', 'daemon', 'stats', 'rate'] as const),
  ...(['thresholds', 'persistent-conn', 'nosort', 'syncid', 'exact', 'tun-info'] as const),
];
const ofDaemon: readonly OptionName[] = [
  ...(['mcast-interface', 'syncid', 'mcast-group', 'mcast-port', 'mcast-ttl'] as const),
  'sync-maxlen',
];

const rules: Readonly<Record<CommandName, Rule>> = {
  'add-service': rule(service, ofService),
  'edit-service': rule(service, ofService),
  'delete-service': rule(service),
  'add-server': rule(pair, ofServer),
  'edit-server': rule(pair, ofServer),
  'delete-server': rule(pair),
  list: rule([], ofList, ['connection', 'service-address', 'timeout', 'daemon']),
  zero: rule([], service),
  flush: rule(),
  save: rule([], ['numeric']),
  restore: rule(),
  set: rule(),
  'start-daemon': rule([], ofDaemon),
  'stop-daemon': rule([], ['syncid']),
  help: rule(),
  version: rule(),
};

const checksums: readonly OptionName[] = ['tun-nocsum', 'tun-csum', 'tun-remcsum'];

const tunnelRules: Readonly<Record<TunnelType, Rule>> = {
  ipip: rule(),
  gue: rule(['tun-port'], checksums, checksums),
  gre: rule([], ['tun-nocsum', 'tun-csum'], checksums),
};

/**
 * Checks that a command has the options it needs and no others.
 *
 * @param command - The command.
 * @param present - The options the line has.
 * @throws {IpvsadmError} For the first breach in the order of the options.
 */
export function checkCommandOptions(command: CommandName, present: ReadonlySet<OptionName>): void {
  check(rules[command], OPTION_NAMES, present, `'${command}' command`);
}

/**
 * Checks that a kind of tunnel has the options it needs and no others.
 *
 * @param type - The kind of tunnel.
 * @param present - The options the line has.
 * @throws {IpvsadmError} For the first breach in the order of the options.
 */
export function checkTunnelOptions(type: TunnelType, present: ReadonlySet<OptionName>): void {
  check(tunnelRules[type], ['tun-port', ...checksums], present, `'${type}' tunnel type`);
}

function check(
  { must, may, exclusive }: Rule,
  names: readonly OptionName[],
  present: ReadonlySet<OptionName>,
  whose: string,
): void {
  let first: OptionName | undefined;
  for (const name of names) {
    if (!present.has(name)) {
      if (must.includes(name)) refuse(`You need to supply the '${name}' option for the ${whose}`);
      continue;
    }
    if (!must.includes(name) && !may.includes(name)) {
      refuse(`Illegal '${name}' option with the ${whose}`, name);
    }
    if (!exclusive.includes(name)) continue;
    if (first !== undefined) {
      refuse(`The option '${name}' conflicts with the '${first}' option in the ${whose}`, name);
    }
    first = name;
  }
}

function refuse(message: string, text = ''): never {
  throw new IpvsadmError(message, { text });
}
