/**
 * Health checks of a director that runs: one checker per service, which changes what is in force and passes the
 * change to the engine.
 */
import type { Director } from '../../director/director.js';
import { HealthChecker } from '../../health/health-checker.js';
import { httpProbe } from '../../health/node/http-probe.js';
import { pingProbe } from '../../health/node/ping-probe.js';
import { tcpProbe } from '../../health/node/tcp-probe.js';
import type { Probe } from '../../health/probe.js';
import type { Command } from '../../ipvsadm/command.js';
import type { ServerEditor } from '../../health/list-table.js';
import { readServerAddress } from '../../model/server-address.js';
import type { ServerAddress, ServerOptions, ServerSettings } from '../../model/server-settings.js';
import type { ServiceName } from '../../services/service-key.js';
import type { Service } from '../../services/service.js';
import type { EngineRequest } from '../engine/messages.js';
import type { HealthCheckSettings } from './check-settings.js';
import type { Log } from './log.js';

/** A probe may take as long as the interval, and not longer. */
const LONGEST_PROBE_MS = 2000;

/** What health checks work with. */
export interface HealthParts {
  /** The configuration that is in force. */
  readonly inForce: Director;
  /** Passes a change to the engine. */
  readonly tell: (request: EngineRequest) => void;
  /** Takes events. */
  readonly log: Log;
}

/** Watches the servers of all services. */
export class Health {
  private readonly settings: HealthCheckSettings;
  private readonly parts: HealthParts;
  private readonly checkers = new Map<Service, HealthChecker>();

  /**
   * @param settings - How servers are watched.
   * @param parts - What it works with.
   */
  constructor(settings: HealthCheckSettings, parts: HealthParts) {
    this.settings = settings;
    this.parts = parts;
    this.update();
  }

  /** Begins to watch services that are new, and ends it for those that are gone. */
  update(): void {
    const services = new Set(this.parts.inForce.services);
    for (const [service, checker] of this.checkers) {
      if (services.has(service)) continue;
      checker.stop();
      this.checkers.delete(service);
    }
    for (const service of services) {
      if (!this.checkers.has(service) && isWatchable(service, this.settings)) this.watch(service);
    }
  }

  /**
   * Whether a server is down.
   *
   * @param name - Its service.
   * @param server - The server.
   * @returns `false` also when it is not watched.
   */
  isDown(name: ServiceName, server: ServerAddress): boolean {
    const checker = this.checkers.get(this.parts.inForce.services.get(name));
    return checker?.health(server)?.up === false;
  }

  /**
   * What an engine does of a command that changes something: a server that is down stays without weight, so that not
   * even the connections of one moment reach it.
   *
   * @param command - The command.
   * @param words - The same as it was typed.
   * @returns The request.
   */
  requestOf(command: Command, words: readonly string[]): EngineRequest {
    if (command.command !== 'edit-server') return { kind: 'command', words };
    const { service, server } = command;
    if (!this.isDown(service, server)) return { kind: 'command', words };
    const { upperThreshold, lowerThreshold, forwardingMethod, tunnel } = server;
    const settings = { weight: 0, upperThreshold, lowerThreshold, forwardingMethod, tunnel };
    const name = 'fwmark' in service ? service : { ...service, address: String(service.address) };
    return { kind: 'edit-server', service: name, server: plain(server), settings };
  }

  /** Ends all checks. */
  stop(): void {
    for (const checker of this.checkers.values()) checker.stop();
  }

  private watch(service: Service): void {
    const { settings, parts } = this;
    const { intervalMs, sorryServer } = settings;
    const checker = new HealthChecker(service.servers, {
      probe: probeOf(settings),
      intervalMs,
      timeoutMs: Math.min(intervalMs, LONGEST_PROBE_MS),
      fall: 2,
      rise: 1,
      editor: editorOf(service, parts),
      ...(sorryServer !== undefined && { sorryServer: sorryServerOf(sorryServer) }),
      onChange: (change) =>
        parts.log(change.kind.startsWith('sorry') ? change.kind : `server-${change.kind}`, {
          service: service.toString(),
          server: change.server.toString(),
          reason: change.reason,
        }),
    });
    this.checkers.set(service, checker);
    checker.start();
  }
}

/** A service of datagrams need not listen for connections, so it is watched by pings only. */
function isWatchable({ fwmark, protocol }: Service, { kind }: HealthCheckSettings): boolean {
  return kind === 'ping' || fwmark !== 0 || protocol === 'tcp';
}

/** Changes what is in force, and passes it to the engine. */
function editorOf(service: Service, { inForce, tell }: HealthParts): ServerEditor {
  const name =
    service.fwmark === 0
      ? { protocol: service.protocol, address: service.address.toString(), port: service.port }
      : { fwmark: service.fwmark, family: service.family };
  return {
    add: (server: ServerOptions) => {
      tell({ kind: 'add-server', service: name, server: { ...server, ...plain(server) } });
      return inForce.addServer(name, server);
    },
    edit: (server, settings: ServerSettings) => {
      tell({ kind: 'edit-server', service: name, server: plain(server), settings });
      return inForce.editServer(name, server, settings);
    },
    remove: (server) => {
      tell({ kind: 'remove-server', service: name, server: plain(server) });
      return inForce.removeServer(name, server);
    },
  };
}

function plain({ address, port }: { address: unknown; port: number }) {
  return { address: String(address), port };
}

function probeOf({ kind, path }: HealthCheckSettings): Probe {
  if (kind === 'http') return httpProbe(path === undefined ? {} : { path });
  return kind === 'tcp' ? tcpProbe() : pingProbe();
}

function sorryServerOf(text: string): ServerOptions {
  const { address, port } = readServerAddress(text);
  return { address: address.toString(), port, forwardingMethod: 'masquerading' };
}
