/**
 * Services as plain JSON for other programs, with all that can be configured and every counter.
 */
import type { RealServer } from '../../model/real-server.js';
import type { Service } from '../../services/service.js';

/**
 * One service.
 *
 * @param service - The service.
 * @returns Plain JSON; `null` where there is no persistence or no tunnel. Servers are newest first.
 */
export function serviceAsJson(service: Service): object {
  const { family, fwmark, protocol, address, port, persistence, onePacket } = service;
  const { persistenceEngine = null } = service;
  const name = fwmark === 0 ? { protocol, address: address.toString(), port } : { fwmark, family };
  return {
    ...name,
    scheduler: service.schedulerName,
    schedulerFlags: service.schedulerFlags,
    persistence:
      persistence === undefined
        ? null
        : {
            timeoutSeconds: persistence.timeoutSeconds,
            netmask: persistence.netmask.toString(),
          },
    persistenceEngine,
    onePacket,
    servers: [...service.servers].map(serverAsJson),
  };
}

function serverAsJson(server: RealServer): object {
  const { port, forwardingMethod, tunnel, weight, upperThreshold, lowerThreshold } = server;
  const { active, inactive, persistent, overloaded } = server;
  return {
    address: server.address.toString(),
    port,
    forwardingMethod,
    tunnel: forwardingMethod === 'tunneling' ? tunnel : null,
    weight,
    upperThreshold,
    lowerThreshold,
    active,
    inactive,
    persistent,
    overloaded,
  };
}
