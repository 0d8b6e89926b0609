/**
 * What is said about a configuration: texts as the recorded program prints them, with the place.
 */

/** A place in a configuration. */
export interface Place {
  /** The file as its `include` names it; empty = the main file. */
  readonly file: string;
  /** The line, from 1; 0 = behind the last one. */
  readonly line: number;
  /** The column of the first character, from 1. */
  readonly column: number;
}

/** How much a message matters. */
export type MessageSeverity = 'notice' | 'warning' | 'error' | 'fatal';

/** One message about a configuration. */
export interface KeepalivedMessage {
  /** The text, without the place. */
  readonly text: string;
  /** The line that the recorded program names; `undefined` when it names none. */
  readonly place: Place | undefined;
  /** What it is about: the same, or the statement of the service, server or checker; `undefined` for the file as a whole. */
  readonly about: Place | undefined;
  /**
   * Whether nothing is loaded (`fatal`), something was dropped (`error`) or adjusted (`warning`), or it
   * is no fault at all (`notice`).
   */
  readonly severity: MessageSeverity;
}

/**
 * Writes a message as `keepalived -t` does.
 *
 * @param message - The message.
 * @returns For example `(Line 5) Unknown keyword 'foo'`.
 */
export function formatMessage({ text, place }: KeepalivedMessage): string {
  if (place === undefined || place.line === 0) return text;
  const file = place.file === '' ? '' : `${place.file}: `;
  return `(${file}Line ${place.line}) ${text}`;
}

/** Collects messages while a configuration is read. */
export class MessageLog {
  /** The messages, in order. */
  readonly messages: KeepalivedMessage[] = [];
  /** Whether something a strict `include` wants is missing. */
  missingFiles = false;

  /** @returns Whether nothing more is to be read. */
  get fatal(): boolean {
    return this.messages.at(-1)?.severity === 'fatal';
  }

  /**
   * Adds a message.
   *
   * @param text - The text.
   * @param place - Where; nothing = the file as a whole.
   * @param severity - How much it matters; default `error`.
   * @param about - What it is about; default that place.
   */
  add(text: string, place?: Place, severity: MessageSeverity = 'error', about?: Place): void {
    this.messages.push({ text, place, about: about ?? place, severity });
  }
}
