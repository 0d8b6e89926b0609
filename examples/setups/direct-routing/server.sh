#!/bin/sh
# Real server of a direct routing set-up: it has the virtual address on lo, and no ARP for it. start | stop | status
VIP=192.168.50.1

case "$1" in
start)
  echo 1 > /proc/sys/net/ipv4/conf/all/arp_ignore
  echo 2 > /proc/sys/net/ipv4/conf/all/arp_announce
  ip addr replace $VIP/32 dev lo
  ;;
stop)
  ip addr del $VIP/32 dev lo
  echo 0 > /proc/sys/net/ipv4/conf/all/arp_ignore
  echo 0 > /proc/sys/net/ipv4/conf/all/arp_announce
  ;;
status)
  ip addr show dev lo
  ;;
*)
  echo "Usage: $0 {start|stop|status}" >&2
  exit 2
  ;;
esac
