/**
 * The commands that turn one configuration into another, and touch nothing that is the same in both.
 *
 * Each difference takes one command: `-E` and `-e` keep counters, connections and templates. Within a service servers
 * come before others go, and weights rise before others fall to 0, so that a service with usable servers before and
 * after has one all the time. Services that are no longer wanted go last.
 */
import { createServiceKey, describeServiceKey } from '../services/service-key.js';
import type { Service } from '../services/service.js';
import type { RealServer } from '../model/real-server.js';
import { orderedServers, orderedServices } from './listing-order.js';
import { type PlanStep, serverStep, serviceStep } from './plan-step.js';
import { serverRule, serviceRule } from './save.js';

/**
 * Plans a change.
 *
 * @param present - The services as they are.
 * @param wanted - The services as they are to be.
 * @returns The commands, in order; none when both are the same. The order of servers in their lists, in which alone a
 *   listing shows no difference, is not changed. Cost: O(n log n) for n services and servers.
 * @example
 * {@includeCode ../../docs/examples/plan-rules.ts}
 */
export function planRules(present: Iterable<Service>, wanted: Iterable<Service>): PlanStep[] {
  const before = byName(present);
  const after = byName(wanted);
  const changes = orderedServices(after.values(), true).flatMap((service) => {
    const name = describeServiceKey(service);
    const old = before.get(name);
    return old === undefined ? additions(service) : differences(old, service);
  });
  const gone = orderedServices(before.values(), true).filter(
    (service) => !after.has(describeServiceKey(service)),
  );
  return [...changes, ...gone.map((service) => serviceStep('delete-service', service))];
}

function byName(services: Iterable<Service>): Map<string, Service> {
  const names = new Map<string, Service>();
  for (const service of services) names.set(describeServiceKey(createServiceKey(service)), service);
  return names;
}

function additions(service: Service): PlanStep[] {
  const servers = orderedServers(service, true);
  return [
    serviceStep('add-service', service),
    ...usableFirst(servers).map((server) => serverStep('add-server', service, server)),
  ];
}

function differences(before: Service, after: Service): PlanStep[] {
  const [, oldSettings] = serviceRule(before);
  const [, newSettings] = serviceRule(after);
  const changed: RealServer[] = [];
  const added: RealServer[] = [];
  for (const server of orderedServers(after, true)) {
    const old = before.servers.get(server);
    if (old === undefined) added.push(server);
    else if (serverRule(old)[1] !== serverRule(server)[1]) changed.push(server);
  }
  const gone = orderedServers(before, true).filter(
    (server) => after.servers.get(server) === undefined,
  );
  const rising = changed.filter(({ weight }) => weight > 0);
  const falling = changed.filter(({ weight }) => weight === 0);
  return [
    ...(oldSettings === newSettings ? [] : [serviceStep('edit-service', after)]),
    ...usableFirst(added).map((server) => serverStep('add-server', after, server)),
    ...[...rising, ...falling].map((server) => serverStep('edit-server', after, server)),
    ...gone.map((server) => serverStep('delete-server', after, server)),
  ];
}

function usableFirst(servers: readonly RealServer[]): RealServer[] {
  return [
    ...servers.filter(({ weight }) => weight > 0),
    ...servers.filter(({ weight }) => weight === 0),
  ];
}
