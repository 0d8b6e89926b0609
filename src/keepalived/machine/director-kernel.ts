/**
 * A director in the place of the kernel: does commands, and refuses with the kernel's words.
 */
import { type ErrorCode, isIpvsError } from '../../errors.js';
import { IpAddress } from '../../ip-address.js';
import type { SyncDaemon, SyncRole } from '../../sync/sync-daemon.js';
import type { ServerAddress, ServerOptions, ServerSettings } from '../../model/server-settings.js';
import type { TimeoutSettings } from '../../connections/states/timeouts.js';
import type { PersistenceEngineName } from '../../model/persistence-engine.js';
import type { ServiceName } from '../../services/service-key.js';
import type { ServiceSettings } from '../../services/service.js';
import type { VirtualServerConfiguration } from '../configuration.js';
import { memberName } from './member-name.js';
import type { CommandedServer, IpvsCommand, KernelRefusal } from './commands.js';

/** The part of a director that commands change; each refusal is an `IpvsError` with a code. */
export interface CommandedDirector {
  /** Adds a service. */
  addService(name: ServiceName, settings: ServiceSettings): unknown;
  /** Changes a service's settings. */
  editService(name: ServiceName, settings: ServiceSettings): unknown;
  /** Deletes a service. */
  removeService(name: ServiceName): unknown;
  /** Adds a server. */
  addServer(name: ServiceName, server: ServerOptions): unknown;
  /** Changes a server's settings. */
  editServer(name: ServiceName, server: ServerAddress, settings: ServerSettings): unknown;
  /** Removes a server. */
  removeServer(name: ServiceName, server: ServerAddress): unknown;
  /** Deletes all services. */
  flush(): void;
  /** Changes the timeouts of connections. */
  setTimeouts(timeouts: TimeoutSettings): void;
  /** Starts a synchronization daemon. */
  startDaemon(daemon: SyncDaemon): void;
  /** Stops a synchronization daemon. */
  stopDaemon(role: SyncRole): void;
}

const DEFAULT_SYNC_PORT = 8848;
const DEFAULT_SYNC_BYTES = 1472;
const DEFAULT_SYNC_GROUP = '224.0.0.81';
/** The greatest threshold of a director; the kernel takes no more, either. */
const MAX_THRESHOLD = 2147483647;

/**
 * Makes a director do commands.
 *
 * @param director - The director.
 * @returns What does a command, and answers why it is refused.
 */
export function directorKernel(
  director: CommandedDirector,
): (command: IpvsCommand) => KernelRefusal | undefined {
  return (command) => {
    try {
      return perform(director, command);
    } catch (error) {
      if (!isIpvsError(error)) throw error;
      if (command.command === 'delete-server') return NO_DESTINATION;
      return refusals[error.code] ?? INVALID;
    }
  };
}

const INVALID: KernelRefusal = {
  text: 'Invalid operation.  Possibly wrong module version, address not unicast, ...',
  errno: 22,
};

/** What is said of a server that cannot be deleted, whatever is missing. */
const NO_DESTINATION: KernelRefusal = { text: 'No such destination', errno: 2 };

/** What is said of an unknown scheduler or persistence engine. */
const NAME_NOT_FOUND: KernelRefusal = {
  text: 'Scheduler or persistence engine not found',
  errno: 2,
};

const refusals: Readonly<Partial<Record<ErrorCode, KernelRefusal>>> = {
  ERR_SERVICE_EXISTS: { text: 'Service already exists', errno: 17 },
  ERR_SERVICE_NOT_FOUND: { text: 'No such file or directory', errno: 2 },
  ERR_SCHEDULER_NOT_FOUND: NAME_NOT_FOUND,
  ERR_PERSISTENCE_ENGINE_NOT_FOUND: NAME_NOT_FOUND,
  ERR_SERVER_EXISTS: { text: 'Destination already exists', errno: 17 },
  ERR_SERVER_NOT_FOUND: NO_DESTINATION,
  ERR_THRESHOLDS: { text: 'Numerical result out of range', errno: 34 },
};

function perform(director: CommandedDirector, command: IpvsCommand): KernelRefusal | undefined {
  switch (command.command) {
    case 'add-service':
      director.addService(memberName(command.member), settingsOf(command.service));
      return undefined;
    case 'edit-service':
      director.editService(memberName(command.member), settingsOf(command.service));
      return undefined;
    case 'delete-service':
      director.removeService(memberName(command.member));
      return undefined;
    case 'flush':
      director.flush();
      return undefined;
    case 'set-timeouts':
      director.setTimeouts(timeoutsOf(command));
      return undefined;
    case 'start-daemon':
      director.startDaemon(daemonOf(command));
      return undefined;
    case 'stop-daemon':
      director.stopDaemon(command.role);
      return undefined;
    default:
      return performOnServer(director, command.command, memberName(command.member), command.server);
  }
}

/** The engine of a persistent service; a name that is no engine's is refused by the director. */
function engineOf({
  persistenceEngine: name,
  persistenceSeconds,
}: VirtualServerConfiguration): PersistenceEngineName | false {
  const isNamed = name !== undefined && name !== '' && persistenceSeconds > 0;
  return isNamed ? (name as PersistenceEngineName) : false;
}

function performOnServer(
  director: CommandedDirector,
  command: 'add-server' | 'edit-server' | 'delete-server',
  name: ServiceName,
  server: CommandedServer,
): KernelRefusal | undefined {
  const { address, port, forwarding, weight, upperThreshold, lowerThreshold } = server;
  if (command === 'delete-server') {
    director.removeServer(name, { address, port });
    return undefined;
  }
  if (Math.max(upperThreshold, lowerThreshold) > MAX_THRESHOLD) return INVALID;
  const { method, tunnel } = forwarding;
  const settings = { weight, upperThreshold, lowerThreshold, forwardingMethod: method, tunnel };
  if (command === 'add-server') director.addServer(name, { address, port, ...settings });
  else director.editServer(name, { address, port }, settings);
  return undefined;
}

/**
 * The settings of a service as a director takes them.
 *
 * @param service - The service.
 * @returns The settings.
 */
function settingsOf(service: VirtualServerConfiguration): ServiceSettings {
  const { scheduler, schedulerFlags, onePacket, persistenceSeconds, granularity } = service;
  const persistence =
    persistenceSeconds === 0
      ? (false as const)
      : { timeoutSeconds: persistenceSeconds, ...netmaskOf(granularity) };
  const persistenceEngine = engineOf(service);
  return { scheduler, schedulerFlags, onePacket, persistence, persistenceEngine };
}

function netmaskOf(granularity: IpAddress | number | undefined): { netmask?: IpAddress | number } {
  return granularity === undefined ? {} : { netmask: granularity };
}

function timeoutsOf(command: Extract<IpvsCommand, { command: 'set-timeouts' }>): TimeoutSettings {
  const { tcpSeconds, tcpFinSeconds, udpSeconds } = command;
  return { tcpSeconds, tcpFinSeconds, udpSeconds };
}

function daemonOf(command: Extract<IpvsCommand, { command: 'start-daemon' }>): SyncDaemon {
  const { role, device, syncId, maxLengthBytes, port, ttl, group } = command;
  return {
    role,
    device,
    syncId,
    maxLengthBytes: maxLengthBytes || DEFAULT_SYNC_BYTES,
    port: port || DEFAULT_SYNC_PORT,
    ttl: ttl || 1,
    group: IpAddress.parse(group ?? DEFAULT_SYNC_GROUP),
  };
}
