/**
 * Fleets as plain JSON for other programs: the figures of the tables, unrounded.
 */
import type { FleetResult } from '../../../simulation/index.js';
import type { FleetRequest } from './fleet-request.js';
import type { FleetLoadRequest, FleetOutcome } from './run-fleets.js';

/**
 * The whole document.
 *
 * @param load - Rules and load.
 * @param fleet - The fleet.
 * @param outcomes - The runs.
 * @returns Plain JSON; times in seconds, `null` where there is no figure.
 */
export function fleetAsJson(
  load: FleetLoadRequest,
  fleet: FleetRequest,
  outcomes: readonly FleetOutcome[],
): object {
  const { connections, clients, seed } = load;
  const { directors, hash, table, buckets, sync, packetSeconds, seconds, events } = fleet;
  return {
    format: 1,
    kind: 'ipvs-fleet-simulation',
    seed,
    connections,
    clients,
    seconds,
    directors,
    router: { hash, table, ...(table === 'resilient' && { buckets }) },
    sync,
    packetSeconds,
    tunables: Object.fromEntries(fleet.tunables),
    events,
    runs: outcomes.map(({ scheduler, result }) => ({
      scheduler: scheduler ?? null,
      services: result.services.map(serviceAsJson),
      samples: result.samples,
    })),
  };
}

function serviceAsJson(service: FleetResult['services'][number]): object {
  const effects = service.effects.map((effect) => ({
    ...effect,
    balancedAfterSeconds: effect.balancedAfterSeconds ?? null,
  }));
  return { ...service, effects };
}
