/**
 * A virtual server at work: does what its pool decides, as commands and log lines.
 */
import { type PoolEvent, type PoolObserver, ServerPool } from '../../health/machine/server-pool.js';
import type { KeepalivedBehavior } from '../behavior.js';
import type { Script } from '../blocks/drafts.js';
import type { Member, VirtualServerConfiguration } from '../configuration.js';
import { type IpvsCommand, type KernelRefusal, refusalLine } from './commands.js';
import type { WatchedServer } from './watched-server.js';

/** What a service works with. */
export interface ServiceTools {
  /** Which of the recorded habits are followed. */
  readonly behavior: KeepalivedBehavior;
  /** Does a command; the answer is why it is refused. */
  readonly kernel: (command: IpvsCommand) => KernelRefusal | undefined;
  /** Takes a log line. */
  readonly log: (line: string) => void;
  /** Runs a script. */
  readonly notify: (script: Script) => void;
}

/** A virtual server with its servers. */
export class ServiceRun implements PoolObserver<WatchedServer> {
  /** What is configured; a reload replaces it. */
  configuration: VirtualServerConfiguration;
  /** Its servers. */
  readonly pool: ServerPool<WatchedServer>;
  /** Whether servers of marks in a group are named with their port. */
  namesPortsOfMarks = false;

  private readonly tools: ServiceTools;

  /**
   * @param configuration - What is configured.
   * @param servers - Its servers, in order.
   * @param sorry - Its sorry server.
   * @param tools - What it works with.
   */
  constructor(
    configuration: VirtualServerConfiguration,
    servers: readonly WatchedServer[],
    sorry: WatchedServer | undefined,
    tools: ServiceTools,
  ) {
    this.configuration = configuration;
    this.tools = tools;
    const { quorum, hysteresis } = configuration;
    this.pool = new ServerPool(servers, sorry, { quorum, hysteresis }, this);
  }

  /**
   * Adds services.
   *
   * @param members - Which.
   */
  addServices(members: readonly Member[]): void {
    const { configuration: service } = this;
    for (const member of members) this.command({ command: 'add-service', member, service });
  }

  /** Deletes all its services. */
  deleteServices(): void {
    for (const member of this.configuration.members) {
      this.command({ command: 'delete-service', member });
    }
  }

  add(server: WatchedServer, weight: number): boolean {
    return this.forMembers('add-server', server, weight);
  }

  edit(server: WatchedServer, weight: number): void {
    this.forMembers('edit-server', server, weight);
  }

  remove(server: WatchedServer): void {
    this.forMembers('delete-server', server, server.weight);
  }

  /**
   * Does a command about a server to members.
   *
   * @param command - Which command.
   * @param server - The server.
   * @param weight - Its weight.
   * @param members - Which members; default all.
   * @returns Whether no member refused.
   */
  forMembers(
    command: 'add-server' | 'edit-server' | 'delete-server',
    server: WatchedServer,
    weight: number,
    members: readonly Member[] = this.configuration.members,
  ): boolean {
    let done = true;
    for (const member of members) {
      const { configuration } = server;
      const thresholds = 'upperThreshold' in configuration ? configuration : NO_THRESHOLDS;
      const commanded = {
        address: configuration.address,
        port: this.portFor(member, server),
        forwarding: configuration.forwarding,
        weight,
        upperThreshold: thresholds.upperThreshold,
        lowerThreshold: thresholds.lowerThreshold,
      };
      done = this.command({ command, member, server: commanded }) && done;
    }
    return done;
  }

  /** Masqueraded servers keep their port; in a group the others take each member's. */
  private portFor(member: Member, { configuration }: WatchedServer): number {
    const { forwarding, port } = configuration;
    if (this.configuration.group === undefined || forwarding.method === 'masquerading') return port;
    if (member.kind === 'address') return member.port;
    return this.namesPortsOfMarks ? port : 0;
  }

  /**
   * Does a command and logs its refusal.
   *
   * @param command - The command.
   * @returns Whether it was done.
   */
  command(command: IpvsCommand): boolean {
    const refusal = this.tools.kernel(command);
    if (refusal !== undefined) this.tools.log(refusalLine(command, refusal));
    // What is there already is as good as added.
    return refusal === undefined || refusal.errno === ALREADY_THERE;
  }

  note(event: PoolEvent<WatchedServer>): void {
    if (event.type === 'quorum-up') return this.notify(this.configuration.quorumUp);
    if (event.type === 'quorum-down') return this.notify(this.configuration.quorumDown);
    const line = this.lineOf(event);
    if (line !== undefined) this.tools.log(line);
  }

  /**
   * Runs a script, if there is one.
   *
   * @param script - The script.
   */
  notify(script: Script | undefined): void {
    if (script !== undefined) this.tools.notify(script);
  }

  private lineOf(event: PoolEvent<WatchedServer>): string | undefined {
    const vs = this.configuration.label;
    switch (event.type) {
      case 'up':
      case 'down':
        return changeLine(event.type === 'up', event.server, vs);
      case 'weight': {
        const state = event.server.alive ? 'active' : 'inactive';
        return `Changing weight from ${event.from} to ${event.to} for ${state} service ${event.server.label} of VS ${vs}`;
      }
      case 'sorry-in':
        return `${event.server.inhibit ? 'Enabling' : 'Adding'} sorry server ${event.server.label} to VS ${vs}`;
      case 'sorry-out':
        return `${event.server.inhibit ? 'Disabling' : 'Removing'} sorry server ${event.server.label} from VS ${vs}`;
      case 'emptying':
        return `Removing alive servers from the pool for VS ${vs}`;
      case 'filling':
        return `Adding alive servers to the pool for VS ${vs}`;
      case 'gained':
      case 'lost':
        return this.quorumLine(event);
      default:
        return undefined;
    }
  }

  private quorumLine({
    type,
    total,
    starting,
  }: Extract<PoolEvent<WatchedServer>, { type: 'gained' | 'lost' }>): string | undefined {
    const { quorum, hysteresis } = this.pool.rules;
    const { label, quorumDown, sorryServer } = this.configuration;
    const sum = quorum + hysteresis;
    if (type === 'gained')
      return `Gained quorum ${quorum}+${hysteresis}=${sum} <= ${total} for VS ${label}`;
    if (!starting) {
      return `Lost quorum ${quorum}-${hysteresis}=${quorum - hysteresis} > ${total} for VS ${label}`;
    }
    if (quorumDown === undefined && sorryServer === undefined) return undefined;
    const sign = this.tools.behavior.printsMinusAtStart ? '-' : '+';
    return `Starting with quorum down ${quorum}${sign}${hysteresis}=${sum} > ${total} for VS ${label}`;
  }
}

/** The error number of what exists. */
const ALREADY_THERE = 17;
const NO_THRESHOLDS = { upperThreshold: 0, lowerThreshold: 0 };

function changeLine(up: boolean, { inhibit, label }: WatchedServer, vs: string): string {
  if (inhibit) return `${up ? 'Enabling' : 'Disabling'} service ${label} of VS ${vs}`;
  return up ? `Adding service ${label} to VS ${vs}` : `Removing service ${label} from VS ${vs}`;
}
