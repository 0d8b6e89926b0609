/**
 * Everything public that takes options: each door opens with one more option. A misspelled one must be refused.
 */
import { CaptureReader, CaptureWriter } from '../../src/captures/index.js';
import { ConnectionTable, Timeouts } from '../../src/connections/index.js';
import { ConnectionTracking, Firewall } from '../../src/conntrack/index.js';
import { Administration, Director } from '../../src/director/index.js';
import { DnsDiscovery } from '../../src/discovery/node/index.js';
import { createLinkLayer, Reassembler } from '../../src/forwarding/index.js';
import { HealthChecker } from '../../src/health/index.js';
import {
  dnsProbe,
  httpProbe,
  pingProbe,
  scriptProbe,
  smtpProbe,
  tcpProbe,
  udpProbe,
} from '../../src/health/node/index.js';
import { applyRules, createTwin, listedDirector, understand } from '../../src/operations/index.js';
import { describeRun, runDirector } from '../../src/run/index.js';
import { planSetup } from '../../src/setup/index.js';
import {
  createFlow,
  ManualTimers,
  seededRandom,
  ServerList,
  VirtualService,
} from '../../src/index.js';
import {
  executeCommand,
  parseArguments,
  parseCommand,
  restoreAllRules,
  restoreRules,
  procServices,
  saveRules,
} from '../../src/ipvsadm/index.js';
import { lint } from '../../src/lint/index.js';
import { KeepalivedMachine, parseKeepalived, writeKeepalived } from '../../src/keepalived/index.js';
import { nodeChecks } from '../../src/keepalived/node/index.js';
import {
  createScheduler,
  leastConnection,
  localityBasedLeastConnection,
  localityBasedLeastConnectionWithReplication,
  maglevHashing,
  powerOfTwoChoices,
  roundRobin,
  schedulersByName,
  sourceHashing,
  weightedLeastConnection,
} from '../../src/schedulers/index.js';
import {
  createPersistence,
  createServiceKey,
  Service,
  ServiceTable,
} from '../../src/services/index.js';
import {
  checkFleet,
  createWorkload,
  drawFleetTimeline,
  type FleetOptions,
  simulateFleet,
} from '../../src/simulation/index.js';
import { shareService, synchronization } from '../../src/sync/index.js';
import { UdpChannel, UdpTransport } from '../../src/sync/node/index.js';

const schedulers = schedulersByName;
const service = { address: '192.0.2.1', port: 80 };
const server = { address: '10.0.0.1', port: 80 };
const fleet: FleetOptions = {
  director: (options) => {
    const director = new Director(options);
    director.execute('-A -t 192.0.2.1:80');
    director.execute('-a -t 192.0.2.1:80 -r 10.0.0.1:80');
    return director;
  },
  directors: 1,
  workloads: [createWorkload(service, { connections: 1 })],
};
const director = (): Director => new Director({ schedulers });
const key = createServiceKey(service);
const timers = new ManualTimers();
const random = seededRandom(1);
const client = { address: '198.51.100.1', port: 1 };
const virtual = (extra: object = {}): VirtualService =>
  new VirtualService({ ...service, scheduler: roundRobin(), servers: [server], timers, ...extra });
const ethernet = { client: '02:00:00:00:0d:00', server: '02:00:00:00:0d:01' };
const { configuration } = parseKeepalived('');
const withServer = (): ServerList => new ServerList([server]);

/** Where options are taken: each does it with one more option. */
export const doors: Readonly<Record<string, (extra: object) => unknown>> = {
  Director: (extra) => new Director({ schedulers, ...extra }),
  'Director.fromJSON': (extra) => Director.fromJSON(director().toJSON(), { schedulers, ...extra }),
  'the host of a director': (extra) => new Director({ schedulers, host: extra }),
  'a leg of the host': (extra) => new Director({ schedulers, host: { client: extra } }),
  'Director.addService': (extra) => director().addService(service, extra),
  'Director.addServer': (extra) => {
    const subject = director();
    subject.addService(service);
    return subject.addServer(service, { ...server, ...extra });
  },
  'Director.editServer': (extra) => {
    const subject = director();
    subject.addService(service);
    subject.addServer(service, server);
    return subject.editServer(service, server, extra);
  },
  'Director.setTimeouts': (extra) => director().setTimeouts(extra),
  'ServiceTable.add': (extra) => new ServiceTable({ schedulers }).add(service, extra),
  'ServiceTable.edit': (extra) => {
    const table = new ServiceTable({ schedulers });
    table.add(service);
    return table.edit(service, extra);
  },
  'the persistence of a service': (extra) =>
    new ServiceTable({ schedulers }).add(service, { persistence: extra }),
  ServerList: (extra) => new ServerList([{ ...server, ...extra }]),
  'ServerList.add': (extra) => new ServerList().add({ ...server, ...extra }),
  'ServerList.edit': (extra) => withServer().edit(server, extra),
  'the tunnel of a server': (extra) => new ServerList().add({ ...server, tunnel: extra }),
  createFlow: (extra) => createFlow({ source: '10.0.0.1', destination: '10.0.0.2', ...extra }),
  ConnectionTable: (extra) => new ConnectionTable(extra),
  'Timeouts.set': (extra) => new Timeouts().set(extra),
  Reassembler: (extra) => new Reassembler(extra),
  createScheduler: (extra) => createScheduler('rr', new ServerList(), extra),
  schedulersByName: (extra) => schedulersByName('rr', extra),
  sourceHashing: (extra) => sourceHashing(extra),
  maglevHashing: (extra) => maglevHashing(extra),
  powerOfTwoChoices: (extra) => powerOfTwoChoices(extra),
  localityBasedLeastConnection: (extra) => localityBasedLeastConnection(extra),
  localityBasedLeastConnectionWithReplication: (extra) =>
    localityBasedLeastConnectionWithReplication(extra),
  simulateFleet: (extra) => simulateFleet({ ...fleet, ...extra }),
  checkFleet: (extra) => checkFleet({ ...fleet, ...extra }),
  drawFleetTimeline: (extra) => drawFleetTimeline(simulateFleet(fleet), extra),
  createWorkload: (extra) => createWorkload(service, { connections: 1, ...extra }),
  Administration: (extra) => new Administration({ schedulers, ...extra }),
  'Administration.execute': (extra) => new Administration({ schedulers }).execute('-L', extra),
  'ServerList.replace': (extra) => new ServerList().replace([server], extra),
  'ServerList.fromJSON': (extra) => ServerList.fromJSON(withServer().toJSON(), extra),
  'options of a ServerList': (extra) => new ServerList([server], extra),
  VirtualService: (extra) => virtual(extra),
  'VirtualService.fromJSON': (extra) =>
    VirtualService.fromJSON(virtual().toJSON(), { scheduler: roundRobin(), timers, ...extra }),
  'VirtualService.edit': (extra) => virtual().edit(extra),
  'VirtualService.connect': (extra) => virtual().connect(client, extra),
  'VirtualService.drain': async (extra) => virtual().drain(server, extra),
  'outlier detection of a VirtualService': (extra) => virtual({ outlierDetection: extra }),
  'the netmasks of persistence': (extra) => virtual({ persistence: { netmask: extra } }),
  'ConnectionTable.fromJSON': (extra) =>
    ConnectionTable.fromJSON(new ConnectionTable().toJSON(), () => undefined, extra),
  Service: (extra) => new Service(key, extra, { schedulers }),
  'the environment of a Service': (extra) => new Service(key, {}, { schedulers, ...extra }),
  'Service.edit': (extra) => new Service(key, {}, { schedulers }).edit(extra),
  'Service.fromJSON': (extra) => {
    const written = new Service(key, {}, { schedulers }).toJSON();
    return Service.fromJSON(written, key, { schedulers, ...extra });
  },
  ServiceTable: (extra) => new ServiceTable({ schedulers, ...extra }),
  'ServiceTable.fromJSON': (extra) =>
    ServiceTable.fromJSON(new ServiceTable({ schedulers }).toJSON(), { schedulers, ...extra }),
  createPersistence: (extra) => createPersistence({ timeoutSeconds: 1, ...extra }, 4),
  leastConnection: (extra) => leastConnection(extra),
  weightedLeastConnection: (extra) => weightedLeastConnection(extra),
  executeCommand: (extra) => executeCommand({ command: 'version' }, director(), extra),
  parseArguments: (extra) => parseArguments(['-L'], extra),
  parseCommand: (extra) => parseCommand('-L', 1, extra),
  restoreRules: (extra) => restoreRules('', director(), extra),
  restoreAllRules: (extra) => restoreAllRules('', director(), extra),
  ConnectionTracking: (extra) => new ConnectionTracking(extra),
  Firewall: (extra) => new Firewall(extra),
  'Firewall.set': (extra) => new Firewall().set(extra),
  procServices: (extra) => procServices([], extra),
  lint: (extra) => lint([], extra),
  saveRules: (extra) => saveRules([], extra),
  createLinkLayer: (extra) => createLinkLayer({ ...ethernet, ...extra }),
  'the routers of a link layer': (extra) => createLinkLayer({ ...ethernet, routers: extra }),
  parseKeepalived: (extra) => parseKeepalived('', extra),
  writeKeepalived: (extra) => writeKeepalived([], extra),
  KeepalivedMachine: (extra) => {
    const runCheck = (): never => undefined as never;
    return new KeepalivedMachine({
      ...{ configuration, timers, random, runCheck, kernel: () => undefined },
      ...extra,
    });
  },
  CaptureReader: (extra) => new CaptureReader(extra),
  CaptureWriter: (extra) => new CaptureWriter(extra),
  synchronization: (extra) => synchronization({ transport: undefined as never, ...extra }),
  UdpTransport: (extra) => new UdpTransport(extra),
  UdpChannel: (extra) => new UdpChannel({ address: '127.0.0.1', port: 9000, peers: [], ...extra }),
  shareService: (extra) => {
    const nothing = (): void => undefined;
    const channel = { isReliable: true, itemsPerMessage: 1, open: nothing, send: nothing };
    const shared = virtual();
    shareService(shared, { ...channel, close: nothing }, extra).close();
    shared.close();
  },
  describeRun: (extra) => describeRun({ rules: new Director(), ...extra }),
  // Without a misspelled option it would run.
  runDirector: (extra) =>
    Object.keys(extra).length === 0 ? undefined : runDirector({ rules: new Director(), ...extra }),
  understand: (extra) => understand('', extra),
  applyRules: (extra) => applyRules(understand('-A -t 192.0.2.1:80'), new Director(), extra),
  createTwin: (extra) => createTwin(understand(''), extra),
  listedDirector: (extra) =>
    listedDirector(new Director(), { numbers: [], connections: [] }, {}, extra),
  planSetup: (extra) => planSetup([], extra),
  HealthChecker: (extra) =>
    new HealthChecker(withServer(), { probe: () => Promise.resolve(true), timers, ...extra }),
  dnsProbe: (extra) => dnsProbe(extra),
  httpProbe: (extra) => httpProbe(extra),
  pingProbe: (extra) => pingProbe(extra),
  scriptProbe: (extra) => scriptProbe('true', extra),
  smtpProbe: (extra) => smtpProbe(extra),
  tcpProbe: (extra) => tcpProbe(extra),
  udpProbe: (extra) => udpProbe(extra),
  nodeChecks: (extra) => nodeChecks(extra),
  DnsDiscovery: (extra) =>
    new DnsDiscovery(new ServerList(), { name: 'a.test', port: 80, ...extra }),
};
