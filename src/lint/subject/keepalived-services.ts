/**
 * The services of a keepalived.conf, as the linter looks at them.
 */
import { IpAddress } from '../../ip-address.js';
import type { CommandPersistence, CommandService } from '../../ipvsadm/command.js';
import type {
  Member,
  RealServerConfiguration,
  SorryServerConfiguration,
  VirtualServerConfiguration,
} from '../../keepalived/configuration.js';
import type { Place } from '../../keepalived/messages.js';
import type { Forwarding } from '../../keepalived/blocks/drafts.js';
import type { LintPlace } from '../finding.js';
import type { LintConfiguration, LintServer, LintService } from './subject.js';

/**
 * Lists the services of a configuration.
 *
 * @param configuration - The configuration.
 * @returns Its services, in order.
 */
export function configuredServices(configuration: LintConfiguration): LintService[] {
  const { services } = configuration.parsed.configuration;
  return services.map((service) => serviceOf(service, configuration));
}

/**
 * A place in a configuration, as a place of the linter.
 *
 * @param file - The main file's name.
 * @param place - The place.
 */
export function placeIn(file: string, place: Place | undefined): LintPlace {
  if (place === undefined || place.line === 0) return { file, line: 1, column: 1 };
  return { file: place.file === '' ? file : place.file, line: place.line, column: place.column };
}

function serviceOf(service: VirtualServerConfiguration, from: LintConfiguration): LintService {
  const servers = service.servers.map((server) => serverOf(server, from));
  const { sorryServer } = service;
  const line = { text: '', place: placeIn(from.file, service.place) };
  return {
    line,
    label: service.label,
    members: service.members.map(memberOf),
    settings: {
      scheduler: service.scheduler,
      schedulerFlags: service.schedulerFlags,
      persistence: persistenceOf(service),
      onePacket: service.onePacket,
    },
    engine: service.persistenceEngine ?? '',
    servers: sorryServer === undefined ? servers : [...servers, sorryOf(sorryServer, line)],
    configuration: service,
  };
}

function memberOf(member: Member): CommandService {
  if (member.kind === 'mark') return { fwmark: member.fwmark, family: member.family };
  return { protocol: member.protocol, address: member.address, port: member.port };
}

function persistenceOf(service: VirtualServerConfiguration): CommandPersistence | false {
  const { persistenceSeconds: timeoutSeconds, granularity } = service;
  if (timeoutSeconds === 0) return false;
  return granularity instanceof IpAddress
    ? { timeoutSeconds, netmask: granularity }
    : { timeoutSeconds };
}

function serverOf(server: RealServerConfiguration, from: LintConfiguration): LintServer {
  const { address, port, weight, upperThreshold, lowerThreshold, forwarding } = server;
  const line = { text: '', place: placeIn(from.file, server.place) };
  const thresholds = { upperThreshold, lowerThreshold };
  return { line, address, port, weight, ...thresholds, ...methodOf(forwarding), isSorry: false };
}

function sorryOf(server: SorryServerConfiguration, line: LintService['line']): LintServer {
  const { address, port, forwarding } = server;
  const thresholds = { upperThreshold: 0, lowerThreshold: 0 };
  return { line, address, port, weight: 1, ...thresholds, ...methodOf(forwarding), isSorry: true };
}

function methodOf(forwarding: Forwarding): Pick<LintServer, 'method' | 'tunnel'> {
  return { method: forwarding.method, tunnel: forwarding.tunnel };
}
