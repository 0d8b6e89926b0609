/**
 * The forecast of a plan as text.
 */
import type { ServerForecast, ServiceForecast } from '../operations/plan-forecast.js';
import { count, counted } from './simulate/figures.js';

const COLUMN = 9;

/**
 * Writes a forecast.
 *
 * @param forecasts - One for each service.
 * @returns Comment lines, so that the whole output remains a script.
 */
export function forecastText(forecasts: readonly ServiceForecast[]): string {
  const lines = forecasts.flatMap((each) => ['', ...summary(each), ...table(each.servers)]);
  return lines.map((line) => `#${line === '' ? '' : ` ${line}`}\n`).join('');
}

function summary(forecast: ServiceForecast): string[] {
  const { service, inUse, broken, clients, moved, movedAnyway, added, arrived, refused } = forecast;
  const lost =
    refused === 0
      ? []
      : [
          `  of ${counted(arrived, 'connection')} that come afterwards ${count(refused)} get no server`,
        ];
  if (added) return [`${service}: new, ${counted(arrived, 'connection')} come`, ...lost];
  return [
    `${service}: of ${counted(inUse, 'connection')} in use ${count(broken)} ${broken === 1 ? 'breaks' : 'break'}`,
    `  of ${counted(clients, 'client')} that come back ${count(moved)} get another server; without the change ${count(movedAnyway)}`,
    ...lost,
  ];
}

function table(servers: readonly ServerForecast[]): string[] {
  const width = Math.max(0, ...servers.map(({ server }) => server.length));
  const row = (name: string, ...cells: readonly (string | number)[]): string =>
    `  ${name.padEnd(width)}${cells.map((cell) => String(cell).padStart(COLUMN)).join('')}`;
  return [
    row('', 'before', 'during', 'after'),
    ...servers.map(({ server, before, during, after, removed }) =>
      row(server, before, during, removed ? 'removed' : after),
    ),
  ];
}
