/**
 * `ipvs simulate RULES --directors N`: from the request to what is printed and written.
 */
import { listedName, listedSettings } from '../../../ipvsadm/listing-lines.js';
import { drawFleetTimeline } from '../../../simulation/fleet/timeline.js';
import { UsageError } from '../../command.js';
import type { Io } from '../../io.js';
import { OutputFile } from '../../output.js';
import { styleFor } from '../../style.js';
import { wrap } from '../../wrap.js';
import { counted } from '../figures.js';
import { fleetComparison, fleetComparisonLegend } from './fleet-comparison.js';
import { fleetAsJson } from './fleet-json.js';
import type { FleetRequest } from './fleet-request.js';
import { fleetLegend, fleetTable } from './fleet-table.js';
import { type FleetLoadRequest, type FleetOutcome, runFleets } from './run-fleets.js';

/**
 * Simulates a fleet, or one for every algorithm.
 *
 * @param load - Rules and load.
 * @param fleet - The fleet.
 * @param asJson - Whether one JSON document is printed instead of tables.
 * @param io - The world.
 * @throws {UsageError} When an event or a tunable makes no sense for these rules.
 * @throws {OutputError} When the picture cannot be written.
 */
export function simulateFleets(
  load: FleetLoadRequest,
  fleet: FleetRequest,
  asJson: boolean,
  io: Io,
): void {
  if (fleet.svg !== undefined && load.scheduler === 'all') {
    throw new UsageError('--svg: expected one scheduler, got --scheduler all');
  }
  const outcomes = runFleets(load, fleet, io);
  if (fleet.svg !== undefined) writePicture(fleet.svg, load, fleet, outcomes);
  if (asJson) io.out.write(`${JSON.stringify(fleetAsJson(load, fleet, outcomes))}\n`);
  else print(load, fleet, outcomes, io);
}

function writePicture(
  path: string,
  load: FleetLoadRequest,
  fleet: FleetRequest,
  outcomes: readonly FleetOutcome[],
): void {
  const file = new OutputFile(path);
  const title = `${load.rules.name}: ${headline(load, fleet)}`;
  for (const { result } of outcomes) {
    file.write(Buffer.from(drawFleetTimeline(result, { title })));
  }
  file.close();
}

function print(
  load: FleetLoadRequest,
  fleet: FleetRequest,
  outcomes: readonly FleetOutcome[],
  io: Io,
): void {
  const style = styleFor(io, io.out);
  const { columns } = io.out;
  const isComparison = load.scheduler === 'all';
  const legend = isComparison ? fleetComparisonLegend(style) : fleetLegend(style, columns);
  const amount = `${counted(load.connections, 'connection')} in ${counted(fleet.seconds, 'second')}, seed ${load.seed}`;
  const top = `IP Virtual Server, simulated: ${headline(load, fleet)}; ${amount}`;
  io.out.write(`${wrap(top, columns)}\n${legend}\n`);
  for (const [index, service] of [...load.idle.director.services].entries()) {
    const own = `${listedName(service)} ${listedSettings(service)}`;
    const results = outcomes.map(({ result }) => result.services[index]);
    const table = isComparison
      ? fleetComparison(own, results, service.schedulerName, style)
      : fleetTable(
          titleOf(own, results[0].scheduler, service.schedulerName),
          outcomes[0].result,
          index,
          style,
          columns,
        );
    io.out.write(`${table}\n`);
  }
}

/** The service, with the algorithm that takes the place of its own. */
function titleOf(listed: string, scheduler: string, own: string): string {
  return scheduler === own ? listed : `${listed}, with ${scheduler}`;
}

function headline({ scheduler }: FleetLoadRequest, fleet: FleetRequest): string {
  const { directors, hash, table, buckets, sync, tunables } = fleet;
  const size = table === 'resilient' ? ` of ${buckets} buckets` : '';
  const set = tunables.map(([name, value]) => `${name} ${value}`);
  return [
    `${counted(directors, 'director')} behind ECMP (${hash}, ${table}${size})`,
    `sync ${sync ? 'on' : 'off'}`,
    ...set,
    ...(scheduler === undefined || scheduler === 'all' ? [] : [scheduler]),
  ].join(', ');
}
