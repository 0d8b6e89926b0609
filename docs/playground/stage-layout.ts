/**
 * Where clients, director and servers are in the picture: side by side, or, in a narrow window, the
 * clients above the director.
 */
import type { Box } from './shape.js';

/** The places of a picture, in pixels. */
export interface StageLayout {
  /** Width of the picture. */
  readonly width: number;
  /** Height of the picture. */
  readonly height: number;
  /** Whether the clients are above the director. */
  readonly compact: boolean;
  /** The clients. */
  readonly clients: Box;
  /** The director. */
  readonly director: Box;
  /** The servers, from top to bottom. */
  readonly servers: readonly Box[];
  /** Where answers pass below the director; in a compact picture they need no such place. */
  readonly passY: number;
}

/** The most servers that are drawn; what is more is counted in the last box. */
export const MAX_DRAWN_SERVERS = 8;

const MARGIN = 2;
const SERVER_HEIGHT = 54;
const SERVER_GAP = 12;
/** From this width on clients, director and servers are side by side. */
const WIDE = 540;
/** The room below the servers for answers that pass the director. */
const PASS_HEIGHT = 46;

/**
 * Finds the places.
 *
 * @param width - The width there is, in pixels.
 * @param servers - How many servers there are.
 * @param past - Whether answers pass the director.
 * @returns The places.
 */
export function layoutStage(width: number, servers: number, past: boolean): StageLayout {
  const count = Math.max(1, Math.min(servers, MAX_DRAWN_SERVERS));
  const column = count * (SERVER_HEIGHT + SERVER_GAP) - SERVER_GAP;
  return width < WIDE
    ? compactLayout(width, count, column)
    : wideLayout(width, count, column, past);
}

function wideLayout(width: number, count: number, column: number, past: boolean): StageLayout {
  const body = Math.max(column, 150);
  const clientsWidth = clamp(width * 0.16, 96, 150);
  const directorWidth = clamp(width * 0.21, 134, 210);
  const serverWidth = clamp(width * 0.28, 172, 300);
  const free = width - 2 * MARGIN - clientsWidth - directorWidth - serverWidth;
  const middle = MARGIN + body / 2;
  const centered = (x: number, boxWidth: number, height: number): Box => ({
    x,
    y: middle - height / 2,
    width: boxWidth,
    height,
  });
  return {
    width,
    height: 2 * MARGIN + body + (past ? PASS_HEIGHT : 0),
    compact: false,
    clients: centered(MARGIN, clientsWidth, 88),
    director: centered(MARGIN + clientsWidth + free * 0.5, directorWidth, Math.min(body, 124)),
    servers: serverBoxes(width, serverWidth, count, MARGIN + (body - column) / 2),
    passY: MARGIN + body + PASS_HEIGHT * 0.55,
  };
}

function compactLayout(width: number, count: number, column: number): StageLayout {
  const body = Math.max(column, 250);
  const left = clamp(width * 0.36, 100, 160);
  const serverWidth = clamp(width * 0.48, 138, 220);
  const directorHeight = 104;
  return {
    width,
    height: body + 2 * MARGIN,
    compact: true,
    clients: { x: MARGIN, y: MARGIN, width: left, height: 66 },
    director: {
      x: MARGIN,
      y: MARGIN + Math.max(130, (body - directorHeight) / 2 + 40),
      width: left,
      height: directorHeight,
    },
    servers: serverBoxes(width, serverWidth, count, MARGIN + (body - column) / 2),
    passY: 0,
  };
}

function serverBoxes(width: number, serverWidth: number, count: number, top: number): Box[] {
  return Array.from({ length: count }, (_, index) => ({
    x: width - MARGIN - serverWidth,
    y: top + index * (SERVER_HEIGHT + SERVER_GAP),
    width: serverWidth,
    height: SERVER_HEIGHT,
  }));
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, value));
}
