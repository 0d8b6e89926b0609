/**
 * What processes that share the state of a service send to each other: plain data, so that any channel can carry it.
 *
 * Whatever arrives is checked before it has an effect: it ends in a message or in a reason.
 */

/** The connections that the sender has with one server. The newest version counts. */
export type SharedCount = readonly [
  server: string,
  version: number,
  active: number,
  inactive: number,
];

/** A template: of one key the greatest stamp counts, of equal stamps the greatest writer. */
export type SharedTemplate = readonly [
  key: string,
  stamp: number,
  writer: string,
  server: string,
  remainingMs: number,
];

/** A message. */
export interface SharedMessage {
  /** The version of this format. */
  readonly format: 1;
  /** The service: messages of others are passed over. */
  readonly service: string;
  /** The process that sends. */
  readonly from: string;
  /** The process that it is for; all when it is not given. */
  readonly to?: string;
  /** With {@link clock}: the message holds all that the sender has changed since this reading of its clock. */
  readonly after: number;
  /** The reading of the sender's clock up to which its changes are in the message. */
  readonly clock: number;
  /** Asks the receiver for what it has changed since this reading of its clock. */
  readonly wants?: number;
  /** The counts that have changed. */
  readonly counts: readonly SharedCount[];
  /** The templates that have changed. */
  readonly templates: readonly SharedTemplate[];
}

/** Why a message has no effect. */
export type SharedFault =
  | 'malformed'
  | 'format-unknown'
  | 'other-service'
  | 'own-message'
  | 'for-another-process'
  | 'too-many-processes'
  | 'too-many-servers'
  | 'too-many-templates'
  | 'process-ended';

/** The longest name of a process, a server or a template. */
const LONGEST_NAME = 120;
/** The most counts, and the most templates, in one message. */
const MOST_ITEMS = 4096;

/**
 * Checks what arrived.
 *
 * @param value - Anything.
 * @returns The message; why it is none.
 */
export function readSharedMessage(value: unknown): SharedMessage | SharedFault {
  if (typeof value !== 'object' || value === null) return 'malformed';
  const message = value as Partial<Record<keyof SharedMessage, unknown>>;
  if (message.format !== 1) return 'format-unknown';
  const { service, from, to = '', after, clock, wants = 0, counts, templates } = message;
  const isWhole =
    isName(service) &&
    isName(from) &&
    isName(to) &&
    isCount(after) &&
    isCount(clock) &&
    after <= clock &&
    isCount(wants) &&
    isListOf(counts, isSharedCount) &&
    isListOf(templates, isSharedTemplate);
  return isWhole ? (value as SharedMessage) : 'malformed';
}

function isListOf(value: unknown, isItem: (item: readonly unknown[]) => boolean): boolean {
  if (!Array.isArray(value) || value.length > MOST_ITEMS) return false;
  return value.every((item) => Array.isArray(item) && isItem(item));
}

function isSharedCount([server, version, active, inactive]: readonly unknown[]): boolean {
  return isName(server) && isCount(version) && isCount(active) && isCount(inactive);
}

function isSharedTemplate([key, stamp, writer, server, left]: readonly unknown[]): boolean {
  return isName(key) && isCount(stamp) && isName(writer) && isName(server) && isCount(left);
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && value.length <= LONGEST_NAME;
}

/** Sums of counts stay exact: 2^40 each. */
function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) <= 2 ** 40;
}
