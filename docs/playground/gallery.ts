/**
 * Scenarios that show one thing each, by a link: `playground/index.html#scenario=nat`.
 */
import { type Change, DEFAULT_SCENARIO, NO_SCHEDULER, type Scenario } from './scenario.js';

/** A scenario with a name and what to look at. */
export interface Exhibit {
  /** What it is about, for the list. */
  readonly name: string;
  /** What it shows, as a heading. */
  readonly title: string;
  /** What to look at, in a sentence or three. */
  readonly text: string;
  /** What it is. */
  readonly scenario: Scenario;
}

/** What a scenario has in common with others of its kind. */
export interface ExhibitGroup {
  /** The kind. */
  readonly name: string;
  /** Its scenarios. */
  readonly exhibits: readonly Exhibit[];
}

const SERVICE = '-t 192.0.2.1:80';

/** The rules of a service and servers that are alike but for what is given. */
function rulesOf(service: string, servers: readonly string[]): string {
  const lines = servers.map((server) => `-a ${SERVICE} -r ${server}`);
  return `${[`-A ${SERVICE} ${service}`, ...lines].join('\n')}\n`;
}

function at(seconds: number, command: string): Change {
  return { atMs: seconds * 1000, command };
}

function exhibit(
  id: string,
  name: string,
  title: string,
  text: string,
  own: Partial<Scenario>,
): Exhibit {
  const scenario = { ...DEFAULT_SCENARIO, schedulers: ['', NO_SCHEDULER] as const, ...own, id };
  return { name, title, text, scenario };
}

/** All scenarios, in the order of the page. */
export const GALLERY: readonly ExhibitGroup[] = [
  {
    name: 'Set-ups',
    exhibits: [
      exhibit(
        'nat',
        'NAT',
        'NAT: both directions through the director',
        'The director rewrites the destination of requests and the source of answers, so both pass through it. Follow a packet below: the port changes from 80 to 8080 and back.',
        {
          rules: rulesOf('-s wrr', [
            '10.0.0.1:8080 -m -w 1',
            '10.0.0.2:8080 -m -w 2',
            '10.0.0.3:8080 -m -w 3',
          ]),
        },
      ),
      exhibit(
        'dr',
        'Direct routing',
        'Direct routing: answers pass the director by',
        'The director changes the link address only. Servers have the virtual address too and answer the client themselves, so the director carries the requests alone.',
        {
          rules: rulesOf('-s wlc', [
            '10.0.0.1:80 -g -w 1',
            '10.0.0.2:80 -g -w 1',
            '10.0.0.3:80 -g -w 2',
          ]),
        },
      ),
      exhibit(
        'tun',
        'Tunnels',
        'Tunnels: servers in other networks',
        'The director puts each packet into another one, which any network carries to the server. The server unpacks it and answers the client itself.',
        {
          rules: rulesOf('-s wlc', [
            '10.1.0.1:80 -i -w 1',
            '10.2.0.1:80 -i -w 1',
            '10.3.0.1:80 -i -w 2',
          ]),
        },
      ),
    ],
  },
  {
    name: 'A client’s server',
    exhibits: [
      exhibit(
        'persistence',
        'Persistence',
        'Persistence: a client keeps its server',
        'Round robin, but a client that returns within 60 s meets the same server. At 60 s persistence is switched off: watch how many later visits meet another server from then on.',
        {
          rules: rulesOf('-s rr -p 60', [
            '10.0.0.1:80 -m',
            '10.0.0.2:80 -m',
            '10.0.0.3:80 -m',
            '10.0.0.4:80 -m',
          ]),
          clients: 60,
          changes: [at(60, `-E ${SERVICE} -s rr`)],
        },
      ),
      exhibit(
        'hashing',
        'sh and mh',
        'Source hashing and Maglev hashing when a server leaves',
        'Both compute a client’s server from its address. At 40 s a server leaves. Only its clients have to move: sh moves most of the others too, mh moves few.',
        {
          rules: rulesOf('-s sh', [
            '10.0.0.1:80 -m',
            '10.0.0.2:80 -m',
            '10.0.0.3:80 -m',
            '10.0.0.4:80 -m',
          ]),
          schedulers: ['sh', 'mh'],
          clients: 200,
          changes: [at(40, `-d ${SERVICE} -r 10.0.0.3:80`)],
        },
      ),
    ],
  },
  {
    name: 'Servers come and go',
    exhibits: [
      exhibit(
        'draining',
        'Draining',
        'Draining: take a server out without a lost connection',
        'At 30 s the second server gets weight 0. It takes no new connections and finishes those it has. At 100 s nothing is left, and it is removed.',
        {
          rules: rulesOf('-s wlc', ['10.0.0.1:80 -m', '10.0.0.2:80 -m', '10.0.0.3:80 -m']),
          seed: 10,
          changes: [
            at(30, `-e ${SERVICE} -r 10.0.0.2:80 -m -w 0`),
            at(100, `-d ${SERVICE} -r 10.0.0.2:80`),
          ],
        },
      ),
      exhibit(
        'sorry-server',
        'Dead server',
        'A dead server, and a sorry server when all are dead',
        'At 20 s a server stops answering. The director does not notice, and least connections prefers the server whose connections never become active. A health checker removes it at 30 s. When the last one dies, the checker adds a sorry server, until the first one recovers.',
        {
          rules: rulesOf('-s wlc', ['10.0.0.1:80 -m', '10.0.0.2:80 -m']),
          measure: 'opened',
          changes: [
            at(20, 'fail 10.0.0.1:80'),
            at(30, `-d ${SERVICE} -r 10.0.0.1:80`),
            at(60, 'fail 10.0.0.2:80'),
            at(70, `-d ${SERVICE} -r 10.0.0.2:80`),
            at(70, `-a ${SERVICE} -r 10.0.0.99:80 -m`),
            at(95, 'recover 10.0.0.1:80'),
            at(100, `-a ${SERVICE} -r 10.0.0.1:80 -m`),
            at(100, `-d ${SERVICE} -r 10.0.0.99:80`),
          ],
        },
      ),
      exhibit(
        'thresholds',
        'Thresholds',
        'Thresholds: how many connections a server may have',
        'A server at its upper threshold counts as overloaded and gets no new connections until it is below the lower one. Inactive connections count too; the first command shortens their time to 10 s. When all are full, clients are refused.',
        {
          rules: rulesOf('-s rr', [
            '10.0.0.1:80 -g -x 160 -y 120',
            '10.0.0.2:80 -g -x 100 -y 70',
            '10.0.0.3:80 -g -x 50 -y 30',
          ]),
          measure: 'connections',
          changes: [at(0, '--set 900 10 300')],
        },
      ),
      exhibit(
        'new-server',
        'New server',
        'wlc and a new server: the rush',
        'At 40 s a server is added. It has no connections, so wlc gives it every new one until it is as full as the others; rr gives it its turn. A server that needs time to warm up does not like the rush.',
        {
          rules: rulesOf('-s wlc', ['10.0.0.1:80 -m', '10.0.0.2:80 -m', '10.0.0.3:80 -m']),
          schedulers: ['wlc', 'rr'],
          measure: 'opened',
          shortest: 10,
          changes: [at(40, `-a ${SERVICE} -r 10.0.0.4:80 -m`)],
        },
      ),
      exhibit(
        'slow-start',
        'Slow start',
        'Slow start: the weight of a new server grows',
        'The same new server, but with a weight that grows from 1 to 16 within 30 s. There is no rush. Whatever changes weights can do so: a script, or a health checker.',
        {
          rules: rulesOf('-s wlc', [
            '10.0.0.1:80 -m -w 16',
            '10.0.0.2:80 -m -w 16',
            '10.0.0.3:80 -m -w 16',
          ]),
          measure: 'opened',
          shortest: 10,
          changes: [
            at(40, `-a ${SERVICE} -r 10.0.0.4:80 -m -w 1`),
            ...[2, 4, 6, 9, 12, 16].map((weight, step) =>
              at(45 + 5 * step, `-e ${SERVICE} -r 10.0.0.4:80 -m -w ${weight}`),
            ),
          ],
        },
      ),
    ],
  },
];

/**
 * Finds an exhibit.
 *
 * @param id - Its id, as in `#scenario=nat`.
 * @returns The exhibit, or `undefined`.
 */
export function exhibitOf(id: string): Exhibit | undefined {
  return GALLERY.flatMap(({ exhibits }) => exhibits).find(({ scenario }) => scenario.id === id);
}

/**
 * Finds a scenario of the gallery.
 *
 * @param id - Its id.
 * @returns The scenario, or `undefined`.
 */
export function scenarioOf(id: string): Scenario | undefined {
  return exhibitOf(id)?.scenario;
}
