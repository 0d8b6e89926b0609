/**
 * Answers the requests of the supervisor.
 */
import type { Director } from '../../director/director.js';
import { executeCommand } from '../../ipvsadm/execute.js';
import { IpvsadmError } from '../../ipvsadm/error.js';
import { parseArguments } from '../../ipvsadm/parse.js';
import { directorMetrics } from '../../metrics/director-metrics.js';
import { formatMetrics } from '../../metrics/metric-family.js';
import type { SyncStatistics } from '../../sync/sync-part.js';
import type { KernelPathCounts } from '../kernel-path.js';
import type { EngineSync } from './engine-sync.js';
import type { BusyConnections } from './busy-connections.js';
import type { FrameHandler } from './frame-handler.js';
import type { DiskJournal } from './journal-files.js';
import type {
  EngineAnswer,
  EngineRequest,
  EngineStatus,
  ServerFigures,
  SyncFigures,
} from './messages.js';
import type { StatisticsReader } from './statistics-reader.js';
import type { DestinationFilter } from './destination-filter.js';

/** What requests are about. */
export interface RequestParts {
  /** The director. */
  readonly director: Director;
  /** Its frames. */
  readonly frames: FrameHandler;
  /** Which packets come from clients. */
  readonly virtual: DestinationFilter;
  /** Its journal and its synchronization daemons. */
  readonly sync: EngineSync;
  /** Reads what was counted in parts. */
  readonly statistics: StatisticsReader;
  /** The journal's files. */
  readonly files: DiskJournal;
  /** Finds busy connections; absent: none are reported. */
  readonly busy: BusyConnections | undefined;
}

/**
 * Answers a request.
 *
 * @param parts - What it is about.
 * @param id - Its number.
 * @param request - The request.
 * @returns The answer; a refused command is one, too.
 */
export function answerRequest(
  parts: RequestParts,
  id: number,
  request: EngineRequest,
): EngineAnswer {
  try {
    return { id, ok: true, text: perform(parts, request) };
  } catch (error) {
    const exitStatus = error instanceof IpvsadmError ? error.exitStatus : 2;
    const text = error instanceof Error ? error.message : String(error);
    return { id, ok: false, text, exitStatus };
  }
}

function perform(parts: RequestParts, request: EngineRequest): string {
  const { director, frames, sync } = parts;
  switch (request.kind) {
    case 'command':
    case 'show': {
      const output = executeCommand(parseArguments(request.words), director);
      showServices(parts);
      return output;
    }
    case 'gateways':
      frames.setGateways(new Map(Object.entries(request.gateways)));
      return '';
    case 'tunable':
      director.setTunable(request.name, request.value);
      return '';
    case 'add-server':
      director.addServer(request.service, request.server);
      return '';
    case 'edit-server':
      director.editServer(request.service, request.server, request.settings);
      return '';
    case 'remove-server':
      director.removeServer(request.service, request.server);
      return '';
    case 'confirm':
      return JSON.stringify(parts.busy?.confirm(request.ids) ?? []);
    case 'carried':
      countCarried(director, request.counts);
      return '';
    case 'received':
      sync.take(request.messages);
      return '';
    case 'flush':
      sync.journal.flush();
      return '';
    default:
      return figuresOf(parts, request);
  }
}

function figuresOf(parts: RequestParts, request: EngineRequest): string {
  const { director } = parts;
  switch (request.kind) {
    case 'statistics':
      return JSON.stringify(
        request.part === undefined
          ? director.statistics.stateOf(director.services)
          : parts.statistics.read(request.part),
      );
    case 'metrics':
      return formatMetrics(directorMetrics(director));
    case 'status':
      return JSON.stringify(statusOf(parts));
    default:
      throw new Error(`Cannot answer: unknown request ${request.kind}`);
  }
}

/**
 * Brings the set of virtual addresses in line with the services.
 *
 * @param parts - The director and the set.
 */
export function showServices({
  director,
  virtual,
}: Pick<RequestParts, 'director' | 'virtual'>): void {
  const services = [...director.services].filter(({ fwmark }) => fwmark === 0);
  virtual.set(services.map(({ address }) => address));
}

/** Adds what the kernel has forwarded by itself; what is gone meanwhile counts in the total only. */
function countCarried(director: Director, counts: readonly KernelPathCounts[]): void {
  const services = [...director.services];
  for (const each of counts) {
    const numbers = Float64Array.from(each.counts);
    const service = services.find((one) => one.toString() === each.service);
    const server = service && [...service.servers].find((one) => one.toString() === each.server);
    director.statistics.total.add(numbers);
    if (service !== undefined) director.statistics.of(service).add(numbers);
    if (server !== undefined) director.statistics.of(server).add(numbers);
  }
}

function statusOf({ director, frames, files, sync }: RequestParts): EngineStatus {
  director.advance();
  const figures = syncFigures(sync.statistics);
  return {
    frames: frames.counts,
    connections: director.table.size,
    memoryBytes: process.memoryUsage.rss(),
    journalFailures: files.failures,
    ...(figures !== undefined && { sync: figures }),
    servers: [...director.services].flatMap((service) =>
      [...service.servers].map((server): ServerFigures => {
        const { connections, packetsIn, bytesIn, bytesOut } = director.statistics
          .of(server)
          .counted();
        const { weight, active, inactive } = server;
        const name = { service: service.toString(), server: server.toString() };
        return {
          ...name,
          weight,
          active,
          inactive,
          opened: connections,
          packetsIn,
          bytesIn,
          bytesOut,
        };
      }),
    ),
  };
}

function syncFigures({ sent, received }: SyncStatistics): SyncFigures | undefined {
  if (sent === undefined && received === undefined) return undefined;
  return {
    ...(sent !== undefined && { sent }),
    ...(received !== undefined && {
      received: { ...received, faults: Object.fromEntries(received.faults) },
    }),
  };
}
