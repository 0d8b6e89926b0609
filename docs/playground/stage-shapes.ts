/**
 * The picture of a lane: clients, director, servers, and what flows between them.
 */
import { arrowShapes, middleOf } from './arrow-shapes.js';
import { boxShape, fitText, type Shape, textShape } from './shape.js';
import type { Box } from './shape.js';
import { type Arrow, arrowsOf, drawnServers, PAST_KEY, REQUESTS_KEY } from './stage-arrows.js';
import { THROUGH_KEY } from './stage-arrows.js';
import type { StageLayout } from './stage-layout.js';
import { describeServer, type Stage, type StageServer } from './stage.js';

/** The widths of characters in pixels, so that texts can be cut without a browser. */
const CODE_WIDTH = 7.3;
const SMALL_WIDTH = 6.4;
const BOLD_WIDTH = 7.4;
const PADDING = 12;
const ROOM_FOR_COUNTS = 185;

/** A packet that the reader follows. */
export interface MarkedPacket {
  /** The arrows it takes in this step. */
  readonly arrows: readonly string[];
  /** Where it rests when it takes none: `clients`, `director`, or the name of a server. */
  readonly at?: string;
  /** What it is, in a word or two. */
  readonly label: string;
  /** Whether it is inside another packet. */
  readonly wrapped?: boolean;
}

/**
 * Draws the picture.
 *
 * @param stage - What it shows.
 * @param layout - Where.
 * @param packet - The packet that the reader follows, if any.
 * @returns The shapes, from the back to the front.
 */
export function stageShapes(stage: Stage, layout: StageLayout, packet?: MarkedPacket): Shape[] {
  const servers = drawnServers(stage.servers);
  const arrows = arrowsOf(stage, layout);
  const marked = (arrow: Arrow): boolean => packet?.arrows.includes(arrow.key) === true;
  return [
    ...arrows.filter((arrow) => !marked(arrow)).flatMap((arrow) => arrowShapes(arrow)),
    ...arrows.filter(marked).flatMap((arrow) => arrowShapes(arrow, true)),
    ...(packet === undefined && !layout.compact ? arrows.flatMap(rateShapes) : []),
    ...clientShapes(stage, layout.clients),
    ...directorShapes(stage, layout.director),
    ...servers.flatMap((server, index) =>
      serverShapes(server, layout.servers[index], stage.fullActive),
    ),
    ...(packet === undefined ? [] : packetShapes(packet, arrows, layout, servers)),
  ];
}

/** Packets per second, beside the arrows that all servers share. */
function rateShapes(arrow: Arrow): Shape[] {
  if (![REQUESTS_KEY, THROUGH_KEY, PAST_KEY].includes(arrow.key) || arrow.rate <= 0) return [];
  const [x, y] = middleOf(arrow);
  const above = arrow.key === REQUESTS_KEY;
  const offset = above ? -arrow.width / 2 - 7 : arrow.width / 2 + 16;
  const label = `${Math.round(arrow.rate)}/s`;
  return [textShape(`${arrow.key} rate`, [x, y + offset], label, 'small', 'middle')];
}

function clientShapes({ clients }: Stage, box: Box): Shape[] {
  const middle = box.x + box.width / 2;
  const top = box.y + box.height / 2 - 10;
  const count = clients === 1 ? '1 has come' : `${clients.toLocaleString('en-US')} have come`;
  return [
    boxShape('clients', box, 'node', { rx: 8 }),
    ...[-1, 0, 1].map((step): Shape => ({
      key: `client ${step}`,
      tag: 'path',
      attributes: { d: personOf(middle + step * 16, top - 10), class: 'person' },
    })),
    textShape('clients title', [middle, top + 18], 'Clients', 'title', 'middle'),
    textShape('clients count', [middle, top + 35], count, 'small', 'middle'),
  ];
}

/** A head and shoulders. */
function personOf(x: number, y: number): string {
  return `M${x - 3.2} ${y - 4}a3.2 3.2 0 1 1 6.4 0a3.2 3.2 0 1 1 -6.4 0M${x - 6} ${y + 8}v-2a6 5.5 0 0 1 12 0v2z`;
}

function directorShapes({ service, scheduler, entries }: Stage, box: Box): Shape[] {
  const middle = box.x + box.width / 2;
  const top = box.y + box.height / 2 - 28;
  const room = box.width - PADDING;
  const count = entries === 1 ? '1 entry' : `${entries.toLocaleString('en-US')} entries`;
  return [
    boxShape('director', box, 'node director', { rx: 8 }),
    textShape('director title', [middle, top], 'Director', 'title', 'middle'),
    textShape(
      'director service',
      [middle, top + 21],
      fitText(service, room, CODE_WIDTH),
      'code',
      'middle',
    ),
    textShape('director scheduler', [middle, top + 40], scheduler, 'code strong', 'middle'),
    textShape('director entries', [middle, top + 59], count, 'small', 'middle'),
  ];
}

function serverShapes(server: StageServer, box: Box, fullActive: number): Shape[] {
  const { name, state, active, weight, color } = server;
  const part = Math.min(1, fullActive === 0 ? 0 : active / fullActive);
  const inner = { x: box.x + 1, y: box.y + 1, width: box.width - 2, height: box.height - 2 };
  const left = box.x + PADDING + 3;
  const right = box.x + box.width - 8;
  const key = (of: string): string => `server ${name} ${of}`;
  const kind = `${state.replace(' ', '-')} c${color}`;
  const alive = state === 'in use' || state === 'full' || state === 'draining';
  const weightText = alive || weight > 0 ? `w ${weight}` : '';
  const nameRoom = right - left - (weightText.length + 1) * SMALL_WIDTH;
  return [
    boxShape(key('box'), box, `server ${kind}`, { rx: 6 }),
    boxShape(key('fill'), { ...inner, width: inner.width * part }, `fill ${kind}`, { rx: 5 }),
    boxShape(key('edge'), { ...inner, width: 5 }, `edge ${kind}`, { rx: 2.5 }),
    textShape(key('name'), [left, box.y + 21], fitText(name, nameRoom, CODE_WIDTH), 'code'),
    textShape(key('weight'), [right, box.y + 21], weightText, 'small', 'end'),
    textShape(key('state'), [left, box.y + 38], stateText(server, box), `small ${kind}`),
    ...thresholdShapes(server, box, left, right, key),
  ];
}

/** In a narrow box there is no room for a count beside the threshold's. */
function stateText(server: StageServer, { width }: Box): string {
  const short = server.state === 'full' && width < ROOM_FOR_COUNTS;
  return short ? 'full' : describeServer(server);
}

/** All connections against the upper threshold, where there is one. */
function thresholdShapes(
  { active, inactive, upperThreshold, state }: StageServer,
  box: Box,
  left: number,
  right: number,
  key: (of: string) => string,
): Shape[] {
  if (upperThreshold === 0) return [];
  const all = active + inactive;
  const part = Math.min(1, all / upperThreshold);
  const track = { x: left, y: box.y + box.height - 10, width: right - left, height: 4 };
  const label = `${all} / ${upperThreshold}`;
  return [
    boxShape(key('track'), track, 'track', { rx: 2 }),
    boxShape(
      key('level'),
      { ...track, width: track.width * part },
      state === 'full' ? 'level over' : 'level',
      { rx: 2 },
    ),
    textShape(key('limit'), [right, box.y + 38], label, 'small', 'end'),
  ];
}

function packetShapes(
  { arrows: keys, at, label, wrapped }: MarkedPacket,
  arrows: readonly Arrow[],
  layout: StageLayout,
  servers: readonly StageServer[],
): Shape[] {
  const arrow = arrows.find(({ key }) => key === keys[0]);
  const [x, y] = arrow === undefined ? restOf(at, layout, servers) : middleOf(arrow);
  const width = Math.max(44, label.length * BOLD_WIDTH + 16);
  const half = width / 2;
  const inside = Math.min(layout.width - half - 7, Math.max(half + 7, x));
  const box = { x: inside - half, y: y - 11, width, height: 22 };
  const outer = { x: box.x - 5, y: box.y - 5, width: width + 10, height: 32 };
  return [
    ...(wrapped === true ? [boxShape('packet outer', outer, 'packet-outer', { rx: 16 })] : []),
    boxShape('packet', box, 'packet', { rx: 11 }),
    textShape('packet label', [inside, y + 4], label, 'packet-label', 'middle'),
  ];
}

function restOf(
  at: string | undefined,
  { clients, director, servers: boxes }: StageLayout,
  servers: readonly StageServer[],
): readonly [number, number] {
  const index = servers.findIndex(({ name }) => name === at);
  const box = at === 'clients' ? clients : (boxes[index] ?? director);
  return [box.x + box.width / 2, box.y + box.height - 4];
}
