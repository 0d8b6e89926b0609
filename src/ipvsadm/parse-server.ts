/**
 * `-a`, `-e` and `-d`: what the options of a line say about a real server.
 *
 * With an address, direct routing and tunnels always use the service's port, because they do not
 * change it; masquerading uses the one that is written. With a mark there is no port to inherit.
 */
import { mayMixFamilies } from '../model/mixed-families.js';
import type { CommandService, DeleteServerCommand, ServerCommand } from './command.js';
import type { Draft } from './draft.js';
import type { Endpoint } from './endpoint.js';
import { IpvsadmError } from './error.js';
import { serviceOf } from './parse-service.js';
import { tunnelOf } from './tunnel-options.js';

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
  if (address.family !== values.family && !mayMixFamilies(values.method)) {
    const message = 'Different address family is allowed only for tunneling servers';
    throw new IpvsadmError(message, present.get('real-server'));
  }
  const tunnel = tunnelOf(values, present);
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
      tunnel,
    },
  };
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
