import { IpAddress, ManualClock, ServerList } from 'ipvs';
import { ConnectionKey, ConnectionTable, stateName } from 'ipvs/connections';

const clock = new ManualClock();
const table = new ConnectionTable({ seed: 1 });
const [server] = new ServerList([{ address: '10.0.0.1', port: 8080 }]);

const key = new ConnectionKey();
key.protocol = 6; // TCP
key.setClient(IpAddress.parse('198.51.100.7'), 40_000);
key.setVirtual(IpAddress.parse('192.168.0.1'), 80);

// A SYN of a new client: make the connection, move its state, start its timer.
const slot = table.insert(key, clock.now(), server, server.port);
table.states.tcp(slot, 0x02, false);
table.touch(slot, clock.now());
const opened = `${stateName(table, slot)}, ${server.active} active`; // 'SYN_RECV, 1 active'

// A minute later without another packet it is gone, and no longer counted.
const connection = table.connection(slot);
table.advance(clock.advance(60_001));
const gone = !connection.open && server.total === 0; // true

export { gone, opened };
