/**
 * A client whose packet is followed.
 */
import type { Flow } from 'ipvs';
import { IpAddress } from 'ipvs';

/** The endpoints of a client's first packet. */
export type Visitor = Flow;

const NEWCOMER = { 4: '198.51.100.7', 6: '2001:db8:ffff::7' } as const;
const NEWCOMER_PORT = 40_000;
/** Above the ports that the clients of a load use. */
const SPARE_PORT = 61_000;

/**
 * A client that comes beside the load.
 *
 * @param last - The connection of the load that began last.
 * @param returning - Whether it is that connection's client; else one that was never here.
 * @returns Its endpoints.
 */
export function visitorOf(last: Flow, returning: boolean): Visitor {
  if (returning) return { ...last, sourcePort: SPARE_PORT };
  const source = IpAddress.parse(NEWCOMER[last.source.family]);
  return { ...last, source, sourcePort: NEWCOMER_PORT };
}
