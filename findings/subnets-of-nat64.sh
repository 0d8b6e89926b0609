#!/usr/bin/env bash
# is-in-subnet 4.0.1, cidr-matcher 2.1.1 and ip-range-check 0.2.1: an IPv6 address with its last 32 bits in dots, as
# RFC 4291 allows and RFC 6052 writes all addresses of NAT64, is an error to one and in no network to another.
#
# 64:ff9b::c633:6407 and 64:ff9b::198.51.100.7 are one address. Lists of allowed clients hold the one or the other,
# depending on which tool wrote them. ip-range-check knows NAT64, but takes ::ffff:198.51.100.7 out of ::ffff:0:0/96.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT; cd "$folder"
npm install --silent --no-audit --no-fund --ignore-scripts --prefix . is-in-subnet@4.0.1 cidr-matcher@2.1.1 ip-range-check@0.2.1
cat > seen.cjs <<'JS'
const { BlockList } = require('node:net');
const { isInSubnet } = require('is-in-subnet');
const CidrMatcher = require('cidr-matcher');
const inRange = require('ip-range-check');
const version = (name) => `${name} ${JSON.parse(require('node:fs').readFileSync(`node_modules/${name}/package.json`)).version}`;
const inBlockList = (address, network) => {
  const list = new BlockList();
  list.addSubnet(network.split('/')[0], Number(network.split('/')[1]), 'ipv6');
  return list.check(address, 'ipv6');
};
const ways = {
  'Node itself': inBlockList,
  [version('is-in-subnet')]: isInSubnet,
  [version('cidr-matcher')]: (address, network) => new CidrMatcher([network]).contains(address),
  [version('ip-range-check')]: inRange,
};
for (const [name, way] of Object.entries(ways)) {
  for (const [address, network] of [['64:ff9b::c633:6407', '64:ff9b::/96'], ['64:ff9b::198.51.100.7', '64:ff9b::/96'], ['::ffff:198.51.100.7', '::ffff:0:0/96']]) {
    let said;
    try { said = way(address, network); } catch (error) { said = error.message; }
    console.log(`${name}: ${address} in ${network}: ${said}`);
  }
}
JS
node seen.cjs | tee seen.txt
changed() { echo 'Changed.'; exit 1; }
[ "$(grep -c '^Node itself: .*: true$' seen.txt)" = 3 ] || changed
[ "$(grep -c ': 64:ff9b::c633:6407 in 64:ff9b::/96: true$' seen.txt)" = 4 ] || changed
grep -q '^is-in-subnet 4.0.1: 64:ff9b::198.51.100.7 in 64:ff9b::/96: not a mapped IPv4 address' seen.txt || changed
grep -q '^cidr-matcher 2.1.1: 64:ff9b::198.51.100.7 in 64:ff9b::/96: false$' seen.txt || changed
grep -q '^ip-range-check 0.2.1: ::ffff:198.51.100.7 in ::ffff:0:0/96: false$' seen.txt || changed
