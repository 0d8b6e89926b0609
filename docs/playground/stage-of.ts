/**
 * The picture of a lane at the present moment.
 */
import type { Lane } from './lane.js';
import { closingTurns, openingTurns } from './packets.js';
import type { Race } from './race.js';
import { SERVER_COLORS, type Stage } from './stage.js';

/** A server is full at this many active connections at least, so that the first ones do not fill it. */
const LEAST_FULL = 8;

/**
 * Takes a picture.
 *
 * @param race - The run.
 * @param index - Which lane.
 * @returns What the picture shows; all lanes of a run have the same scales.
 */
export function stageOf(race: Race, index: number): Stage {
  const lane = race.lanes[index];
  const history = race.histories[index];
  const { tallies, service } = lane;
  const rows = lane.rows();
  return {
    clients: lane.clients,
    service: nameOf(service),
    scheduler: lane.scheduler,
    entries: lane.tableSize,
    servers: rows.map((row, place) => {
      const tally = tallies[place];
      const rate = tally === undefined ? undefined : history?.rateOf(race.nowMs, tally);
      return {
        ...row,
        color: place % SERVER_COLORS,
        requests: rate?.requests ?? 0,
        answers: rate?.answers ?? 0,
      };
    }),
    fullActive: fullActiveOf(race),
    fullRate: race.present.rate * packetsPerConnection(race),
  };
}

function fullActiveOf({ lanes, histories }: Race): number {
  const present = lanes.flatMap((lane) => lane.rows().map(({ active }) => active));
  const past = histories.map(({ mostActive }) => mostActive);
  return Math.max(LEAST_FULL, ...present, ...past);
}

/** The packets that a client sends in a connection. */
function packetsPerConnection(race: Race): number {
  const flow = race.visitor(false);
  const turns = [...openingTurns(flow), ...closingTurns(flow)];
  return turns.filter(({ from }) => from === 'client').length;
}

function nameOf({ fwmark, address, port }: Lane['service']): string {
  if (fwmark !== 0) return `mark ${fwmark}`;
  return address.family === 6 ? `[${address}]:${port}` : `${address}:${port}`;
}
