/**
 * The sum of a translation: how many packets ended in which way, and the traffic of each service and server.
 */
import type { Director, Traffic } from '../../director/index.js';
import type { Service } from '../../services/index.js';
import { count } from '../simulate/figures.js';
import { explain, type VerdictCount } from './outcome.js';

/** Columns of a terminal: a longer name has a line of its own, as in ipvsadm's listings. */
const SCREEN_WIDTH = 80;
const GAP = 2;

/** The traffic of one server. */
export interface ServerSum extends Traffic {
  /** Its address and port. */
  readonly server: string;
  /** How its packets are forwarded. */
  readonly method: string;
}

/** The traffic of one service. */
export interface ServiceSum extends Traffic {
  /** Its protocol, address and port, or its mark. */
  readonly service: string;
  /** Its scheduler. */
  readonly scheduler: string;
  /** Its servers, newest first, as listings have them. */
  readonly servers: readonly ServerSum[];
}

/** The sum of a translation, as plain JSON. */
export interface TranslationSum {
  /** The name and version of this format. */
  readonly format: 'ipvs-translation/2';
  /** Packets that were read. */
  readonly packets: number;
  /** Packets that were written. */
  readonly written: number;
  /** Connections and templates at the end. */
  readonly connections: number;
  /** Whether the whole capture was read. */
  readonly complete: boolean;
  /** Packets by what became of them and why, most frequent first. */
  readonly verdicts: readonly VerdictCount[];
  /** Traffic by service, in the order of listings. */
  readonly services: readonly ServiceSum[];
  /** What else is worth knowing: packets that were cut, and what may have been meant. */
  readonly advice: readonly string[];
}

/**
 * The traffic of all services of a director.
 *
 * @param director - The director.
 * @returns One entry per service.
 */
export function serviceSums(director: Director): ServiceSum[] {
  return [...director.services].map((service) => ({
    service: nameOf(service),
    scheduler: service.scheduler.name,
    ...director.statistics.of(service).counted(),
    servers: [...service.servers].map((server) => ({
      server: server.toString(),
      method: server.forwardingMethod,
      ...director.statistics.of(server).counted(),
    })),
  }));
}

function nameOf({ fwmark, protocol, address, port, family }: Service): string {
  if (fwmark !== 0) return `mark ${fwmark}`;
  const name = family === 6 ? `[${address}]` : `${address}`;
  return `${protocol.toUpperCase()} ${name}:${port}`;
}

/**
 * The sum as text.
 *
 * @param sum - The sum.
 * @returns Lines.
 */
export function sumText(sum: TranslationSum): string {
  const { packets, written, connections, verdicts, services, advice } = sum;
  const rows = verdicts.map(({ action, reason, what, packets: many }) => {
    const name = what ?? reason;
    return `${count(many).padStart(12)}  ${action.padEnd(7)}  ${name}: ${explain(reason)}\n`;
  });
  const left = `${count(connections)} connections and templates at the end`;
  const head = `${count(packets)} packets in, ${count(written)} out; ${left}\n`;
  const hints = advice.map((each) => `${each}\n`);
  return [head, ...rows, ...servicesText(services), ...hints].join('');
}

function servicesText(services: readonly ServiceSum[]): string[] {
  if (services.length === 0) return [];
  const names = services.flatMap(({ service, scheduler, servers }) => [
    `${service} ${scheduler}`,
    ...servers.map(({ server, method }) => `  -> ${server} ${method}`),
  ]);
  const traffic = services.flatMap((service) => [service, ...service.servers]).map(cellsOf);
  const lines = [['conns', 'packets in', 'out', 'bytes in', 'out'], ...traffic];
  const widths = lines[0].map((_, column) => Math.max(...lines.map((line) => line[column].length)));
  const figures = lines.map((line) =>
    line.map((cell, column) => cell.padStart(widths[column] + GAP)).join(''),
  );
  const room = SCREEN_WIDTH - figures[0].length;
  const width = Math.min(room, Math.max(...names.map(({ length }) => length)));
  return [
    '\n',
    ...['service and servers', ...names].map((name, index) => {
      const fits = name.length <= width;
      return fits
        ? `${name.padEnd(width)}${figures[index]}\n`
        : `${name}\n${' '.repeat(width)}${figures[index]}\n`;
    }),
  ];
}

function cellsOf({ connections, packetsIn, packetsOut, bytesIn, bytesOut }: Traffic): string[] {
  return [connections, packetsIn, packetsOut, bytesIn, bytesOut].map(count);
}
