import { expect, it } from 'vitest';
import { ManualTimers } from '../../src/timers.js';
import { Director } from '../../src/director/index.js';
import { HealthChecker } from '../../src/health/index.js';
import { encodePacket, TCP_FLAG } from '../../src/wire/index.js';

const web = { address: '192.0.2.1', port: 80 };
const server = { address: '10.0.0.1', port: 80 };

function syn(): Uint8Array {
  return encodePacket({
    source: '198.51.100.7',
    destination: '192.0.2.1',
    transport: { type: 'tcp', sourcePort: 4711, destinationPort: 80, flags: TCP_FLAG.SYN },
  });
}

it('removes a down server as the director does when the director makes the changes', () => {
  const timers = new ManualTimers();
  const director = new Director({ clock: timers });
  director.setTunable('expire_nodest_conn', 1);
  const { servers } = director.addService(web);
  director.addServer(web, server);
  const checker = new HealthChecker(servers, {
    probe: () => new Promise(() => {}),
    down: 'remove',
    fall: 1,
    timers,
    editor: {
      add: (options) => director.addServer(web, options),
      edit: (address, settings) => director.editServer(web, address, settings),
      remove: (address) => director.removeServer(web, address),
    },
  });
  checker.start();
  expect(director.receive(syn()).action).toBe('forward');
  checker.report(server, false);
  timers.advance(100);
  director.advance();
  checker.stop();
  // Its connection has gone with it, as after `ipvsadm -d`.
  expect([...director.connections()]).toEqual([]);
});
