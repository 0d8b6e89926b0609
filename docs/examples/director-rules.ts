import assert from 'node:assert/strict';
import { ManualClock } from 'ipvs';
import { Director } from 'ipvs/director';
import { restoreRules } from 'ipvs/ipvsadm';
import { encodePacket, TCP_FLAG } from 'ipvs/wire';

const rules = `
-A -t 192.0.2.1:80 -s rr
-a -t 192.0.2.1:80 -r 10.0.0.1:80 -g -w 1
-a -t 192.0.2.1:80 -r 10.0.0.2:80 -g -w 1
`;
const director = new Director({ clock: new ManualClock() });
const restored = restoreRules(rules, director);
assert.equal(restored.exitStatus, 0);

/** The server that takes a new connection from a port. */
function serverOf(sourcePort: number): string {
  const syn = encodePacket({
    source: '198.51.100.7',
    destination: '192.0.2.1',
    transport: { type: 'tcp', sourcePort, destinationPort: 80, flags: TCP_FLAG.SYN },
  });
  return String(director.receive(syn).server);
}

const chosen = [serverOf(4711), serverOf(4712), serverOf(4713)];
assert.equal(chosen[0], chosen[2]);
assert.deepEqual([...new Set(chosen)].sort(), ['10.0.0.1:80', '10.0.0.2:80']);

// The listing is that of the tool.
const listing = director.execute('-Ln');
assert.match(listing, /TCP {2}192\.0\.2\.1:80 rr/);
