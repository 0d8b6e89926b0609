/**
 * A group of services under load: from the rules to what is shown of each service.
 */
import { IpAddress } from '../../ip-address.js';
import { listedName, listedSettings } from '../../ipvsadm/listing-lines.js';
import { NOTHING } from '../../operations/plain-rules.js';
import { SCHEDULERS, isSchedulerName } from '../../schedulers/create-scheduler.js';
import { loadLengthMs } from '../../simulation/workload.js';
import { styleOf } from '../style.js';
import { serviceAsJson } from './as-json.js';
import { comparisonTable } from './comparison.js';
import {
  directorOf,
  type Outcome,
  partOf,
  type RuledDirector,
  simulate,
  workloadsOf,
} from './outcome.js';
import { rulesOfGroup } from './rule-sections.js';
import { serviceTable } from './service-table.js';
import type { SimulationTask } from './simulation-task.js';

/** What is shown of a service: text, or an object for JSON. */
export type ServiceReport = string | object;

/**
 * How many directors are put under the load, one after the other.
 *
 * @param task - The simulation.
 * @returns 1, or the number of algorithms.
 */
export function runsOf({ scheduler }: SimulationTask): number {
  return scheduler === 'all' ? Object.keys(SCHEDULERS).length : 1;
}

/**
 * Simulates a group of services.
 *
 * @param task - The simulation.
 * @param group - The services, by index.
 * @param onProgress - Called now and then with how many further connections are done.
 * @param idle - A director with the rules that has got no load yet; default one is made.
 * @returns What is shown of each service, in order of the group.
 */
export function runGroup(
  task: SimulationTask,
  group: readonly number[],
  onProgress: (connections: number) => void,
  idle: RuledDirector = makeDirector(task, group),
): ServiceReport[] {
  const { scheduler, leave } = task;
  const { services } = idle.director;
  const workloads = workloadsOf(idle.director, task, group);
  const untilMs = loadLengthMs(partOf(task.connections, services.size, 0));
  const titles = [...services].map((each) => `${listedName(each)} ${listedSettings(each)}`);
  const isAll = scheduler === 'all';
  const algorithms = isAll ? Object.keys(SCHEDULERS).filter(isSchedulerName) : [scheduler];
  const runs = algorithms.map((algorithm, run) =>
    // The load changes a director, so that each algorithm gets one of its own.
    simulate(
      run === 0 ? idle : makeDirector(task, group),
      group,
      workloads,
      { scheduler: algorithm, leave, untilMs },
      onProgress,
    ),
  );
  return group.map((index, place) =>
    reportOf(
      task,
      titles[index],
      runs.map((outcomes) => outcomes[place]),
    ),
  );
}

/** A director with what the rules say of a group; of other services at least that they are there. */
function makeDirector(task: SimulationTask, group: readonly number[]): RuledDirector {
  const { rules, sections, seed, kernel, addresses } = task;
  const options = {
    seed,
    ...(kernel !== undefined && { kernel }),
    addresses: addresses.map((each) => IpAddress.parse(each)),
  };
  if (sections === undefined) return directorOf(rules, options);
  const needed = rulesOfGroup(rules.text, sections, group);
  return directorOf(rules, options, { ...NOTHING, kind: 'ipvsadm', rules: needed });
}

function reportOf(
  { format, scheduler }: SimulationTask,
  title: string,
  outcomes: readonly Outcome[],
): ServiceReport {
  if (format.json) return serviceAsJson(outcomes);
  const style = styleOf(format.isColored);
  if (scheduler === 'all') return comparisonTable(title, outcomes, style, format.columns);
  return serviceTable(outcomes[0], style, format.columns);
}
