/**
 * The arrows of the picture: requests to the director and on to the servers, and answers back through the
 * director (NAT) or past it (direct routing, tunnels). An arrow is as wide as its packets per second.
 */
import type { Stage, StageServer } from './stage.js';
import type { Box, Point } from './shape.js';
import { MAX_DRAWN_SERVERS, type StageLayout } from './stage-layout.js';

/** An arrow. */
export interface Arrow {
  /** Identifies it. */
  readonly key: string;
  /** What it carries. */
  readonly kind: 'request' | 'answer';
  /** Whether packets are in a tunnel. */
  readonly tunnel: boolean;
  /** Its points: a start, two control points and an end, and further ones by threes. */
  readonly points: readonly Point[];
  /** Packets per second. */
  readonly rate: number;
  /** Its width in pixels. */
  readonly width: number;
  /** Whether it has a tip. */
  readonly tip: boolean;
}

/** The width of the widest arrow, in pixels. */
const WIDEST = 13;
const THINNEST = 1.5;

/**
 * The arrows of a picture.
 *
 * @param stage - What it shows.
 * @param layout - Where.
 * @returns The arrows; those that all servers share come first.
 */
export function arrowsOf(stage: Stage, layout: StageLayout): Arrow[] {
  const servers = drawnServers(stage.servers);
  const widthOf = (rate: number): number =>
    rate <= 0 ? 0 : Math.min(WIDEST, THINNEST + (WIDEST - THINNEST) * (rate / stage.fullRate));
  const make = (
    key: string,
    kind: Arrow['kind'],
    rate: number,
    points: readonly Point[],
    more: Partial<Arrow> = {},
  ): Arrow => ({
    key,
    kind,
    rate,
    points,
    width: widthOf(rate),
    tunnel: false,
    tip: true,
    ...more,
  });
  const arrows = trunks(servers, layout, make);
  for (const [index, server] of servers.entries()) {
    const box = layout.servers[index];
    if (box === undefined) continue;
    const gate = gateOf(layout.director, index, servers.length);
    arrows.push(
      make(requestKey(server.name), 'request', server.requests, inward(gate, box), {
        tunnel: server.method === 'tunneling',
      }),
    );
    const through = server.method === 'masquerading';
    const points = through ? outward(gate, box) : past(layout, box);
    const tip = through || layout.compact;
    arrows.push(make(answerKey(server.name), 'answer', server.answers, points, { tip }));
  }
  return arrows;
}

/**
 * The servers as far as they are drawn: what is more is one box.
 *
 * @param servers - All servers.
 * @returns At most {@link MAX_DRAWN_SERVERS}.
 */
export function drawnServers(servers: readonly StageServer[]): readonly StageServer[] {
  if (servers.length <= MAX_DRAWN_SERVERS) return servers;
  const rest = servers.slice(MAX_DRAWN_SERVERS - 1);
  const sum = (valueOf: (server: StageServer) => number): number =>
    rest.reduce((all, server) => all + valueOf(server), 0);
  const more: StageServer = {
    ...rest[0],
    name: `and ${rest.length} more`,
    state: 'in use',
    upperThreshold: 0,
    active: sum(({ active }) => active),
    inactive: sum(({ inactive }) => inactive),
    requests: sum(({ requests }) => requests),
    answers: sum(({ answers }) => answers),
  };
  return [...servers.slice(0, MAX_DRAWN_SERVERS - 1), more];
}

/** The key of the arrow from the clients to the director. */
export const REQUESTS_KEY = 'requests';
/** The key of the arrow from the director to the clients. */
export const THROUGH_KEY = 'answers-through';
/** The key of the arrow by which answers of all servers pass the director. */
export const PAST_KEY = 'answers-past';

/**
 * The key of the arrow from the director to a server.
 *
 * @param name - The server.
 * @returns The key.
 */
export function requestKey(name: string): string {
  return `request ${name}`;
}

/**
 * The key of the arrow that leaves a server.
 *
 * @param name - The server.
 * @returns The key.
 */
export function answerKey(name: string): string {
  return `answer ${name}`;
}

type Make = (
  key: string,
  kind: Arrow['kind'],
  rate: number,
  points: readonly Point[],
  more?: Partial<Arrow>,
) => Arrow;

/** The arrows between clients and director, and the one that passes it. */
function trunks(servers: readonly StageServer[], layout: StageLayout, make: Make): Arrow[] {
  const { clients, director, compact } = layout;
  const requests = sumOf(servers, ({ requests: each }) => each);
  const through = sumOf(servers, ({ method, answers }) =>
    method === 'masquerading' ? answers : 0,
  );
  const passing = sumOf(servers, ({ method, answers }) =>
    method === 'masquerading' ? 0 : answers,
  );
  const ahead: readonly [Point, Point] = compact
    ? [
        [middleX(clients) - 14, bottom(clients)],
        [middleX(director) - 14, director.y],
      ]
    : [
        [right(clients), middleY(clients) - 14],
        [director.x, middleY(director) - 14],
      ];
  const back: readonly [Point, Point] = compact
    ? [
        [middleX(director) + 14, director.y],
        [middleX(clients) + 14, bottom(clients)],
      ]
    : [
        [director.x, middleY(director) + 14],
        [right(clients), middleY(clients) + 14],
      ];
  const arrows = [make(REQUESTS_KEY, 'request', requests, straight(...ahead))];
  if (servers.some(({ method }) => method === 'masquerading')) {
    arrows.push(make(THROUGH_KEY, 'answer', through, straight(...back)));
  }
  if (!compact && servers.some(({ method }) => method !== 'masquerading')) {
    arrows.push(make(PAST_KEY, 'answer', passing, passage(layout)));
  }
  return arrows;
}

/** Where the arrows of a server meet the director. */
function gateOf(director: Box, index: number, count: number): Point {
  const part = (index + 0.5) / count;
  return [right(director), director.y + director.height * (0.08 + 0.84 * part)];
}

function inward([x, y]: Point, server: Box): Point[] {
  return curve([x, y - 4], [server.x, middleY(server) - 9]);
}

function outward([x, y]: Point, server: Box): Point[] {
  return curve([server.x, middleY(server) + 11], [x, y + 5]);
}

/** From a server to the place where answers pass the director; in a narrow window, to the clients. */
function past({ compact, clients, director, passY }: StageLayout, server: Box): Point[] {
  const from: Point = [server.x, middleY(server) + 13];
  if (compact) return curve(from, [right(clients), middleY(clients)]);
  const to: Point = [right(director) + 8, passY];
  const reach = (server.x - to[0]) * 0.75;
  return [from, [from[0] - reach * 0.6, from[1]], [to[0] + reach, to[1]], to];
}

/** Below the director, and up to the clients. */
function passage({ clients, director, passY }: StageLayout): Point[] {
  const corner = middleX(clients);
  const bend = Math.min(60, passY - bottom(clients));
  const begin: Point = [right(director) + 8, passY];
  const turn: Point = [corner + bend, passY];
  return [
    ...curve(begin, turn),
    [corner + bend * 0.4, passY],
    [corner, passY - bend * 0.4],
    [corner, bottom(clients)],
  ];
}

function straight(from: Point, to: Point): Point[] {
  const between = (part: number): Point => [
    from[0] + (to[0] - from[0]) * part,
    from[1] + (to[1] - from[1]) * part,
  ];
  return [from, between(1 / 3), between(2 / 3), to];
}

/** Leaves and arrives level. */
function curve(from: Point, to: Point): Point[] {
  const middle = (from[0] + to[0]) / 2;
  return [from, [middle, from[1]], [middle, to[1]], to];
}

function sumOf(servers: readonly StageServer[], valueOf: (server: StageServer) => number): number {
  return servers.reduce((sum, server) => sum + valueOf(server), 0);
}

function right({ x, width }: Box): number {
  return x + width;
}
function bottom({ y, height }: Box): number {
  return y + height;
}
function middleX({ x, width }: Box): number {
  return x + width / 2;
}
function middleY({ y, height }: Box): number {
  return y + height / 2;
}
