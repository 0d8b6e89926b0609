/**
 * Requests whose answer depends on frames that are still to be read: they wait until the bell has rung often enough.
 */
import type { NumberedRequest } from './pipes.js';

/** Requests that came too early. */
export class EarlyRequests {
  private early: NumberedRequest[] = [];

  /**
   * Divides requests.
   *
   * @param requests - What has come, in order.
   * @param bell - How often the bell has been rung, as of the frame at hand.
   * @returns What can be answered now; the others wait for a later call.
   */
  due(requests: readonly NumberedRequest[], bell: number): NumberedRequest[] {
    const all = [...this.early, ...requests];
    const isEarly = ({ request }: NumberedRequest): boolean =>
      request.kind === 'confirm' && request.after >= bell;
    this.early = all.filter(isEarly);
    return all.filter((each) => !isEarly(each));
  }
}
