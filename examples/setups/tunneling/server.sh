#!/bin/sh
# Real server of a tunneling set-up: it ends the tunnel, and has the virtual address on it. start | stop | status
VIP=192.0.2.1

case "$1" in
start)
  modprobe ipip
  ip link set dev tunl0 up
  echo 1 > /proc/sys/net/ipv4/conf/all/arp_ignore
  echo 2 > /proc/sys/net/ipv4/conf/all/arp_announce
  # What comes out of the tunnel has the addresses of clients.
  echo 0 > /proc/sys/net/ipv4/conf/all/rp_filter
  echo 0 > /proc/sys/net/ipv4/conf/tunl0/rp_filter
  ip addr replace $VIP/32 dev tunl0
  ;;
stop)
  ip addr del $VIP/32 dev tunl0
  ip link set dev tunl0 down
  ;;
status)
  ip addr show dev tunl0
  ;;
*)
  echo "Usage: $0 {start|stop|status}" >&2
  exit 2
  ;;
esac
