#!/usr/bin/env bash
# prometheus-node-exporter 1.5.0 (Debian 12): the real servers of an SCTP service are counted for the TCP or UDP service
# above it in /proc/net/ip_vs.
#
# The kernel lists SCTP services in the file like others. The reader skips their line, keeps the service before it, and
# adds the lines of servers that follow: with the same address and port for both (Diameter: 3868) connections and weights
# are summed, otherwise the TCP service shows servers that it does not have. The scrape counts as a success.
set -euo pipefail
folder=$(mktemp -d); cd "$folder"; exporter=
trap '[ -z "$exporter" ] || kill "$exporter"; rm -rf "$folder"' EXIT
apt-get -qq download prometheus-node-exporter=1.5.0-1+b6 2>/dev/null
dpkg -x prometheus-node-exporter_*.deb .
mkdir -p proc/net
printf '%s\n' \
  'IP Virtual Server version 1.2.1 (size=4096)' \
  'Prot LocalAddress:Port Scheduler Flags' \
  '  -> RemoteAddress:Port Forward Weight ActiveConn InActConn' \
  'TCP  C0000201:0F1C wlc ' \
  '  -> 0A000001:0F1C      Masq    100    16         0         ' \
  'SCTP C0000201:0F1C rr ' \
  '  -> 0A000001:0F1C      Masq    100    7          9         ' \
  '  -> 0A000002:0F1C      Masq    100    5          2         ' >proc/net/ip_vs
printf '%s\n' \
  '   Total Incoming Outgoing         Incoming         Outgoing' \
  '   Conns  Packets  Packets            Bytes            Bytes' \
  '       1        2        3                4                5' '' \
  ' Conns/s   Pkts/s   Pkts/s          Bytes/s          Bytes/s' \
  '       0        0        0                0                0' >proc/net/ip_vs_stats
usr/bin/prometheus-node-exporter --version 2>&1 | sed -n 1p
port=$((20000 + RANDOM % 10000))
usr/bin/prometheus-node-exporter --path.procfs="$PWD/proc" --collector.disable-defaults --collector.ipvs \
  --web.listen-address="127.0.0.1:$port" 2>exporter.log & exporter=$!
for _ in $(seq 100); do
  curl -s "127.0.0.1:$port/metrics" >metrics.txt && break
  sleep 0.1
done
grep -E '^node_ipvs_backend_connections_active|success' metrics.txt | tee seen.txt
changed() { echo 'Changed.'; exit 1; }
grep -q 'proto="TCP",remote_address="10.0.0.1",remote_port="3868"} 23$' seen.txt || changed
grep -q 'proto="TCP",remote_address="10.0.0.2",remote_port="3868"} 5$' seen.txt || changed
if grep -q SCTP seen.txt; then changed; fi
