/**
 * Colors, for terminals that want them: the conventions of NO_COLOR, FORCE_COLOR and TERM=dumb hold.
 */
import type { Io } from './io.js';
import type { Sink } from './sink.js';

/** Makes a text stand out. */
export type Paint = (text: string) => string;

/** Ways to make text stand out; without colors each gives the text as it is. */
export interface Style {
  /** For headings. */
  readonly bold: Paint;
  /** For what matters little. */
  readonly dim: Paint;
  /** For what is as it should be. */
  readonly good: Paint;
  /** For what deserves a look. */
  readonly notable: Paint;
}

/**
 * The style for a place.
 *
 * @param io - The world, for its environment.
 * @param sink - Where the text will go.
 * @returns Colors on a terminal, plain text elsewhere.
 */
export function styleFor(io: Io, sink: Sink): Style {
  return styleOf(wantsColor(io, sink));
}

/**
 * The style with or without colors.
 *
 * @param isColored - Whether there are colors.
 * @returns Colors, or plain text.
 */
export function styleOf(isColored: boolean): Style {
  const paint =
    (code: number): Paint =>
    (text) =>
      isColored && text !== '' ? `\u001B[${code}m${text}\u001B[0m` : text;
  return { bold: paint(1), dim: paint(2), good: paint(32), notable: paint(33) };
}

/**
 * Whether a place gets colors.
 *
 * @param io - The world, for its environment.
 * @param sink - Where the text will go.
 * @returns Whether it is a terminal that wants them, or the environment asks for them.
 */
export function wantsColor({ env }: Io, sink: Sink): boolean {
  if ((env['NO_COLOR'] ?? '') !== '') return false;
  if ((env['FORCE_COLOR'] ?? '0') !== '0') return true;
  return sink.isTerminal && env['TERM'] !== 'dumb';
}
