import assert from 'node:assert/strict';
import { roundRobin, VirtualService } from 'ipvs';
import { formatMetrics, ServiceMetrics } from 'ipvs/metrics';

const service = new VirtualService({
  address: '192.0.2.1',
  port: 80,
  scheduler: roundRobin(),
  servers: ['10.0.0.1:80'],
});
const metrics = new ServiceMetrics(service); // counts from now on
service.connect({ address: '198.51.100.7', port: 4711 });
service.connect({ address: '', port: 0 }); // a socket whose peer is gone

const text = formatMetrics(metrics.collect());
assert.match(
  text,
  /ipvs_service_opened_total\{service="TCP 192.0.2.1:80",server="10.0.0.1:80"\} 1/,
);
assert.match(text, /ipvs_service_refused_total\{.*reason="client-gone"\} 1/);
assert.match(text, /node_ipvs_backend_connections_active\{local_address="192.0.2.1",.*\} 1/);
service.close();
