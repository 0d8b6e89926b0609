import assert from 'node:assert/strict';
import { IpvsadmError, parseCommand } from 'ipvs/ipvsadm';

const command = parseCommand('-A -t 192.0.2.1:80 -s wlc -p 300');
assert.equal(command.command, 'add-service');

// What is wrong is told in the tool's own words, with its exit status.
try {
  parseCommand('-a -t 192.0.2.1:80 -r 10.0.0.1 -w many');
} catch (error) {
  assert.ok(error instanceof IpvsadmError);
  assert.equal(error.message, 'illegal weight specified');
  assert.deepEqual([error.exitStatus, error.column, error.text], [2, 35, 'many']);
}
