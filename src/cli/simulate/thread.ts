/**
 * The part of a simulation that a further thread does.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { withReader } from '../rules-file.js';
import { type GroupReport, takeGroups, type ThreadData } from './run-groups.js';

/** Takes groups of services until none is left, and sends what is shown of them. */
export async function runThread(): Promise<void> {
  const data = workerData as ThreadData;
  const rules = await withReader(data.task.rules);
  const report = (found: GroupReport): void => parentPort?.postMessage(found);
  takeGroups({ ...data, task: { ...data.task, rules } }, report);
}
