/**
 * The direction of a packet of a connection, as the state tables distinguish it.
 *
 * INPUT is from the client and OUTPUT from the server; INPUT_ONLY is from the client of an entry of which no
 * packet of the server was seen (NOOUTPUT). One that is seen takes the flag away: `state-machine.ts`.
 */
import { FLAG_NO_OUTPUT } from '../entries/flags.js';

/** From the client, of an entry whose server's packets pass here too. */
export const INPUT = 0;
/** From the server. */
export const OUTPUT = 1;
/** From the client, of an entry without packets of the server. */
export const INPUT_ONLY = 2;

/**
 * The direction of a packet.
 *
 * @param flags - The entry's flags before this packet.
 * @param fromServer - Whether the server sent the packet.
 * @returns One of {@link INPUT}, {@link OUTPUT}, {@link INPUT_ONLY}.
 */
export function directionOf(flags: number, fromServer: boolean): number {
  if (fromServer) return OUTPUT;
  return (flags & FLAG_NO_OUTPUT) === 0 ? INPUT : INPUT_ONLY;
}
