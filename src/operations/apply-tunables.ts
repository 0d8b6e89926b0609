/**
 * Sets the tunables that a text has.
 */
import type { Director } from '../director/director.js';
import type { TextWarning, TunableLine } from './understood-text.js';

/**
 * Sets tunables.
 *
 * @param tunables - Their lines.
 * @param director - Whose they are.
 * @returns What is to be said of those that the director does not have, or not with this value.
 */
export function applyTunables(
  tunables: readonly TunableLine[],
  director: Pick<Director, 'setTunable'>,
): TextWarning[] {
  return tunables.flatMap(({ name, value, line }) => {
    try {
      director.setTunable(name, value);
      return [];
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      return [{ line, text: `${name} = ${value} has no effect here` }];
    }
  });
}
