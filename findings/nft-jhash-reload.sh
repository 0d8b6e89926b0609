#!/usr/bin/env bash
# nftables 1.0.6 (Debian 12): loading the same rule again takes about half of the clients to the other server, and so
# does loading what `nft list ruleset` printed.
#
# `jhash ip saddr mod 2` is how nftables keeps a client on its server. Without `seed` each load draws one, which no
# listing shows, so every reload of an unchanged file, and every save and restore, breaks connections. With `seed` all
# clients stay. Runs in a network namespace of its own.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT; cd "$folder"
apt-get -qq download nftables=1.0.6-2+deb12u2 libnftables1=1.0.6-2+deb12u2 libnftnl11 libmnl0 libjansson4 libedit2 libbsd0 \
  libmd0 libxtables12 libgmp10 2>/dev/null
for package in *.deb; do dpkg -x "$package" .; done
LD_LIBRARY_PATH="$PWD/usr/lib/$(uname -m)-linux-gnu:$PWD/lib/$(uname -m)-linux-gnu"
export LD_LIBRARY_PATH
cat > inside.sh <<'INSIDE'
nft() { usr/sbin/nft "$@"; }
# The server of each of 200 clients: 0 or 1.
servers() {
  node -e "
    const { createSocket } = require('node:dgram');
    (async () => {
      for (let client = 1; client <= 200; client++) await new Promise((done) => {
        const socket = createSocket('udp4').on('error', () => {});
        socket.bind(0, '127.0.1.' + client, () => socket.send('x', 9, '127.0.0.1', () => socket.close(done)));
      });
    })();"
  nft list set ip t zero | grep -o '127[.0-9]*' > "$1"
}
load() { # the file, and where the clients' servers are written
  nft flush ruleset
  nft -f "$1"
  servers "$2"
}
moved() { comm -3 <(sort "$1") <(sort "$2") | wc -l; }
for seed in '' ' seed 7'; do
  cat > rules.nft <<RULES
table ip t {
  set zero { type ipv4_addr; flags dynamic; }
  chain in {
    type filter hook input priority 0;
    udp dport 9 meta mark set jhash ip saddr mod 2$seed
    udp dport 9 meta mark 0 add @zero { ip saddr }
  }
}
RULES
  load rules.nft first
  nft list chain ip t in | sed 's/^table ip t {/&\n set zero { type ipv4_addr; flags dynamic; }/' > listed.nft
  load rules.nft second
  load listed.nft third
  echo "jhash ip saddr mod 2$seed: of 200 clients $(moved first second) move by a reload, $(moved second third) by a restore"
done
INSIDE
usr/sbin/nft --version
unshare --map-root-user --net bash -euo pipefail -c 'ip link set lo up; . ./inside.sh' | tee seen.txt
changed() { echo 'Changed.'; exit 1; }
grep -Eq '^jhash ip saddr mod 2: of 200 clients ([6-9][0-9]|1[0-3][0-9]) move by a reload, ([6-9][0-9]|1[0-3][0-9]) by a restore$' seen.txt || changed
grep -q '^jhash ip saddr mod 2 seed 7: of 200 clients 0 move by a reload, 0 by a restore$' seen.txt || changed
