/**
 * Does what a command says, and answers with the tool's own text.
 */
import { type ErrorCode, isIpvsError } from '../errors.js';
import type { Administrator } from './administrator.js';
import type { TimeoutSettings } from '../connections/states/timeouts.js';
import type { ServerSettings } from '../model/server-settings.js';
import type { PersistenceEngineName } from '../model/persistence-engine.js';
import type { ServiceSettings } from '../services/service.js';
import type {
  Command,
  CommandServer,
  ListCommand,
  ServiceCommand,
  SetTimeoutsCommand,
  StartDaemonCommand,
} from './command.js';
import { type ExitStatus, IpvsadmError, tryHelp } from './error.js';
import { HELP_TEXT, VERSION_TEXT } from './help.js';
import { listConnections } from './list-connections.js';
import { type ListOptions, listServices, listServicesInPortions } from './list-services.js';
import { listDaemons, listTimeouts } from './list-single-lines.js';
import { saveRules, type SaveOptions } from './save.js';
import { requireTextOptions } from './text-options.js';

/** How commands are done. */
export interface ExecuteOptions extends ListOptions, Omit<SaveOptions, 'names'> {}

/**
 * Does a command.
 *
 * @param command - The command.
 * @param administrator - Whom it concerns.
 * @param options - How listings and saved rules are written.
 * @returns What the tool writes to its standard output; empty for most commands.
 * @throws {IpvsadmError} When the administrator refuses, with the tool's message; nothing is changed.
 */
export function executeCommand(
  command: Command,
  administrator: Administrator,
  options: ExecuteOptions = {},
): string {
  requireTextOptions(options);
  return executeChecked(command, administrator, options);
}

/**
 * Does a command as {@link executeCommand} does, for many commands with options that were checked once.
 *
 * @param command - The command.
 * @param administrator - Whom it concerns.
 * @param options - How listings and saved rules are written, checked.
 * @returns What the tool writes to its standard output.
 * @throws {IpvsadmError} When the administrator refuses.
 */
export function executeChecked(
  command: Command,
  administrator: Administrator,
  options: ExecuteOptions,
): string {
  try {
    return perform(command, administrator, options);
  } catch (error) {
    throw isIpvsError(error) && !(error instanceof IpvsadmError)
      ? translated(command, error.code)
      : error;
  }
}

/**
 * Does a command as {@link executeCommand} does, and gives a listing of services in portions, which can be written while
 * the next one is made.
 *
 * @param command - The command.
 * @param administrator - Whom it concerns; must not change before the last portion was taken.
 * @param options - How listings and saved rules are written.
 * @returns What the tool writes to its standard output, whole lines each.
 * @throws {IpvsadmError} When the administrator refuses, in front of the first portion.
 */
export function* executeInPortions(
  command: Command,
  administrator: Administrator,
  options: ExecuteOptions = {},
): Generator<string> {
  if (command.command !== 'list' || command.what !== 'services') {
    yield executeCommand(command, administrator, options);
    return;
  }
  requireTextOptions(options);
  administrator.advance?.();
  try {
    yield* listServicesInPortions(command, administrator, options);
  } catch (error) {
    throw isIpvsError(error) ? translated(command, error.code) : error;
  }
}

function perform(command: Command, administrator: Administrator, options: ExecuteOptions): string {
  switch (command.command) {
    case 'list':
      return list(command, administrator, options);
    case 'save':
      return saveRules(administrator.services, { ...options, names: !command.numeric });
    case 'help':
      return HELP_TEXT;
    case 'version':
      return VERSION_TEXT;
    default:
      change(command, administrator);
      return '';
  }
}

type Change = Exclude<Command, ListCommand | { readonly command: 'help' | 'version' | 'save' }>;

function change(command: Change, administrator: Administrator): void {
  switch (command.command) {
    case 'add-service':
    case 'edit-service':
      return changeService(command, administrator);
    case 'delete-service':
      return void administrator.removeService(command.service);
    case 'add-server':
      return void administrator.addServer(command.service, command.server);
    case 'edit-server':
      return void administrator.editServer(
        command.service,
        command.server,
        settingsOf(command.server),
      );
    case 'delete-server':
      return void administrator.removeServer(command.service, command.server);
    case 'zero':
      return administrator.zero(command.service);
    case 'set':
      return administrator.setTimeouts(timeoutsOf(command));
    case 'start-daemon':
      return administrator.startDaemon(daemonOf(command));
    case 'stop-daemon':
      return administrator.stopDaemon(command.role);
    case 'flush':
      return administrator.flush();
    default:
      // The rules to restore stand elsewhere; the tool answers so to a restore within a restore.
      throw tryHelp('-R', 1);
  }
}

function settingsOf(server: CommandServer): ServerSettings {
  const { weight, upperThreshold, lowerThreshold, forwardingMethod, tunnel } = server;
  return { weight, upperThreshold, lowerThreshold, forwardingMethod, tunnel };
}

function timeoutsOf(command: SetTimeoutsCommand): TimeoutSettings {
  const { tcpSeconds, tcpFinSeconds, udpSeconds } = command;
  return { tcpSeconds, tcpFinSeconds, udpSeconds };
}

function changeService(command: ServiceCommand, administrator: Administrator): void {
  const { service } = command;
  const settings = serviceSettingsOf(command);
  if (command.command === 'add-service') administrator.addService(service, settings);
  else administrator.editService(service, settings);
}

/** The settings of a service; a name that is no engine's is refused where an unknown scheduler is. */
function serviceSettingsOf({ settings, persistenceEngine }: ServiceCommand): ServiceSettings {
  const engine = persistenceEngine === '' ? false : (persistenceEngine as PersistenceEngineName);
  return { ...settings, persistenceEngine: engine };
}

function daemonOf(command: StartDaemonCommand): Omit<StartDaemonCommand, 'command'> {
  const { role, device, syncId, maxLengthBytes, group, port, ttl } = command;
  return { role, device, syncId, maxLengthBytes, group, port, ttl };
}

function list(command: ListCommand, administrator: Administrator, options: ListOptions): string {
  administrator.advance?.();
  switch (command.what) {
    case 'connections':
      return listConnections(administrator.connections?.() ?? [], command);
    case 'timeouts':
      return listTimeouts(administrator.timeouts);
    case 'daemons':
      return listDaemons(administrator.daemons);
    default:
      return listServices(command, administrator, options);
  }
}

const NAME_NOT_FOUND = 'Scheduler or persistence engine not found';

const messages: Readonly<Partial<Record<ErrorCode, string>>> = {
  ERR_SERVICE_EXISTS: 'Service already exists',
  ERR_SERVICE_NOT_FOUND: 'No such service',
  ERR_SCHEDULER_NOT_FOUND: NAME_NOT_FOUND,
  ERR_PERSISTENCE_ENGINE_NOT_FOUND: NAME_NOT_FOUND,
  ERR_SERVER_EXISTS: 'Destination already exists',
  ERR_SERVER_NOT_FOUND: 'No such destination',
  ERR_THRESHOLDS: 'Numerical result out of range',
  ERR_DEVICE_NOT_FOUND: 'No such device',
  ERR_DAEMON_RUNNING: 'Daemon has already run',
  ERR_DAEMON_NOT_RUNNING: 'No daemon is running',
};

const invalid = 'Invalid operation.  Possibly wrong module version, address not unicast, ...';

/** The tool's words for a refusal. */
function translated(request: Command, code: ErrorCode): IpvsadmError {
  const { command } = request;
  const exitStatus: ExitStatus = command === 'list' ? 1 : 255;
  const aboutServer = command.endsWith('-server');
  const message =
    code === 'ERR_SERVICE_NOT_FOUND' && aboutServer ? 'Service not defined' : messages[code];
  const text = unknownName(request, code);
  return new IpvsadmError(message ?? invalid, { exitStatus, code, text });
}

/** The name that was not found: that of the engine or of the scheduler. */
function unknownName(request: Command, code: ErrorCode): string {
  if (!('settings' in request)) return '';
  if (code === 'ERR_SCHEDULER_NOT_FOUND') return request.settings.scheduler;
  return code === 'ERR_PERSISTENCE_ENGINE_NOT_FOUND' ? request.persistenceEngine : '';
}
