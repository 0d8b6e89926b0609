import { describe, expect, it } from 'vitest';
import { Director } from '../../../src/director/director.js';
import { IpAddress } from '../../../src/ip-address.js';
import { restoreAllRules } from '../../../src/ipvsadm/index.js';
import { Balance } from '../../../src/simulation/fleet/balance.js';
import { type FleetServer, FleetServers } from '../../../src/simulation/fleet/fleet-servers.js';
import { ReturningClients } from '../../../src/simulation/fleet/returning-clients.js';
import { SyncNetwork } from '../../../src/simulation/fleet/sync-network.js';
import type { SyncDaemon, SyncRole } from '../../../src/sync/sync-daemon.js';

describe('the clients that come back', () => {
  it('are counted once, and as moved when any of their connections got another server', () => {
    const clients = new ReturningClients(4);
    for (const [client, server] of [
      [0, 1],
      [1, 1],
      [2, 2],
      [0, 1],
      [1, 3],
      [1, 3],
      [0, 1],
      [3, 0],
    ] as const) {
      clients.opened(client, server);
    }
    expect(clients.take()).toEqual({ returned: 2, moved: 1 });
  });

  it('begin again with each count, but keep where they were', () => {
    const clients = new ReturningClients(1);
    clients.opened(0, 1);
    expect(clients.take()).toEqual({ returned: 0, moved: 0 });
    clients.opened(0, 2);
    expect(clients.take()).toEqual({ returned: 1, moved: 1 });
    clients.opened(0, 2);
    expect(clients.take()).toEqual({ returned: 1, moved: 0 });
  });
});

describe('the balance', () => {
  it('is back when the load is within 5 % of its average in the ten seconds before', () => {
    const balance = new Balance();
    for (let second = 0; second < 20; second++) balance.sample(second, second < 10 ? 9 : 1.2);
    balance.disturb(19.5);
    balance.sample(20, 1.27);
    expect(balance.taken()).toBeUndefined();
    balance.sample(21, undefined);
    expect(balance.taken()).toBeUndefined();
    balance.sample(22, 1.25);
    balance.sample(23, 1.1);
    expect(balance.taken()).toBe(2.5);
  });

  it('is 1.05 when nothing is known from before', () => {
    const balance = new Balance();
    balance.disturb(0);
    balance.sample(1, 1.06);
    balance.sample(2, 1.05);
    expect(balance.taken()).toBe(2);
  });
});

describe('the load of servers', () => {
  const director = new Director();
  const rules = ['-A -t 10.0.0.1:80 -s wrr', '-a -t 10.0.0.1:80 -r 10.1.0.1 -w 1'];
  rules.push('-a -t 10.0.0.1:80 -r 10.1.0.2 -w 3', '-a -t 10.0.0.1:80 -r 10.1.0.3 -w 0');
  restoreAllRules(rules.join('\n'), director);
  const service = director.services.get({ address: '10.0.0.1', port: 80 });

  it('is the greatest for each unit of weight over the mean; servers without weight do not count', () => {
    const servers = new FleetServers(service);
    expect(servers.imbalance()).toBeUndefined();
    const [one, two, drained] = servers.list as [FleetServer, FleetServer, FleetServer];
    one.inUse = 4;
    two.inUse = 4;
    drained.inUse = 100;
    expect(servers.imbalance()).toBe(4 / 2);
    expect(servers.load().servers.map(({ weight }) => weight)).toEqual([1, 3, 0]);
  });

  it('finds servers by address, or by address and port', () => {
    const servers = new FleetServers(service);
    expect(servers.find('10.1.0.2').map(({ name }) => name)).toEqual(['10.1.0.2:80']);
    expect(servers.find('10.1.0.2:80')).toHaveLength(1);
    expect(servers.find('10.1.0.2:81')).toEqual([]);
  });
});

describe('the network between directors', () => {
  const daemon = (role: SyncRole): SyncDaemon => ({
    role,
    device: 'eth0',
    syncId: 0,
    maxLengthBytes: 1472,
    group: IpAddress.parse('224.0.0.81'),
    port: 8848,
    ttl: 1,
  });

  function three(): { network: SyncNetwork; got: string[]; send: (member: number) => void } {
    const network = new SyncNetwork();
    const got: string[] = [];
    const channels = [0, 1, 2].map((member) => {
      const transport = network.transportOf(member);
      transport.open(daemon('backup'), 1, ([byte]) => got.push(`${byte} at ${member}`));
      return transport.open(daemon('master'), 1, () => undefined);
    });
    const bytes = new Uint8Array(2);
    const send = (member: number): void => {
      bytes.fill(member);
      channels[member]?.send(bytes, 1, 0);
      bytes.fill(9);
    };
    return { network, got, send };
  }

  it('brings a copy of each message to all but its sender, when the packet at hand is done', () => {
    const { network, got, send } = three();
    send(0);
    send(2);
    expect(got).toEqual([]);
    network.deliver();
    expect(got).toEqual(['0 at 1', '0 at 2', '2 at 0', '2 at 1']);
    network.deliver();
    expect(got).toHaveLength(4);
  });

  it('loses what is sent while it is lossy, and nothing else', () => {
    const { network, got, send } = three();
    send(0);
    network.isLossy = true;
    send(1);
    network.isLossy = false;
    network.deliver();
    expect(got).toEqual(['0 at 1', '0 at 2']);
  });

  it('brings nothing to a director that failed', () => {
    const { network, got, send } = three();
    network.disconnect(1);
    send(0);
    network.deliver();
    expect(got).toEqual(['0 at 2']);
  });
});
