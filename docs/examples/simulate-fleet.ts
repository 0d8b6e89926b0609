import assert from 'node:assert/strict';
import { Director } from 'ipvs/director';
import { restoreRules } from 'ipvs/ipvsadm';
import { createWorkload, parseFleetEvent, simulateFleet } from 'ipvs/simulation';

const servers = ['10.0.0.1', '10.0.0.2', '10.0.0.3', '10.0.0.4'];
const broken = (scheduler: string): number => {
  const rules = [
    `-A -t 192.0.2.1:80 -s ${scheduler}`,
    ...servers.map((server) => `-a -t 192.0.2.1:80 -r ${server} -g`),
  ];
  const { services } = simulateFleet({
    director: (options) => {
      const director = new Director({ ...options, tunables: { sloppy_tcp: 1 } });
      restoreRules(rules.join('\n'), director);
      return director;
    },
    directors: 4,
    workloads: [createWorkload({ address: '192.0.2.1', port: 80 }, { connections: 1000 })],
    events: [parseFleetEvent(15, 'fail-director 2')],
  });
  return services[0]?.effects[0]?.broken ?? 0;
};

assert.equal(broken('mh'), 0); // all directors choose alike
assert.ok(broken('rr') > 50); // three of four connections that move get another server
