/** Server lists with loads, and packets, as values of the library. */
import * as fc from 'fast-check';
import { createFlow, type Flow } from '../../../src/model/flow.js';
import { ServerList } from '../../../src/model/server-list.js';
import { endpoints, families, serverAddress, type Family } from './addresses.js';
import { thresholds, weightProfiles } from './weights.js';

const everydayWeights = fc.oneof(
  weightProfiles.one,
  weightProfiles.zeros,
  weightProfiles.small,
  weightProfiles.middle,
  weightProfiles.wide,
);

/** Lists with everyday weights, thresholds and loads; some have no server at all. */
export function serverLists(family: Family = 'ipv4', most = 12): fc.Arbitrary<ServerList> {
  const loads = fc.record({
    weight: everydayWeights,
    pair: fc.oneof(fc.constant({ u: 0, l: 0 }), thresholds),
    active: fc.nat(8),
    inactive: fc.nat(8),
  });
  return fc.array(loads, { maxLength: most }).map((all) => {
    const servers = new ServerList();
    for (const [id, { weight, pair, active, inactive }] of all.entries()) {
      const server = servers.add({
        address: serverAddress(family, id),
        port: 80,
        weight,
        upperThreshold: pair.u,
        lowerThreshold: pair.l,
      });
      server.open(true, active);
      server.open(false, inactive);
    }
    return servers;
  });
}

/** Packets of a family. */
export function flows(family: Family = 'ipv4'): fc.Arbitrary<Flow> {
  return endpoints(family).map(([source, sourcePort, destination, destinationPort]) =>
    createFlow({ source, sourcePort, destination, destinationPort }),
  );
}

/** A list and some packets of the same family. */
export const services: fc.Arbitrary<{ readonly servers: ServerList; readonly flows: Flow[] }> =
  families.chain((family) =>
    fc.record({
      servers: serverLists(family),
      flows: fc.array(flows(family), { minLength: 1, maxLength: 20 }),
    }),
  );
