import assert from 'node:assert/strict';
import { ManualTimers, VirtualService, weightedLeastConnection } from 'ipvs';
import { type SharedReceiver, shareService } from 'ipvs/sync';

// Two services of one program stand for two workers; real ones have `workerChannel()` of `ipvs/sync/node`.
const timers = new ManualTimers();
const receivers: SharedReceiver[] = [];
const [one, other] = [0, 1].map((worker) => {
  const service = new VirtualService({
    address: '192.0.2.1',
    port: 80,
    scheduler: weightedLeastConnection(),
    servers: ['10.0.0.1:80', '10.0.0.2:80'],
    timers,
  });
  shareService(service, {
    isReliable: true,
    itemsPerMessage: 100,
    open: (receiver) => void (receivers[worker] = receiver),
    send: (message) => receivers[1 - worker]?.receive(message),
    close: () => undefined,
  });
  return service;
});

const first = one?.connect({ address: '198.51.100.7', port: 40000 });
timers.advance(1);
const second = other?.connect({ address: '198.51.100.8', port: 40000 });
assert.notEqual(String(second?.server), String(first?.server)); // it knows of the first one
