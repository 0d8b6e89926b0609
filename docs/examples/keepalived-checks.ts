import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { ManualTimers } from 'ipvs';
import { Director } from 'ipvs/director';
import { directorKernel, KeepalivedMachine, parseKeepalived } from 'ipvs/keepalived';
import { nodeChecks } from 'ipvs/keepalived/node';

// A real server on this machine; the rules name it by an address of its own.
const backend = createServer((socket) => socket.end()).listen(0, '127.0.0.1');
await once(backend, 'listening');
const { port } = backend.address() as AddressInfo;

const { configuration } = parseKeepalived(`
virtual_server 192.0.2.1 80 {
    lb_algo rr
    lb_kind NAT
    protocol TCP
    warmup 0
    real_server 10.0.0.1 80 {
        TCP_CHECK {
            connect_ip 127.0.0.1
            connect_port ${port}
        }
    }
}`);

// A program that runs for long leaves `timers` to `systemTimers`.
const timers = new ManualTimers();
const lines: string[] = [];
const checked = new Promise<void>((resolve) => {
  const machine = new KeepalivedMachine({
    configuration,
    timers,
    random: Math.random,
    runCheck: nodeChecks(),
    kernel: directorKernel(new Director()),
    log: (line) => {
      lines.push(line);
      if (line.includes('success')) resolve();
    },
  });
  machine.start();
});
timers.advance(1000);
await checked;
assert.equal(lines.at(-1), 'TCP connection to [10.0.0.1]:tcp:80 success.');
backend.close();
