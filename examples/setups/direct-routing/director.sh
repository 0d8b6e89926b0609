#!/bin/sh
# Director of a direct routing set-up: clients and servers on eth0. start | stop | status
VIP=192.168.50.1
DIP=192.168.50.2
RIP1=192.168.50.135
RIP2=192.168.50.136

case "$1" in
start)
  ip addr replace $DIP/24 dev eth0
  ip addr replace $VIP/32 dev eth0
  ipvsadm -A -t $VIP:80 -s wrr
  ipvsadm -a -t $VIP:80 -r $RIP1:80 -g -w 1
  ipvsadm -a -t $VIP:80 -r $RIP2:80 -g -w 3
  # The sorry server: a page on the director itself, out of the way with weight 0.
  ipvsadm -a -t $VIP:80 -r 127.0.0.1:80 -g -w 0
  ;;
stop)
  ipvsadm -D -t $VIP:80
  ip addr del $VIP/32 dev eth0
  ;;
status)
  ipvsadm -L -n
  ;;
*)
  echo "Usage: $0 {start|stop|status}" >&2
  exit 2
  ;;
esac
