/**
 * JSON Lines: one JSON value per line, blank lines left out.
 */
import { InputError } from '../../src/cli/command.js';

/**
 * Reads JSON Lines.
 *
 * @param text - The text.
 * @param name - What to call it in messages when it is not the file that was named; default nothing.
 * @returns The values in order.
 * @throws {InputError} With the number of the first line that is no JSON.
 */
export function readJsonLines(text: string, name = ''): unknown[] {
  const values: unknown[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    try {
      values.push(JSON.parse(line));
    } catch {
      throw new InputError(
        `damaged: ${name}${name === '' ? '' : ': '}line ${index + 1} is not JSON`,
      );
    }
  }
  return values;
}

/**
 * Does something with recorded values, and blames the recording when it cannot be done.
 *
 * @param where - Where the values stand in the recording.
 * @param action - What to do.
 * @returns What the action gives.
 * @throws {InputError} When the action throws anything.
 */
export function soundly<T>(where: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw new InputError(`damaged: ${where}: ${(error as Error).message}`);
  }
}
