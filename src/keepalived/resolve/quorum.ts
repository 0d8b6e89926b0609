/**
 * The quorum of a service and its hysteresis, as they count: no quorum above the total weight of the servers, and a
 * hysteresis below the quorum.
 */
import type { ForwardedServer } from './ports.js';
import { labelOf, say, type Work } from './work.js';

const MAX_UINT32 = 4294967295;

/**
 * Decides quorum and hysteresis.
 *
 * @param work - The service.
 * @param servers - Its servers.
 * @returns Both.
 */
export function settleQuorum(
  work: Work,
  servers: readonly ForwardedServer[],
): { quorum: number; hysteresis: number } {
  const { draft, state } = work;
  const total =
    servers.reduce((sum, { server }) => sum + (server.weight ?? draft.weight), 0) %
    (MAX_UINT32 + 1);
  let { quorum, hysteresis } = draft;
  if (quorum > total) {
    const text = `Warning - quorum ${quorum} for ${labelOf(work)} exceeds total weight of real servers ${total}, reducing quorum to ${total}`;
    say(work, text);
    quorum = total;
  }
  if (hysteresis >= quorum) {
    const wrapped = state.behavior.wrapsHysteresis ? MAX_UINT32 : 0;
    const lowered = quorum === 0 ? wrapped : quorum - 1;
    if (state.behavior.wrapsHysteresis || hysteresis !== lowered) {
      const text = `Virtual server ${labelOf(work)}: hysteresis ${hysteresis} >= quorum ${quorum}; setting hysteresis to ${lowered}`;
      say(work, text);
    }
    hysteresis = lowered;
  }
  return { quorum, hysteresis };
}
