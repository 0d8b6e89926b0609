/**
 * `-a`, `-e` and `-d`: what the options of a line say about a real server.
 *
 * With an address, direct routing and tunnels always use the service's port, because they do not
 * change it; masquerading uses the one that is written. With a mark there is no port to inherit.
 */
import { checkTunnelOptions } from './allowed-options.js';
import type { CommandService, DeleteServerCommand, ServerCommand } from './command.js';
import { DEFAULT_TUNNEL, type Tunnel } from '../model/forwarding-method.js';
import type { DraftValues } from './draft-values.js';
import type { Draft } from './draft.js';
import type { Endpoint } from './endpoint.js';
import { IpvsadmError } from './error.js';
import type { OptionName } from './options.js';
import { serviceOf } from './parse-service.js';

const tunnelOptions: readonly OptionName[] = [
  'tun-type',
  'tun-port',
  'tun-nocsum',
  'tun-csum',
  'tun-remcsum',
];

/**
 * Makes the command that adds or edits a server.
 *
 * @param command - Which of the two.
 * @param draft - The line, its options checked.
 * @returns The command.
 * @throws {IpvsadmError} When its family or its tunnel options do not go with its forwarding method.
 */
export function serverCommand(command: ServerCommand['command'], draft: Draft): ServerCommand {
  const { present, values } = draft;
  const { address, port } = values.server as Endpoint;
  const tunneled = values.method === 'tunneling';
  if (address.family !== values.family && !tunneled) {
    const message = 'Different address family is allowed only for tunneling servers';
    throw new IpvsadmError(message, present.get('real-server'));
  }
  const tunnelOption = tunnelOptions.find((name) => present.has(name));
  if (!tunneled && tunnelOption !== undefined) {
    const message = 'Tunnel options conflict with forward method';
    throw new IpvsadmError(message, present.get(tunnelOption));
  }
  if (tunneled) checkTunnelOptions(values.tunnelType, present);
  const service = serviceOf(draft);
  const fixedPort = 'port' in service && values.method !== 'masquerading';
  return {
    command,
    service,
    server: {
      address,
      port: fixedPort ? service.port : (port ?? inheritedPort(service)),
      weight: values.weight,
      upperThreshold: values.upperThreshold,
      lowerThreshold: values.lowerThreshold,
      forwardingMethod: values.method,
      tunnel: tunnelOption === undefined ? DEFAULT_TUNNEL : tunnelOf(values),
    },
  };
}

function tunnelOf({ tunnelType, tunnelPort, tunnelChecksum }: DraftValues): Tunnel {
  return { type: tunnelType, port: tunnelPort, checksum: tunnelChecksum };
}

/**
 * Makes the command that removes a server.
 *
 * @param draft - The line, its options checked.
 * @returns The command.
 */
export function deleteServerCommand(draft: Draft): DeleteServerCommand {
  const { address, port } = draft.values.server as Endpoint;
  const service = serviceOf(draft);
  return {
    command: 'delete-server',
    service,
    server: { address, port: port ?? inheritedPort(service) },
  };
}

function inheritedPort(service: CommandService): number {
  return 'port' in service ? service.port : 0;
}
