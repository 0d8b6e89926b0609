import assert from 'node:assert/strict';
import { Director } from 'ipvs/director';
import { applyRules, understand } from 'ipvs/operations';

const text = understand(`
VIP=192.0.2.1
ipvsadm -A -t $VIP:80 -s rr
for rip in 10.0.0.1 10.0.0.2; do
  ipvsadm -a -t $VIP:80 -r $rip -m
done
`);
assert.equal(text.kind, 'script');

const director = new Director();
applyRules(text, director);
const [service] = director.services;
assert.equal(service?.servers.size, 2);
