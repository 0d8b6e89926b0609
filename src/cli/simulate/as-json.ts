/**
 * Runs as plain JSON for other programs: the same figures as the tables, unrounded.
 */
import { listedName, listedSettings } from '../../ipvsadm/listing-lines.js';
import type { ServerFairness } from '../../simulation/index.js';
import type { Outcome } from './outcome.js';

/**
 * One run.
 *
 * @param outcome - The run.
 * @returns Plain JSON; parts are 0–1, times in seconds, `null` where there is no figure.
 */
export function outcomeAsJson(outcome: Outcome): object {
  const { service, scheduler, connections, clients, seconds, refused, fairness } = outcome;
  return {
    scheduler,
    settings: listedSettings(service),
    connections,
    clients,
    seconds,
    refused,
    shareError: fairness.shareError,
    longestRow: fairness.longestRow,
    worstPeak: fairness.worstPeak ?? null,
    servers: fairness.servers.map(serverAsJson),
    disruption: disruptionAsJson(outcome),
  };
}

/**
 * The runs of one service.
 *
 * @param outcomes - Runs of the same service, one or more.
 * @returns Plain JSON.
 */
export function serviceAsJson(outcomes: readonly Outcome[]): object {
  const [{ service }] = outcomes as [Outcome];
  return { service: listedName(service), runs: outcomes.map(outcomeAsJson) };
}

function serverAsJson(measures: ServerFairness): object {
  const { server, relativePeak } = measures;
  const { forwardingMethod, weight, active, inactive } = server;
  const settings = { server: server.toString(), forwardingMethod, weight, active, inactive };
  return { ...measures, ...settings, relativePeak: relativePeak ?? null };
}

function disruptionAsJson({ disruption }: Outcome): object | null {
  if (disruption === undefined) return null;
  return { ...disruption, server: disruption.server.toString() };
}
