/**
 * Which options a command must have and which it may have, and the order in which breaches are found:
 * option by option, in the language's own order. Those of tunnels: `tunnel-options.ts`. Source: ipvsadm(8), and
 * recorded messages.
 */
import { IpvsadmError } from './error.js';
import { type CommandName, OPTION_NAMES, type OptionName, TUNNEL_OPTIONS } from './options.js';
import type { Word } from './split.js';

/** Which options there must be, which there may be besides, and of which there may be only one. */
export interface OptionRule {
  readonly must?: readonly OptionName[];
  readonly may?: readonly OptionName[];
  /** Of these, only one. */
  readonly exclusive?: readonly OptionName[];
}

const pair: readonly OptionName[] = ['service-address', 'real-server'];

const ofService: OptionRule = {
  must: ['service-address'],
  may: ['scheduler', 'persistent', 'netmask', 'ops', 'pe', 'sched-flags'],
};

const ofServer: OptionRule = {
  must: pair,
  may: ['forwarding-method', 'weight', 'u-threshold', 'l-threshold', ...TUNNEL_OPTIONS],
};

const ofList: OptionRule = {
  may: [
    'numeric',
    'connection',
    'service-address',
    'timeout',
    'daemon',
    'stats',
    'rate',
    'thresholds',
    'persistent-conn',
    'nosort',
    'syncid',
    'exact',
    'tun-info',
  ],
  exclusive: ['connection', 'service-address', 'timeout', 'daemon'],
};

const rules: Readonly<Record<CommandName, OptionRule>> = {
  'add-service': ofService,
  'edit-service': ofService,
  'delete-service': { must: ['service-address'] },
  'add-server': ofServer,
  'edit-server': ofServer,
  'delete-server': { must: pair },
  list: ofList,
  zero: { may: ['service-address'] },
  flush: {},
  save: { may: ['numeric'] },
  restore: {},
  set: {},
  'start-daemon': {
    may: ['mcast-interface', 'syncid', 'mcast-group', 'mcast-port', 'mcast-ttl', 'sync-maxlen'],
  },
  'stop-daemon': { may: ['syncid'] },
  help: {},
  version: {},
};

/**
 * Checks that a command has the options it needs and no others.
 *
 * @param command - The command.
 * @param present - The options the line has, as they are written.
 * @throws {IpvsadmError} For the first breach in the order of the options.
 */
export function checkCommandOptions(
  command: CommandName,
  present: ReadonlyMap<OptionName, Word>,
): void {
  checkOptions(rules[command], OPTION_NAMES, present, `'${command}' command`);
}

/**
 * Checks that a line has the options it needs and no others.
 *
 * @param rule - What it needs, and may have.
 * @param names - The options that are looked at, in this order.
 * @param present - The options the line has, as they are written.
 * @param whose - What needs them, for the message.
 * @throws {IpvsadmError} For the first breach in the order of the options.
 */
export function checkOptions(
  { must = [], may = [], exclusive = [] }: OptionRule,
  names: readonly OptionName[],
  present: ReadonlyMap<OptionName, Word>,
  whose: string,
): void {
  let first: OptionName | undefined;
  for (const name of names) {
    const word = present.get(name);
    if (word === undefined) {
      if (must.includes(name)) refuse(`You need to supply the '${name}' option for the ${whose}`);
      continue;
    }
    if (!must.includes(name) && !may.includes(name)) {
      refuse(`Illegal '${name}' option with the ${whose}`, word);
    }
    if (!exclusive.includes(name)) continue;
    if (first !== undefined) {
      refuse(`The option '${name}' conflicts with the '${first}' option in the ${whose}`, word);
    }
    first = name;
  }
}

function refuse(message: string, word?: Word): never {
  throw new IpvsadmError(message, word);
}
