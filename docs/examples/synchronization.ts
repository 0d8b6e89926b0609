import assert from 'node:assert/strict';
import { ManualClock } from 'ipvs';
import { Director } from 'ipvs/director';
import { restoreRules } from 'ipvs/ipvsadm';
import { synchronization, type SyncTransport } from 'ipvs/sync';
import { encodePacket, TCP_FLAG } from 'ipvs/wire';

// A transport within this process; `UdpTransport` of `ipvs/sync/node` is the one for networks.
let deliver: (bytes: Uint8Array) => void = () => undefined;
const transport: SyncTransport = {
  open: (daemon, _ports, receive) => {
    if (daemon.role === 'backup') deliver = receive;
    return { send: (bytes, length) => deliver(bytes.slice(0, length)), close: () => undefined };
  },
};

const clock = new ManualClock();
const sync = synchronization({ transport });
const directorWith = (role: 'master' | 'backup'): Director => {
  const director = new Director({ clock, sync });
  restoreRules('-A -t 192.0.2.1:80 -s rr\n-a -t 192.0.2.1:80 -r 10.0.0.1 -m', director);
  restoreRules(`--start-daemon ${role} --mcast-interface eth0`, director);
  return director;
};
const backup = directorWith('backup');
const master = directorWith('master');

for (const flags of [TCP_FLAG.SYN, TCP_FLAG.ACK, TCP_FLAG.ACK]) {
  const transport = { type: 'tcp', sourcePort: 4000, destinationPort: 80, flags } as const;
  master.receive(encodePacket({ source: '198.51.100.7', destination: '192.0.2.1', transport }));
}
clock.advance(4000); // a message waits for further entries, three seconds at most
master.advance();
const [taken] = [...backup.connections()];
assert.equal(`${taken?.state} ${taken?.serverAddress}`, 'ESTABLISHED 10.0.0.1');
