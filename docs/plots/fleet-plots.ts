/**
 * The same fleet under the same load, and what it loses when a director fails and comes back: by scheduler, after a
 * server was added, with synchronization, with ten seconds of lost messages before, and with sticky clients.
 */
import { Director } from 'ipvs/director';
import { restoreRules } from 'ipvs/ipvsadm';
import {
  createWorkload,
  drawFleetTimeline,
  type EcmpOptions,
  type FleetEvent,
  parseFleetEvent,
  simulateFleet,
} from 'ipvs/simulation';

const SERVERS = ['10.1.0.11', '10.1.0.12', '10.1.0.13', '10.1.0.14', '10.1.0.15'];
const EVENTS = [parseFleetEvent(60, 'fail-director 2'), parseFleetEvent(90, 'restore-director 2')];
const LOSS = parseFleetEvent(50, 'sync-loss 10');
const ADDED = parseFleetEvent(60, 'add-server 10.1.0.16');
const SECONDS = 150;
const CONNECTIONS = 6000;

/** One picture. */
interface Variant {
  readonly file: string;
  readonly title: string;
  readonly scheduler: string;
  readonly sync: boolean;
  readonly events: readonly FleetEvent[];
  readonly router?: EcmpOptions;
}

const VARIANTS: readonly Variant[] = [
  variant('wlc', 'wlc without synchronization', 'wlc', false),
  variant('mh', 'mh without synchronization', 'mh', false),
  { ...variant('servers', 'mh, one server more', 'mh', false), events: [ADDED, ...EVENTS] },
  variant('sync', 'wlc with synchronization', 'wlc', true),
  {
    ...variant('loss', 'wlc with synchronization, all messages of ten seconds lost', 'wlc', true),
    events: [LOSS, ...EVENTS],
  },
  {
    ...variant('sticky', 'wlc, persistent, without synchronization', 'wlc -p 300', false),
    router: { hash: 'source', table: 'resilient' },
  },
  {
    ...variant('sticky-sync', 'wlc, persistent, with synchronization', 'wlc -p 300', true),
    router: { hash: 'source', table: 'resilient' },
  },
];

/**
 * Draws the time lines.
 *
 * @returns File names and contents.
 */
export function drawFleets(): [name: string, contents: string][] {
  return VARIANTS.map((each) => [each.file, draw(each)]);
}

function variant(name: string, title: string, scheduler: string, sync: boolean): Variant {
  return { file: `fleet-${name}.svg`, title, scheduler, sync, events: EVENTS };
}

function draw({ title, scheduler, sync, events, router }: Variant): string {
  const rules = [
    `-A -t 192.0.2.10:443 -s ${scheduler}`,
    ...SERVERS.map((server) => `-a -t 192.0.2.10:443 -r ${server} -g`),
  ];
  const load = { connections: CONNECTIONS, connectionsPerSecond: CONNECTIONS / SECONDS };
  const result = simulateFleet({
    director: (options) => {
      const director = new Director({ ...options, tunables: { sloppy_tcp: 1 } });
      restoreRules(rules.join('\n'), director);
      return director;
    },
    directors: 4,
    workloads: [createWorkload({ address: '192.0.2.10', port: 443 }, load)],
    events,
    sync,
    ...(router !== undefined && { router }),
  });
  return drawFleetTimeline(result, { title: `4 directors, 5 servers, ${title}` });
}
