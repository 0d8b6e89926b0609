/**
 * A service while it is checked, and how messages about it are made.
 */
import type { GroupDraft, ServiceDraft } from '../blocks/drafts.js';
import type { ParseState } from '../blocks/parse-state.js';
import type { ServiceProtocol } from '../configuration.js';
import { serviceLabel } from '../labels.js';
import type { MessageSeverity } from '../messages.js';

/** A service while it is checked. */
export interface Work {
  /** What its block says. */
  readonly draft: ServiceDraft;
  /** The group it is made of. */
  readonly group: GroupDraft | undefined;
  /** What was read. */
  readonly state: ParseState;
  /** Which service of its group it is, from 0. */
  readonly index: number;
  /** Its protocol; written by the check of protocols only. */
  protocol: ServiceProtocol | undefined;
}

/**
 * Adds a message about a service as a whole.
 *
 * @param work - The service.
 * @param text - The text.
 * @param severity - How much it matters; default `warning`.
 */
export function say(
  { state, draft }: Work,
  text: string,
  severity: MessageSeverity = 'warning',
): void {
  state.log.add(text, undefined, severity, draft.place);
}

/**
 * Names a service.
 *
 * @param work - The service.
 * @returns Its name in messages.
 */
export function labelOf({ draft, protocol, index }: Work): string {
  return serviceLabel(draft.target, protocol, index);
}
