/**
 * The table of services that lines of the rule language build up, and what is refused on the way.
 *
 * The answers are the tool's own. A script is read once, although it may run in several ways: there what a line
 * deletes stays, and what was added before may be added again.
 */
import type {
  Command,
  CommandServer,
  CommandService,
  DeleteServerCommand,
  ServerCommand,
  ServiceCommand,
} from '../../ipvsadm/command.js';
import { IpvsadmError } from '../../ipvsadm/error.js';
import { parseCommand } from '../../ipvsadm/parse.js';
import { mayBeServer } from '../../director/allowed-server-addresses.js';
import type { IpAddress } from '../../ip-address.js';
import { isSchedulerName } from '../../schedulers/create-scheduler.js';
import { silentServerChanges, silentServiceChanges } from './silent-changes.js';
import type {
  LintCommand,
  LintEdit,
  LintLine,
  LintRefusal,
  LintServer,
  LintService,
} from './subject.js';

/** A service while lines are read. */
interface Row extends LintService {
  settings: LintService['settings'];
  engine: string;
  servers: LintServer[];
  readonly ports: Map<string, number>;
}

const NOT_UNICAST = 'Invalid operation.  Possibly wrong module version, address not unicast, ...';

const EXISTS = 'Destination already exists';
/** What a script is not blamed for. */
const USUAL = [
  'Service already exists',
  'Service not defined',
  'No such service',
  'No such destination',
];

/** Reads lines of the rule language. */
export class RuleTable {
  /** What was refused. */
  readonly refusals: LintRefusal[] = [];
  /** Edits. */
  readonly edits: LintEdit[] = [];
  /** Commands that concern no service. */
  readonly commands: LintCommand[] = [];
  private readonly rows = new Map<string, Row>();

  /** @returns The services, in the order in which they were added. */
  get services(): LintService[] {
    return [...this.rows.values()];
  }

  /**
   * Reads a line.
   *
   * @param line - The line.
   * @param lenient - Whether it is of a script.
   */
  read(line: LintLine, lenient: boolean): void {
    try {
      const command = parseCommand(line.text, line.place.line);
      const refusal = this.run(command, line, lenient);
      if (refusal !== '' && !(lenient && this.isUsual(refusal, line))) throw refused(refusal, line);
    } catch (error) {
      if (!(error instanceof IpvsadmError)) throw error;
      this.refusals.push({ line: { ...line, place: placed(line, error) }, error });
    }
  }

  /**
   * Notes a line that is not understood.
   *
   * @param line - The line.
   * @param message - Why.
   */
  refuse(line: LintLine, message: string): void {
    this.refusals.push({ line, error: refused(message, line) });
  }

  /** Whether a refusal is usual in a script, which may run on any table, and more than once. */
  private isUsual(refusal: string, { text }: LintLine): boolean {
    if (refusal === EXISTS) return [...this.rows.values()].some((row) => has(row, text));
    return USUAL.includes(refusal);
  }

  /** Does a command; returns the tool's message when it is refused. */
  private run(command: Command, line: LintLine, lenient: boolean): string {
    switch (command.command) {
      case 'add-service':
        return this.addService(command, line);
      case 'edit-service':
        return this.editService(command, line);
      case 'add-server':
        return this.addServer(command, line);
      case 'edit-server':
        return this.editServer(command, line);
      case 'delete-service':
        return lenient || this.rows.delete(keyOf(command.service)) ? '' : 'No such service';
      case 'delete-server':
        return lenient ? '' : this.deleteServer(command);
      case 'flush':
        if (!lenient) this.rows.clear();
        return '';
      default:
        this.commands.push({ line, command });
        return '';
    }
  }

  private addService(command: ServiceCommand, line: LintLine): string {
    const key = keyOf(command.service);
    if (this.rows.has(key)) return 'Service already exists';
    if (!isSchedulerName(command.settings.scheduler)) {
      return 'Scheduler or persistence engine not found';
    }
    this.rows.set(key, {
      line,
      label: labelOf(command.service),
      members: [command.service],
      settings: command.settings,
      engine: command.persistenceEngine,
      servers: [],
      ports: new Map(),
      configuration: undefined,
    });
    return '';
  }

  private editService(command: ServiceCommand, line: LintLine): string {
    const row = this.rows.get(keyOf(command.service));
    if (row === undefined) return 'No such service';
    this.edits.push({ line, silent: silentServiceChanges(row.settings, command.settings, line) });
    row.settings = command.settings;
    row.engine = command.persistenceEngine;
    return '';
  }

  private addServer({ service, server }: ServerCommand, line: LintLine): string {
    const row = this.rows.get(keyOf(service));
    if (row === undefined) return 'Service not defined';
    if (server.lowerThreshold > server.upperThreshold) return 'Numerical result out of range';
    const key = serverKeyOf(server);
    if (row.ports.has(key)) return EXISTS;
    if (!mayBeServer(server.address, [])) return NOT_UNICAST;
    row.ports.set(key, row.servers.length);
    row.servers.push(serverOf(server, line));
    return '';
  }

  private editServer({ service, server }: ServerCommand, line: LintLine): string {
    const row = this.rows.get(keyOf(service));
    if (row === undefined) return 'Service not defined';
    if (server.lowerThreshold > server.upperThreshold) return 'Numerical result out of range';
    const index = row.ports.get(serverKeyOf(server));
    const old = index === undefined ? undefined : row.servers[index];
    if (index === undefined || old === undefined) return 'No such destination';
    this.edits.push({ line, silent: silentServerChanges(old, server, line) });
    row.servers[index] = serverOf(server, line);
    return '';
  }

  private deleteServer({ service, server }: DeleteServerCommand): string {
    const row = this.rows.get(keyOf(service));
    if (row === undefined) return 'Service not defined';
    const index = row.ports.get(serverKeyOf(server));
    if (index === undefined) return 'No such destination';
    row.servers.splice(index, 1);
    row.ports.clear();
    for (const [at, each] of row.servers.entries()) row.ports.set(serverKeyOf(each), at);
    return '';
  }
}

function has({ servers }: Row, text: string): boolean {
  return servers.some(({ line }) => line.text === text);
}

function serverOf(server: CommandServer, line: LintLine): LintServer {
  const { address, port, weight, upperThreshold, lowerThreshold } = server;
  const { forwardingMethod: method, tunnel } = server;
  const thresholds = { upperThreshold, lowerThreshold };
  return { line, address, port, weight, ...thresholds, method, tunnel, isSorry: false };
}

function refused(message: string, line: LintLine): IpvsadmError {
  return new IpvsadmError(message, { exitStatus: 255 }).inLine(line.place.line, line.text);
}

/** Where an error is: scripts have other columns than their commands, so there it is the line as a whole. */
function placed({ place }: LintLine, error: IpvsadmError): LintLine['place'] {
  return { ...place, column: place.column - 1 + error.column };
}

/**
 * How messages call a service.
 *
 * @param service - The service.
 */
export function labelOf(service: CommandService): string {
  if ('fwmark' in service) return `mark ${service.fwmark}`;
  const { protocol, address, port } = service;
  return `${protocol} ${address.family === 6 ? `[${address}]` : String(address)}:${port}`;
}

function keyOf(service: CommandService): string {
  if ('fwmark' in service) return `mark ${service.fwmark} ${service.family}`;
  return `${service.protocol} ${addressKey(service.address)} ${service.port}`;
}

function serverKeyOf({ address, port }: { address: IpAddress; port: number }): string {
  return `${addressKey(address)} ${port}`;
}

function addressKey({ family, word0, word1, word2, word3 }: IpAddress): string {
  return family === 4 ? String(word3) : `${word0} ${word1} ${word2} ${word3}`;
}
