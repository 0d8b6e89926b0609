/**
 * Schedulers for the dry run of a configuration change: they have the names of the real ones and pick
 * nothing.
 */
import type { Scheduler, SchedulerFactory, SchedulerName } from '../schedulers/scheduler.js';
import type { SchedulerRegistry } from '../services/scheduler-registry.js';

/**
 * A registry that knows the same names as another one.
 *
 * @param schedulers - The other one.
 * @returns A registry of schedulers without effect.
 */
export function inertSchedulers(schedulers: SchedulerRegistry): SchedulerRegistry {
  return (name, settings) =>
    schedulers(name, settings) === undefined ? undefined : inertFactory(name);
}

/**
 * Makes schedulers without effect.
 *
 * @param name - The name they have.
 * @returns A factory.
 */
export function inertFactory(name: string): SchedulerFactory {
  return () => inertScheduler(name);
}

function inertScheduler(name: string): Scheduler {
  return {
    name: name as SchedulerName,
    schedule: () => undefined,
    toJSON: () => null,
    restore: doNothing,
    close: doNothing,
  };
}

function doNothing(): void {
  // An inert scheduler has nothing to restore and nothing to end.
}
