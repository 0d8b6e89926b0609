/**
 * Reads the value of each option, and says in the tool's words what is wrong with it.
 */
import { IpAddress } from '../ip-address.js';
import type { Protocol } from '../protocols.js';
import type { ForwardingMethod } from '../model/forwarding-method.js';
import { MAX_WEIGHT } from '../model/thresholds.js';
import { MAX_PERSISTENCE_SECONDS } from '../services/persistence-settings.js';
import { MAX_FWMARK } from '../services/service-key.js';
import type { DraftValues } from './option-defaults.js';
import { type Endpoint, endpointHint, readEndpoint } from './endpoint.js';
import { IpvsadmError } from './error.js';
import { readNetmask } from './netmask.js';
import type { HostLookup } from './parse-options.js';
import { readNumber } from './number.js';
import type { OptionName } from './options.js';
import type { FoundOption } from './scan.js';
import type { Word } from './split.js';

const none: Word = { text: '', column: 1 };

type Reader = (
  values: DraftValues,
  value: Word,
  long: string,
  hosts: HostLookup | undefined,
) => void;

/** How the options that have a meaning beyond being there are read. */
const readers: Readonly<Partial<Record<OptionName, Reader>>> = {
  'service-address': readService,
  scheduler: (values, value) => {
    values.scheduler = value;
  },
  persistent: (values, value) => {
    if (value === none) return;
    const message = `invalid timeout value \`${value.text}' specified`;
    values.timeoutSeconds = number(value, 1, MAX_PERSISTENCE_SECONDS, message);
  },
  netmask: (values, value, _, hosts) => {
    const message =
      values.family === 4
        ? 'illegal virtual server persistent mask specified'
        : 'illegal ipv6 netmask specified';
    values.netmask = readNetmask(value.text, values.family, hosts) ?? refuse(message, value);
  },
  'real-server': (values, value, _, hosts) => {
    values.server = endpoint(value, values.protocol, 'real', hosts);
  },
  'forwarding-method': (values, _, long) => {
    values.method = long === 'ipip' ? 'tunneling' : (long as ForwardingMethod);
  },
  weight: (values, value) => {
    values.weight = number(value, 0, MAX_WEIGHT, 'illegal weight specified');
  },
  'u-threshold': (values, value) => {
    values.upperThreshold = number(value, 0, MAX_WEIGHT, 'illegal u_threshold specified');
  },
  'l-threshold': (values, value) => {
    values.lowerThreshold = number(value, 0, MAX_WEIGHT, 'illegal l_threshold specified');
  },
  'mcast-interface': (values, { text }) => {
    values.device = text;
  },
  syncid: (values, value) => {
    values.syncId = number(value, 0, 255, 'illegal syncid specified');
  },
  pe: (values, { text }) => {
    values.engine = text;
  },
  'sched-flags': (values, value) => {
    values.flags = value;
  },
  'mcast-group': readGroup,
  'mcast-port': (values, value) => {
    values.multicastPort = number(value, 1, 65535, 'illegal mcast-port specified');
  },
  'mcast-ttl': (values, value) => {
    values.ttl = number(value, 1, 255, 'illegal mcast-ttl specified');
  },
  'sync-maxlen': (values, value) => {
    values.maxLengthBytes = number(value, 1, 65507, 'illegal sync-maxlen specified');
  },
  'tun-type': (values, value) => {
    const known = (['ipip', 'gue', 'gre'] as const).find((each) => each === value.text);
    values.tunnelType = known ?? refuse('illegal tunnel type specified', value);
  },
  'tun-port': (values, value) => {
    values.tunnelPort = number(value, 1, 65535, 'illegal tunnel port specified');
  },
  // Of the last three the line may have only one, which is looked at later.
  'tun-csum': (values) => {
    values.tunnelChecksum = 'csum';
  },
  'tun-remcsum': (values) => {
    values.tunnelChecksum = 'remcsum';
  },
};

/**
 * Reads an option's value.
 *
 * @param name - The option.
 * @param found - Where it was found.
 * @param values - Where to put it.
 * @param hosts - Resolves host names, if any are.
 * @throws {IpvsadmError} When the value is none of this option.
 */
export function readOption(
  name: OptionName,
  found: FoundOption,
  values: DraftValues,
  hosts?: HostLookup,
): void {
  readers[name]?.(values, found.value ?? none, found.spelling.long, hosts);
}

function readService(
  values: DraftValues,
  value: Word,
  long: string,
  hosts: HostLookup | undefined,
): void {
  if (long === 'fwmark-service') {
    values.mark = number(value, 1, MAX_FWMARK, `invalid fwmark value \`${value.text}' specified`);
    return;
  }
  values.protocol = long.slice(0, long.indexOf('-')) as Protocol;
  values.service = endpoint(value, values.protocol, 'virtual', hosts);
  values.family = values.service.address.family;
  // An IPv6 service takes 128 bits, whatever mask stood before it.
  if (values.family === 6) values.netmask = undefined;
}

function readGroup(values: DraftValues, value: Word): void {
  const family = value.text.includes(':') ? 6 : 4;
  const address = IpAddress.tryParse(value.text);
  if (address === undefined || !isMulticast(address)) {
    throw new IpvsadmError(`invalid IPv${family} mcast-group \`${value.text}'`, value);
  }
  values.group = address;
}

function isMulticast({ family, word0, word3 }: IpAddress): boolean {
  return family === 4 ? word3 >>> 28 === 14 : word0 >>> 24 === 255;
}

function endpoint(
  value: Word,
  protocol: Protocol,
  what: 'virtual' | 'real',
  hosts: HostLookup | undefined,
): Endpoint {
  const read = readEndpoint(value.text, protocol, hosts);
  if (read !== undefined) return read;
  const hint = endpointHint(value.text, protocol, hosts);
  throw new IpvsadmError(`illegal ${what} server address[:port] specified`, { ...value, hint });
}

function number(value: Word, low: number, high: number, message: string): number {
  return readNumber(value.text, low, high) ?? refuse(message, value);
}

function refuse(message: string, value: Word): never {
  throw new IpvsadmError(message, value);
}
