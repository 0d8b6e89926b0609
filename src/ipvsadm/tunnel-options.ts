/**
 * Which tunnel options a server may have: none but with tunneling, and then those of its kind of tunnel.
 *
 * | `--tun-type` | must have    | may have, one of them                            |
 * | ------------ | ------------ | ------------------------------------------------ |
 * | `ipip`       |              |                                                  |
 * | `gue`        | `--tun-port` | `--tun-nocsum`, `--tun-csum`, `--tun-remcsum`    |
 * | `gre`        |              | `--tun-nocsum`, `--tun-csum`                     |
 *
 * Source: ipvsadm(8), and recorded messages.
 */
import { DEFAULT_TUNNEL, type Tunnel, type TunnelType } from '../model/forwarding-method.js';
import { checkOptions, type OptionRule } from './allowed-options.js';
import { IpvsadmError } from './error.js';
import type { DraftValues } from './option-defaults.js';
import { type OptionName, TUNNEL_OPTIONS } from './options.js';
import type { Word } from './split.js';

const [, , ...checksums] = TUNNEL_OPTIONS;

const rules: Readonly<Record<TunnelType, OptionRule>> = {
  ipip: {},
  gue: { must: ['tun-port'], may: checksums, exclusive: checksums },
  gre: { may: ['tun-nocsum', 'tun-csum'], exclusive: checksums },
};

/**
 * The tunnel to a server.
 *
 * @param values - What the line says.
 * @param present - The options the line has, as they are written.
 * @returns The tunnel; the default one when no option is there.
 * @throws {IpvsadmError} When the options do not go with the forwarding method or with each other.
 */
export function tunnelOf(values: DraftValues, present: ReadonlyMap<OptionName, Word>): Tunnel {
  const { method, tunnelType: type, tunnelPort: port, tunnelChecksum: checksum } = values;
  const option = TUNNEL_OPTIONS.find((name) => present.has(name));
  if (method === 'tunneling') {
    checkOptions(rules[type], ['tun-port', ...checksums], present, `'${type}' tunnel type`);
  } else if (option !== undefined) {
    const message = 'Tunnel options conflict with forward method';
    throw new IpvsadmError(message, present.get(option));
  }
  return option === undefined ? DEFAULT_TUNNEL : { type, port, checksum };
}
