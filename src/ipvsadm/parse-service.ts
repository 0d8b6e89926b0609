/**
 * `-A` and `-E`: what the options of a line say about a service.
 */
import { DEFAULT_SCHEDULER } from '../services/scheduler-registry.js';
import type {
  CommandPersistence,
  CommandService,
  CommandServiceSettings,
  ServiceCommand,
} from './command.js';
import type { Draft } from './draft.js';
import type { DraftValues } from './option-defaults.js';
import type { Endpoint } from './endpoint.js';
import { IpvsadmError } from './error.js';

/**
 * Makes the command.
 *
 * @param command - Which of the two.
 * @param draft - The line, its options checked.
 * @param schedulerFlags - The scheduler's flags.
 * @returns The command.
 * @throws {IpvsadmError} When the service's port is 0 and it is not persistent, or it has one-packet
 *   scheduling and is not for UDP.
 */
export function serviceCommand(
  command: ServiceCommand['command'],
  draft: Draft,
  schedulerFlags: number,
): ServiceCommand {
  const { present, values } = draft;
  const service = serviceOf(draft);
  const { scheduler } = values;
  const onePacket = present.has('ops');
  if ('port' in service && service.port === 0 && !present.has('persistent')) {
    const message = 'Zero port specified for non-persistent service';
    throw new IpvsadmError(message, present.get('service-address'));
  }
  if (onePacket && 'protocol' in service && service.protocol !== 'udp') {
    const message = 'One-Packet Scheduling is only for UDP virtual services';
    throw new IpvsadmError(message, present.get('ops'));
  }
  const settings: CommandServiceSettings = {
    scheduler: scheduler.text === '' ? DEFAULT_SCHEDULER : scheduler.text,
    schedulerFlags,
    persistence: present.has('persistent') ? persistenceOf(values) : false,
    onePacket,
  };
  return { command, service, settings, persistenceEngine: values.engine };
}

function persistenceOf({ timeoutSeconds, netmask }: DraftValues): CommandPersistence {
  return netmask === undefined ? { timeoutSeconds } : { timeoutSeconds, netmask };
}

/**
 * The service a line names.
 *
 * @param draft - A line that names one.
 * @returns What names it.
 */
export function serviceOf({ values }: Draft): CommandService {
  if (values.mark !== 0) return { fwmark: values.mark, family: values.family };
  const { address, port } = values.service as Endpoint;
  return { protocol: values.protocol, address, port: port ?? 0 };
}
