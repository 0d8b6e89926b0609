/** Figures of services and directors, and that a parser of Prometheus' text reads them as they are meant. */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { root } from '../../scripts/entries.mjs';
import { ServerList } from '../../src/model/server-list.js';
import { Director } from '../../src/director/director.js';
import { restoreRules } from '../../src/ipvsadm/restore.js';
import { directorMetrics } from '../../src/metrics/director-metrics.js';
import { formatMetrics, type MetricFamily } from '../../src/metrics/metric-family.js';
import { ServiceMetrics } from '../../src/metrics/service-metrics.js';
import { encodePacket } from '../../src/wire/encode-packet.js';
import { client, makeService, server } from '../services/support.js';

const A = '10.0.0.1:8080';
const B = '10.0.0.2:8080';

function valuesOf(families: readonly MetricFamily[], name: string): Record<string, number> {
  const samples = families.find((family) => family.name === name)?.samples ?? [];
  return Object.fromEntries(
    samples.map(({ labels, value }) => [
      labels['server'] ?? labels['reason'] ?? Object.values(labels).join(' '),
      value,
    ]),
  );
}

/** A director with two services, and a packet that has gone through it. */
function makeDirector(): Director {
  const director = new Director();
  const rules = [
    '-A -t 192.0.2.1:80 -s rr',
    '-a -t 192.0.2.1:80 -r 10.0.0.1:80 -m -w 3',
    '-A -f 4096 -s rr',
    '-a -f 4096 -r 10.0.0.2 -g',
  ];
  restoreRules(rules.join('\n'), director);
  director.receive(
    encodePacket({
      source: '198.51.100.7',
      destination: '192.0.2.1',
      transport: { type: 'tcp', sourcePort: 40000, destinationPort: 80, flags: 2 },
    }),
  );
  return director;
}

describe('the metrics of a service', () => {
  it('count by server and by reason, from the moment they are made', () => {
    const { service, timers } = makeService({ idleTimeoutSeconds: 10, outlierDetection: true });
    service.connect(client(9));
    const metrics = new ServiceMetrics(service);
    service.connect(client(1))?.close();
    service.connect(client(2))?.retry();
    service.connect({ address: '', port: 1 });
    service.connect(client(3), { except: [server(1), server(2)] });
    timers.advance(12_000);
    expect(metrics.server(A)).toEqual({
      opened: 2,
      closed: 1,
      expired: 1,
      failed: 0,
      retried: 0,
      ejected: 0,
    });
    expect(metrics.server(B)).toMatchObject({
      opened: 1,
      closed: 1,
      failed: 1,
      retried: 1,
      expired: 1,
    });
    expect([metrics.refusals('client-gone'), metrics.refusals('no-server')]).toEqual([1, 1]);
    metrics.close();
    service.connect(client(4));
    expect(metrics.server(A).opened + metrics.server(B).opened).toBe(3);
  });

  it('keep the counters of servers that were removed, and go on when they return', () => {
    const { service } = makeService({ servers: [server(1)] });
    const metrics = new ServiceMetrics(service);
    service.connect(client(1))?.close();
    service.servers.remove(A);
    service.servers.forgetIdle();
    expect(metrics.server(A).opened).toBe(1);
    service.servers.add(A);
    service.connect(client(1));
    expect(metrics.server(A).opened).toBe(2);
  });

  it('give each reason and what the servers have at this moment', () => {
    const { service } = makeService();
    const metrics = new ServiceMetrics(service);
    service.connect(client(1));
    service.servers.get(A)?.suspend();
    const families = metrics.collect();
    expect(Object.keys(valuesOf(families, 'ipvs_service_refused_total'))).toHaveLength(6);
    expect(valuesOf(families, 'ipvs_service_suspended')).toEqual({ [A]: 1, [B]: 0 });
    expect(valuesOf(families, 'node_ipvs_backend_connections_active')).toEqual({
      '192.0.2.1  80 TCP 10.0.0.1 8080': 0,
      '192.0.2.1  80 TCP 10.0.0.2 8080': 1,
    });
  });
});

describe('the metrics of a director', () => {
  it('are those of node_exporter, names and labels alike', () => {
    const text = formatMetrics(directorMetrics(makeDirector()));
    expect(text).toBe(`# HELP node_ipvs_connections_total The total number of connections made.
# TYPE node_ipvs_connections_total counter
node_ipvs_connections_total 1
# HELP node_ipvs_incoming_packets_total The total number of incoming packets.
# TYPE node_ipvs_incoming_packets_total counter
node_ipvs_incoming_packets_total 1
# HELP node_ipvs_outgoing_packets_total The total number of outgoing packets.
# TYPE node_ipvs_outgoing_packets_total counter
node_ipvs_outgoing_packets_total 0
# HELP node_ipvs_incoming_bytes_total The total amount of incoming data.
# TYPE node_ipvs_incoming_bytes_total counter
node_ipvs_incoming_bytes_total 40
# HELP node_ipvs_outgoing_bytes_total The total amount of outgoing data.
# TYPE node_ipvs_outgoing_bytes_total counter
node_ipvs_outgoing_bytes_total 0
# HELP node_ipvs_backend_connections_active The current active connections by local and remote address.
# TYPE node_ipvs_backend_connections_active gauge
node_ipvs_backend_connections_active{local_address="192.0.2.1",local_mark="",local_port="80",proto="TCP",remote_address="10.0.0.1",remote_port="80"} 1
node_ipvs_backend_connections_active{local_address="",local_mark="00001000",local_port="0",proto="FWM",remote_address="10.0.0.2",remote_port="0"} 0
# HELP node_ipvs_backend_connections_inactive The current inactive connections by local and remote address.
# TYPE node_ipvs_backend_connections_inactive gauge
node_ipvs_backend_connections_inactive{local_address="192.0.2.1",local_mark="",local_port="80",proto="TCP",remote_address="10.0.0.1",remote_port="80"} 0
node_ipvs_backend_connections_inactive{local_address="",local_mark="00001000",local_port="0",proto="FWM",remote_address="10.0.0.2",remote_port="0"} 0
# HELP node_ipvs_backend_weight The current backend weight by local and remote address.
# TYPE node_ipvs_backend_weight gauge
node_ipvs_backend_weight{local_address="192.0.2.1",local_mark="",local_port="80",proto="TCP",remote_address="10.0.0.1",remote_port="80"} 3
node_ipvs_backend_weight{local_address="",local_mark="00001000",local_port="0",proto="FWM",remote_address="10.0.0.2",remote_port="0"} 1
`);
  });
});

const PARSER = 'parse-prometheus-text-format';
const installed = existsSync(`${root}examples/node_modules/${PARSER}`);
const missing = installed ? '' : ' (needs: npm --prefix examples install)';

interface Parsed {
  readonly name: string;
  readonly help: string;
  readonly type: string;
  readonly metrics: readonly { readonly value: string; readonly labels?: Record<string, string> }[];
}

describe.skipIf(!installed)(`a parser of Prometheus' text${missing}`, () => {
  it('reads names, types, labels and values as they were, whatever is in them', () => {
    const parse = createRequire(`${root}examples/`)(PARSER) as (text: string) => Parsed[];
    const families: MetricFamily[] = [
      {
        name: 'odd_total',
        help: 'A backslash \\ in the help.',
        type: 'counter',
        samples: [
          { labels: { path: 'C:\\new "x"\nline', empty: '' }, value: 12.5 },
          { labels: { path: 'plain' }, value: 1e21 },
        ],
      },
      ...directorMetrics(makeDirector()),
    ];
    const read = parse(formatMetrics(families));
    expect(read.map(({ name, type }) => [name, type.toLowerCase()])).toEqual(
      families.map(({ name, type }) => [name, type]),
    );
    for (const [index, { samples }] of families.entries()) {
      expect(
        read[index]?.metrics.map(({ value, labels = {} }) => ({ labels, value: Number(value) })),
      ).toEqual(samples);
    }
  });

  it('reads the families of two services as one each', () => {
    const parse = createRequire(`${root}examples/`)(PARSER) as (text: string) => Parsed[];
    const services = [makeService().service, makeService({ port: 81 }).service];
    const metrics = services.map((service) => new ServiceMetrics(service));
    for (const service of services) service.connect(client(1));
    const read = parse(formatMetrics(metrics.flatMap((each) => each.collect())));
    expect(new Set(read.map(({ name }) => name)).size).toBe(read.length);
    const opened = read.find(({ name }) => name === 'ipvs_service_opened_total');
    expect(opened?.metrics.map(({ labels }) => labels?.['service'])).toEqual([
      'TCP 192.0.2.1:80',
      'TCP 192.0.2.1:81',
    ]);
  });
});

it.each([new ServerList(), undefined, {}])(
  'service metrics refuse what is no service: %s',
  (wrong) => {
    expect(() => new ServiceMetrics(wrong as never)).toThrow(
      /^Cannot count: expected a virtual service, got /,
    );
  },
);
