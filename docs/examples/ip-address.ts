import assert from 'node:assert/strict';
import { IpAddress } from 'ipvs';

const address = IpAddress.parse('2001:DB8:0:0::1');
assert.equal(address.toString(), '2001:db8::1'); // always the canonical form
assert.equal(address.prefix(32).toString(), '2001:db8::');
assert.ok(address.equals(IpAddress.from('2001:db8::1')));
assert.equal(IpAddress.tryParse('10.0.0.256'), undefined);
