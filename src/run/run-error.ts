/**
 * Why a director cannot be run on this machine: a tool, a device or a right is missing, or a command failed.
 */

/** What keeps a director from running; the message says what to do about it. */
export class RunError extends Error {
  /** The name of the class. */
  override readonly name = 'RunError';
}
