/**
 * What keepalived says of a file, as the command reports it.
 */
import type { MessageSeverity } from '../keepalived/messages.js';

/** What is said of a file. */
export interface ReportedMessage {
  /** For example `keepalived.conf:5:12: Unknown keyword 'foo'`. */
  readonly text: string;
  /** How much it matters. */
  readonly severity: MessageSeverity;
}

/**
 * Whether a message says that something was dropped.
 *
 * @param message - The message.
 */
export function isFault({ severity }: ReportedMessage): boolean {
  return severity === 'error' || severity === 'fatal';
}
