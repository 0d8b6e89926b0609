#!/usr/bin/env bash
# Node 24.21.0, node:os: networkInterfaces() leaves out a link that is up and has an address, until its other end is up.
#
# A backup director that starts before its peer finds no interface by the name in its configuration, although `ip`
# shows the link up with its address, and sockets can be bound to that address. A program that looks once, as it starts,
# never joins its multicast group. Needs root, for two network namespaces of its own.
set -euo pipefail
[ "$(id -u)" = 0 ] || { echo 'Skipped: network namespaces need root.'; exit 0; }
folder=$(mktemp -d); near="near-$$"; far="far-$$"
trap 'ip netns del "$near" 2>/dev/null; ip netns del "$far" 2>/dev/null; rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --prefix . node@24.21.0
node=$PWD/node_modules/.bin/node
ip netns add "$near"; ip netns add "$far"
ip link add sync0 netns "$near" type veth peer name sync0 netns "$far"
ip -n "$near" addr add 192.0.2.1/24 dev sync0
ip -n "$near" link set sync0 up
cat > seen.cjs <<'JS'
const os = require('node:os');
const socket = require('node:dgram').createSocket('udp4');
socket.bind(0, '192.0.2.1', () => {
  console.log(`networkInterfaces: ${Object.keys(os.networkInterfaces()).join(' ') || 'none'}; bound to ${socket.address().address}`);
  socket.close();
});
JS
ask() { ip netns exec "$near" "$node" seen.cjs; }
echo "node $("$node" --version)"
{
  echo "ip, other end down: $(ip -n "$near" -br addr show dev sync0 | awk '{ print $2, $3 }')"
  ask
  ip -n "$far" link set sync0 up
  for _ in 1 2 3 4 5 6 7 8 9 10; do ip -n "$near" -br link show dev sync0 | grep -q ' UP ' && break; sleep 0.2; done
  ask
} | tee seen.txt
changed() { echo 'Changed.'; exit 1; }
grep -q '^ip, other end down: [A-Z]* 192.0.2.1/24$' seen.txt || changed
grep -q '^networkInterfaces: none; bound to 192.0.2.1$' seen.txt || changed
grep -q '^networkInterfaces: sync0; bound to 192.0.2.1$' seen.txt || changed
