/**
 * Pictures as data: what is drawn is computed without a browser, and drawn by one function.
 */

/** One element of a picture. */
export interface Shape {
  /** Identifies the element from one drawing to the next. */
  readonly key: string;
  /** Its name in SVG. */
  readonly tag: 'path' | 'rect' | 'circle' | 'line' | 'text';
  /** Its attributes. */
  readonly attributes: Readonly<Record<string, string | number>>;
  /** The text in it. */
  readonly text?: string;
}

/** A rectangle. */
export interface Box {
  /** Left edge. */
  readonly x: number;
  /** Upper edge. */
  readonly y: number;
  /** Width. */
  readonly width: number;
  /** Height. */
  readonly height: number;
}

/** A place: x, y. */
export type Point = readonly [number, number];

/**
 * A line of text.
 *
 * @param key - Identifies it.
 * @param at - Where its baseline begins, or ends, or has its middle.
 * @param content - The text.
 * @param style - Its class.
 * @param anchor - Which part of it is at the place.
 * @returns The shape.
 */
export function textShape(
  key: string,
  [x, y]: Point,
  content: string,
  style: string,
  anchor: 'start' | 'middle' | 'end' = 'start',
): Shape {
  const attributes = { x: round(x), y: round(y), class: style, 'text-anchor': anchor };
  return { key, tag: 'text', attributes, text: content };
}

/**
 * A rectangle.
 *
 * @param key - Identifies it.
 * @param box - Where it is.
 * @param style - Its class.
 * @param more - Further attributes.
 * @returns The shape.
 */
export function boxShape(
  key: string,
  { x, y, width, height }: Box,
  style: string,
  more: Readonly<Record<string, string | number>> = {},
): Shape {
  const size = { width: round(Math.max(0, width)), height: round(Math.max(0, height)) };
  return {
    key,
    tag: 'rect',
    attributes: { x: round(x), y: round(y), ...size, class: style, ...more },
  };
}

/**
 * Cuts a text to what has room.
 *
 * @param content - The text.
 * @param width - The room.
 * @param characterWidth - The width of a character.
 * @returns The text, or its beginning with an ellipsis.
 */
export function fitText(content: string, width: number, characterWidth: number): string {
  const room = Math.floor(width / characterWidth);
  return content.length <= room ? content : `${content.slice(0, Math.max(0, room - 1))}…`;
}

/**
 * Rounds to a tenth, which is enough for a screen and keeps documents small.
 *
 * @param value - The number.
 * @returns The rounded number.
 */
export function round(value: number): number {
  return Math.round(value * 10) / 10;
}
