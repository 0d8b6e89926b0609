/**
 * What a reload of keepalived does, as text.
 */
import { commandLine, type Step } from '../operations/plan.js';
import type { ServiceForecast } from '../operations/plan-forecast.js';
import type { ReloadStep } from '../operations/plan-reload.js';
import { forecastText } from './plan-forecast-text.js';
import { counted } from './simulate/figures.js';

/** A reload beside a plan. */
export interface PlannedReload {
  /** What it sends. */
  readonly steps: readonly ReloadStep[];
  /** What the kernel refuses. */
  readonly refused: readonly string[];
  /** What remains to be done afterwards. */
  readonly left: readonly Step[];
  /** What it does to the clients of a load, if that is asked for. */
  readonly forecast?: readonly ServiceForecast[] | undefined;
}

/**
 * Writes what a reload does.
 *
 * @param reload - The reload.
 * @returns Comment lines: keepalived sends these commands itself.
 */
export function reloadText({ steps, refused, left, forecast }: PlannedReload): string {
  const lines = [
    '',
    `a reload of keepalived sends ${counted(steps.length, 'command')}, all servers being well:`,
    ...steps.flatMap((step, index) => [...pauseBefore(steps, index), `  ${commandLine(step)}`]),
    ...section('the kernel refuses:', refused),
    ...section('it leaves out:', left.map(commandLine)),
  ];
  const text = lines.map((line) => `#${line === '' ? '' : ` ${line}`}\n`).join('');
  return forecast === undefined ? text : text + forecastText(forecast);
}

/** Names the time where it passes between two commands. */
function pauseBefore(steps: readonly ReloadStep[], index: number): string[] {
  const afterSeconds = steps[index]?.afterSeconds ?? 0;
  const before = steps[index - 1]?.afterSeconds ?? 0;
  return afterSeconds === before
    ? []
    : [`at the earliest ${afterSeconds} s later, when checks have passed:`];
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [title, ...lines.map((line) => `  ${line}`)];
}
