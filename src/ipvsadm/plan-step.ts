/**
 * One command of a plan, and its text.
 */
import type { RealServer } from '../model/real-server.js';
import type { Service } from '../services/service.js';
import { serverRule, serviceRule } from './save.js';

/** What a step does. */
export type PlanAction =
  | 'add-service'
  | 'edit-service'
  | 'delete-service'
  | 'add-server'
  | 'edit-server'
  | 'delete-server';

/** One command of a plan. */
export interface PlanStep {
  /** What it does. */
  readonly action: PlanAction;
  /** The command, without the tool's name. */
  readonly rule: string;
  /** The service that it concerns, as messages name it. */
  readonly service: string;
  /** The server that it concerns. */
  readonly server?: string;
}

const SERVICE_OPTIONS = {
  'add-service': '-A',
  'edit-service': '-E',
  'delete-service': '-D',
} as const;
const SERVER_OPTIONS = { 'add-server': '-a', 'edit-server': '-e', 'delete-server': '-d' } as const;

/**
 * A command that concerns a service.
 *
 * @param action - What it does.
 * @param service - The service as it is to be.
 * @returns The step.
 */
export function serviceStep(action: keyof typeof SERVICE_OPTIONS, service: Service): PlanStep {
  const [name, settings] = serviceRule(service);
  const rule = `${SERVICE_OPTIONS[action]} ${name}${action === 'delete-service' ? '' : settings}`;
  return { action, rule, service: service.toString() };
}

/**
 * A command that concerns a server.
 *
 * @param action - What it does.
 * @param service - The service.
 * @param server - The server as it is to be.
 * @returns The step.
 */
export function serverStep(
  action: keyof typeof SERVER_OPTIONS,
  service: Service,
  server: RealServer,
): PlanStep {
  const [serviceName] = serviceRule(service);
  const [name, settings] = serverRule(server);
  const rest = action === 'delete-server' ? '' : settings;
  const rule = `${SERVER_OPTIONS[action]} ${serviceName} ${name}${rest}`;
  return { action, rule, service: service.toString(), server: server.toString() };
}
