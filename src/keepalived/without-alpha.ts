/**
 * A configuration of which every server is taken to be well from the beginning.
 */
import type { KeepalivedConfiguration } from './configuration.js';

/**
 * Switches `alpha` off.
 *
 * @param configuration - What is in force.
 * @returns The same without `alpha`.
 */
export function withoutAlpha(configuration: KeepalivedConfiguration): KeepalivedConfiguration {
  const services = configuration.services.map((service) => {
    const servers = service.servers.map((server) => {
      return {
        ...server,
        checkers: server.checkers.map((checker) => ({ ...checker, alpha: false })),
      };
    });
    return { ...service, servers };
  });
  return { ...configuration, services };
}
